"""The table of `docs/outputs.md`: which command offers which kind of output."""

from __future__ import annotations

from typing import Final

from reconciler.cli.shell.output_kinds import commands_with
from reconciler.views.formats.registry import FORMATS
from reconciler.views.i18n import Language

_HEADS: Final = {"en": ("KIND", "Commands"), "ja": ("種類", "コマンド")}
_ALL: Final = {"en": "all", "ja": "すべて"}


def outputs_table(words: Language) -> str:
    kind_head, command_head = _HEADS[words.code]
    rows = "".join(f"| `{kind}` | {_commands(kind, words)} |\n" for kind in FORMATS)
    return f"| {kind_head} | {command_head} |\n|---|---|\n{rows}"


def _commands(kind: str, words: Language) -> str:
    offered = commands_with(kind)
    return _ALL[words.code] if offered is None else ", ".join(f"`{command}`" for command in sorted(offered))
