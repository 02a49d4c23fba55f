"""Help pages as lines: wrapped by display width, so that Japanese fits and is not broken where it must not be.

In: running text. Out: lines. click's own wrapping counts characters and looks for spaces only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import click

from reconciler.views.common.display_width import display_width, pad_to_width
from reconciler.views.common.line_wrap import wrap

_FIRST_COLUMN: Final = 30
_VARIABLE: Final = re.compile(r"\[[^][]*: RECONCILER_\w+\]")
"""The variable of an option, which is copied and so stays on one line."""


class HelpFormatter(click.HelpFormatter):
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
        column = min(max(display_width(term) for term, _ in table), col_max) + col_spacing
        margin = " " * self.current_indent
        for term, text in table:
            words, room = " ".join(text.split()), max(self.width - self.current_indent - column, 10)
            whole = [variable for variable in _VARIABLE.findall(words) if display_width(variable) <= room]
            lines = list(wrap(words, room, whole=whole)) or [""]
            if display_width(term) > column - col_spacing:
                self.write(f"{margin}{term}\n")
            else:
                self.write(f"{margin}{pad_to_width(term, column)}{lines.pop(0)}".rstrip() + "\n")
            for line in lines:
                self.write(f"{margin}{' ' * column}{line}\n")
