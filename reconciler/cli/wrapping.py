"""Help pages as lines: wrapped by display width, so that Japanese fits and is not broken where it must not be.

In: running text. Out: lines. click's own wrapping counts characters and looks for spaces only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import click

from reconciler.views.cells import cells, pad

_NOT_FIRST: Final = frozenset("、。，．・：；？！ー）」』】〉》…～ァィゥェォッャュョぁぃぅぇぉっゃゅょ%")
_NOT_LAST: Final = frozenset("（「『【〈《")
_FIRST_COLUMN: Final = 30


class Formatter(click.HelpFormatter):
    """click's formatter with our wrapping."""

    def write_text(self, text: str) -> None:
        room = max(self.width - self.current_indent, 11)
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            for line in wrap(" ".join(paragraph.split()), room):
                self.write(f"{' ' * self.current_indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST_COLUMN, col_spacing: int = 2) -> None:
        table = tuple(rows)
        column = min(max(cells(term) for term, _ in table), col_max) + col_spacing
        margin = " " * self.current_indent
        for term, text in table:
            lines = list(wrap(" ".join(text.split()), max(self.width - self.current_indent - column, 10))) or [""]
            if cells(term) > column - col_spacing:
                self.write(f"{margin}{term}\n")
            else:
                self.write(f"{margin}{pad(term, column)}{lines.pop(0)}".rstrip() + "\n")
            for line in lines:
                self.write(f"{margin}{' ' * column}{line}\n")


def wrap(text: str, room: int) -> Iterator[str]:
    """Lines of at most `room` cells, where there is a place to break them."""
    line = ""
    for unit in _units(text):
        if line and cells(line + unit.rstrip()) > room:
            yield line.rstrip()
            line = ""
        line += unit if line else unit.lstrip()
    if line.strip():
        yield line.rstrip()


def _units(text: str) -> Iterator[str]:
    """What must stay together: a word with the space behind it, a wide character with the punctuation that clings to it."""
    unit = ""
    for character in text:
        if unit and _may_break(unit[-1], character):
            yield unit
            unit = ""
        unit += character
    yield unit


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after == " ":
        return False
    return before == " " or cells(before) > 1 or cells(after) > 1
