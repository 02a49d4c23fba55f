"""Texts of the program as Markdown: what they say stays as it is. In: a text. Out: the text for a paragraph or a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.views.i18n import Language


def prose(text: str) -> str:
    """Marks of Markdown outside of code spans are escaped."""
    parts = re.split(r"(`[^`]+`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") and len(part) > 1 else _escaped(part) for part in parts)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; a stroke in a cell does not end the cell."""
    columns = list(head)
    lines = [_row(columns), "|" + "---|" * len(columns), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def language_line(name: str, words: Language) -> str:
    """The line that leads to the other language, in docs/reference."""
    return {
        "en": f"English | [日本語](../ja/reference/{name})\n",
        "ja": f"[English](../../reference/{name}) | 日本語\n",
    }[words.code]


def _row(cells: Iterable[str]) -> str:
    shown = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(shown)} |".replace("|  |", "| |")


def _escaped(text: str) -> str:
    """An underscore inside a word is no mark."""
    return re.sub(r"([\\*<>\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", text)
