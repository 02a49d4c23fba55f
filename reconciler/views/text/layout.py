"""Lines and columns. In: rows of cells, sentences. Out: lines, aligned by display width and wrapped at the terminal's own. Where
there is none they are as long as they are. Nothing is cut or padded at its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Message
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width, escape_unprintable, pad_to_width
from reconciler.views.common.line_wrap import visible_width, wrap

GAP: Final = "  "
HANG: Final = "      "
"""The indentation of continuation lines."""

WIDEST: Final = 56  # a cell beyond this does not push the columns of its neighbours
_COLUMN: Final = 24  # cells that are enough for a sentence in a column
_NARROWEST: Final = 40  # a terminal that has less folds our lines itself


@frozen(kw_only=False)
class Cell:
    text: str
    style: Style | None = None


def paragraph(
    text: str, context: RenderContext, indent: str = "", *, style: Style | None = None, whole: Collection[str] = ()
) -> Iterator[str]:
    """A sentence; what is named as `whole` is not broken. Its parts may be painted already."""
    if context.width is None:
        yield f"{indent}{context.paint(text, style)}"
        return
    room = _room(context, indent)
    for nth, line in enumerate(wrap(text, room, room - len(HANG), whole=whole, spaced=_spaced(context))):
        yield f"{indent}{HANG if nth else ''}{context.paint(line, style)}"


def notice(text: Message, context: RenderContext) -> Iterator[str]:
    """A sentence of its own; one that is indented stays so in all its lines."""
    translated = context.translate(text)
    sentence = translated.lstrip(" ")
    return paragraph(sentence, context, " " * (len(translated) - len(sentence)), whole=named(text))


def labelled(label: str, text: str, context: RenderContext, *, whole: Collection[str] = ()) -> Iterator[str]:
    """A sentence behind its label, which may be coloured; further lines start below the sentence's start."""
    if context.width is None:
        yield f"{label}{text}"
        return
    margin = " " * visible_width(label)
    room = _room(context, margin)
    for nth, line in enumerate(wrap(text, room, room, whole=whole, spaced=_spaced(context))):
        yield f"{margin if nth else label}{line}"


def heading(one: str, other: str, context: RenderContext) -> Iterator[str]:
    """What a block is about, and where that is."""
    first, second = context.paint(one, Style.HEADING), Cell(other, Style.QUIET)
    if context.width is None:
        yield f"{first}{GAP}{context.paint(second.text, second.style)}"
    else:
        yield from _flow(first, GAP, (second,), context, _room(context, ""))


def named(text: Message) -> frozenset[str]:
    """The values in the placeholders of a sentence: names, values, paths."""
    arguments = [value for _, value in text.arguments]
    inner = (named(value) for value in arguments if isinstance(value, Message))
    return frozenset(escape_unprintable(value) for value in arguments if isinstance(value, str)).union(*inner)


def columns(rows: Iterable[Sequence[Cell]], context: RenderContext, indent: str = "") -> Iterator[str]:
    """One text per row. A column is as wide as its widest cell, except cells that are too wide. Signs have no padding.

    A row that is wider than the terminal has several lines: the columns that fit, and the rest below.
    """
    table = tuple(rows)
    widths = _widths(table)
    for row in table:
        line = _aligned(row, widths, context)
        if context.width is None or len(indent) + visible_width(line) <= context.width:
            yield indent + line
        else:
            yield "\n".join(f"{indent}{part}" for part in _stacked(row, widths, context, _room(context, indent)))


def titled(titles: Sequence[str], rows: Iterable[Sequence[str | None]], context: RenderContext) -> Iterator[str]:
    """A table with titles; what is None is a dash. Where the terminal is too narrow for all columns, the last ones are below each
    row, as `title: value`; there, None is omitted.
    """
    table = tuple(rows)
    cells = [tuple(Cell("-" if text is None else text) for text in row) for row in table]
    header = tuple(Cell(title, Style.QUIET) for title in titles)
    widths = _widths((header, *cells))
    fit = len(titles) if context.width is None else _leading(header, widths, context, _room(context, ""))
    yield _aligned(header[:fit], widths, context)
    for row, shown in zip(table, cells, strict=True):
        count = fit if context.width is None else _leading(shown[:fit], widths[:fit], context, _room(context, ""))
        below = [Cell(f"{titles[at]}: {text}") for at, text in enumerate(row) if at >= count and text]
        yield "\n".join(_flow(_aligned(shown[:count], widths, context), "", below, context, _room(context, "")))


def _aligned(row: Sequence[Cell], widths: Sequence[int], context: RenderContext) -> str:
    last = max((index for index, cell in enumerate(row) if cell.text), default=-1)
    parts = [
        context.paint(cell.text, cell.style) + (_fill(cell.text, widths[index]) if index < last else "")
        for index, cell in enumerate(row[: last + 1])
    ]
    return _joined(parts, close=widths[0] == 1)


def _joined(parts: Sequence[str], *, close: bool) -> str:
    return f"{parts[0]} {GAP.join(parts[1:])}" if close and len(parts) > 1 else GAP.join(parts)


def _stacked(row: Sequence[Cell], widths: Sequence[int], context: RenderContext, room: int) -> Iterator[str]:
    """The first line of every row has the same columns. If that is only a sign, the rest follows behind it."""
    count = _leading(row, widths, context, room)
    if count == len(row) - 1 and (beside := _last_beside(row, widths, context, room)):
        return iter(beside)
    if widths[0] == 1 and not any(cell.text for cell in row[1:count]):
        return _flow(context.paint(row[0].text, row[0].style), " ", row[count:], context, room)
    return _flow(_aligned(row[:count], widths, context), "", row[count:], context, room)


def _last_beside(row: Sequence[Cell], widths: Sequence[int], context: RenderContext, room: int) -> list[str]:
    """The row with its last cell broken into lines of its own column; none where it cannot be, or the column is too narrow."""
    start, last = _aligned([*row[:-1], Cell("|")], widths, context), row[-1]
    left = room - visible_width(start) + 1
    pieces = list(wrap(last.text, left, spaced=_spaced(context))) if left >= _COLUMN else []
    if not pieces or max(map(display_width, pieces)) > left:
        return []
    margin = " " * (visible_width(start) - 1)
    return [(margin if nth else start[:-1]) + context.paint(piece, last.style) for nth, piece in enumerate(pieces)]


def _flow(line: str, gap: str, row: Sequence[Cell], context: RenderContext, room: int) -> Iterator[str]:
    """`line` and what goes on behind it, after `gap`; without one, below it. A cell is broken if it takes more than a line."""
    for cell in row:
        for piece in _pieces(cell.text, context, room - len(HANG)):
            painted = context.paint(piece, cell.style)
            if gap and visible_width(line) + len(gap) + display_width(piece) <= room:
                line += gap + painted
            else:
                yield line
                line = HANG + painted
            gap = GAP
    yield line


def _pieces(text: str, context: RenderContext, room: int) -> Iterable[str]:
    return (text,) if 0 < display_width(text) <= room else wrap(text, room, spaced=_spaced(context))


def _spaced(context: RenderContext) -> bool:
    """Whether the language parts words by spaces."""
    return context.language.code == "en"


def _leading(row: Sequence[Cell], widths: Sequence[int], context: RenderContext, room: int) -> int:
    """How many columns there is room for side by side."""
    count = 1
    while (
        count < len(widths)
        and visible_width(_joined([" " * width for width in widths[: count + 1]], close=widths[0] == 1)) <= room
    ):
        count += 1
    while count > 1 and visible_width(_aligned(row[:count], widths, context)) > room:
        count -= 1
    return count


def _room(context: RenderContext, indent: str) -> int:
    return max(context.width or 0, _NARROWEST) - len(indent)


def _widths(table: Sequence[Sequence[Cell]]) -> list[int]:
    count = max((len(row) for row in table), default=0)
    return [
        max(
            (
                display_width(row[index].text)
                for row in table
                if index < len(row) and display_width(row[index].text) <= WIDEST
            ),
            default=0,
        )
        for index in range(count)
    ]


def _fill(text: str, width: int) -> str:
    return pad_to_width(text, max(width, display_width(text)))[len(text) :]
