"""Lines and columns. In: rows of cells. Out: lines aligned by display width; nothing is wrapped, cut or padded at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.views.cells import cells, pad
from reconciler.views.look import Look
from reconciler.views.paint import Style

GAP: Final = "  "
WIDEST: Final = 56  # a cell beyond this does not push the columns of its neighbours


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    style: Style | None = None


def columns(rows: Iterable[Sequence[Cell]], look: Look, indent: str = "") -> Iterator[str]:
    """One line a row. A column is as wide as its widest cell, save those that are too wide to follow. Signs stand close."""
    table = tuple(rows)
    widths = _widths(table)
    for row in table:
        last = max((index for index, cell in enumerate(row) if cell.text), default=-1)
        parts = [
            look.paint(cell.text, cell.style) + (_fill(cell.text, widths[index]) if index < last else "")
            for index, cell in enumerate(row[: last + 1])
        ]
        yield indent + _joined(parts, close=widths[0] == 1)


def _joined(parts: Sequence[str], *, close: bool) -> str:
    return f"{parts[0]} {GAP.join(parts[1:])}" if close and len(parts) > 1 else GAP.join(parts)


def _widths(table: Sequence[Sequence[Cell]]) -> list[int]:
    count = max((len(row) for row in table), default=0)
    return [
        max(
            (cells(row[index].text) for row in table if index < len(row) and cells(row[index].text) <= WIDEST),
            default=0,
        )
        for index in range(count)
    ]


def _fill(text: str, width: int) -> str:
    return pad(text, max(width, cells(text)))[len(text) :]
