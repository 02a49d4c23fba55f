"""システムパーツ: put out on the shop's pages when 利用設定 is on; their labels and messages can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.core.model.policy import Compare, Sharing, derived, kind_spec, managed
from reconciler.core.values import Absent, Unset

LABELS_OF_ENTRIES: Final = {"label": "ラベル", "message": "メッセージ"}
"""A part has the two, and the screen shows them under one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemParts:
    """`messages` maps `<part>.label` and `<part>.message` to a text; which parts exist is the backend's matter."""

    output: bool | Unset = derived(
        "システムパーツの出力", title="System parts put out", follows="amazon_settings.enabled"
    )
    messages: Mapping[str, str | Absent] | Unset = managed(
        "メッセージ",
        title="Messages and labels",
        declared="amazon.messages",
        compare=Compare.TEXT,
        entries=True,
        sharing=Sharing.ALWAYS,
    )


SYSTEM_PARTS: Final = kind_spec(
    SystemParts,
    name="system_parts",
    label="システムパーツ",
    screen="コマースクリエイター>メッセージ",
)
