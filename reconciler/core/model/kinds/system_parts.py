"""システムパーツ: shown on the shop's pages when 利用設定 is on; their labels and messages can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.policy import Compare, FindingSeverity, Sharing, derived, kind_spec, managed
from reconciler.core.model.value_words import OUTPUT
from reconciler.core.values import Absent, Unset
from reconciler.lib.frozen_class import frozen

LABELS_OF_ENTRIES: Final = {"label": "ラベル", "message": "メッセージ"}
"""Each part has both; the screen shows them under one name."""

NAMES_OF_ENTRIES: Final[Mapping[str, Message]] = {
    "label": msg("System part label"),
    "message": msg("System part message"),
}


@frozen
class SystemParts:
    """`messages` maps `<part>.label` and `<part>.message` to a text; the backend decides which parts exist."""

    output: bool | Unset = derived(
        "システムパーツの出力",
        title="System parts output",
        follows="amazon_settings.enabled",
        severity=FindingSeverity.MEDIUM,
        words=OUTPUT,
    )
    messages: Mapping[str, str | Absent] | Unset = managed(
        "メッセージ",
        title="Messages and labels",
        declared="amazon.messages",
        severity=FindingSeverity.LOW,
        compare=Compare.TEXT,
        entries=True,
        sharing=Sharing.ALWAYS,
    )


SYSTEM_PARTS: Final = kind_spec(
    SystemParts,
    name="system_parts",
    label="システムパーツ",
    title="System parts",
    screen="コマースクリエイター>メッセージ",
)
