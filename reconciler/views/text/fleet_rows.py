"""The rows of a fleet's result: in full where there is room, and in fewer words where they would not fit on a screen.

In: rows, each in several wordings. Out: lines without an end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import join_list
from reconciler.views.common.shop_lists import EXPAND_HINT
from reconciler.views.text.layout import paragraph

_INDENT: Final = "  "
_MOST_LINES: Final = 28
"""Lines of all rows together: above them, rows are put in fewer words."""


@frozen
class Wording:
    """`placed`: the place that declares the value is in it."""

    text: str
    placed: bool = True


@frozen
class FleetRow:
    """`full` from the most words to the fewest that omit nothing; `short` omit more. `whole` is not broken. `origin` is
    the place of the value, where a short wording may leave it to the line below the rows.
    """

    full: tuple[Wording, ...]
    short: tuple[Wording, ...] = ()
    whole: tuple[str, ...] = ()
    origin: Origin | None = None


@frozen(kw_only=False)
class FleetSection:
    title: str
    rows: Sequence[FleetRow]


def section_lines(sections: Sequence[FleetSection], context: RenderContext) -> Iterator[str]:
    """Each section under its title, followed by an empty line; nothing of one without rows."""
    shown = [section for section in sections if section.rows]
    full = [[_full(row, context) for row in section.rows] for section in shown]
    rows = full
    if sum(row.count for section in full for row in section) > _MOST_LINES:
        rows = [[_short(row, context) for row in section.rows] for section in shown]
    for nth, (section, worded) in enumerate(zip(shown, rows, strict=True)):
        hint = "" if nth else f" {context.paint(context.translate(EXPAND_HINT), Style.QUIET)}"
        yield f"{context.paint(section.title, Style.HEADING)}{hint}"
        yield from (line for row in worded for line in row.lines)
        yield from _places(section.rows, worded, context)
        yield ""


@frozen(kw_only=False)
class _Shown:
    lines: tuple[str, ...]
    placed: bool

    @property
    def count(self) -> int:
        return len(self.lines)


def _worded(row: FleetRow, wording: Wording, context: RenderContext) -> _Shown:
    return _Shown(tuple(paragraph(wording.text, context, _INDENT, whole=row.whole)), wording.placed)


def _full(row: FleetRow, context: RenderContext) -> _Shown:
    """The first that fits on a line, else the last."""
    tried = [_worded(row, wording, context) for wording in row.full]
    return next((shown for shown in tried if shown.count == 1), tried[-1])


def _short(row: FleetRow, context: RenderContext) -> _Shown:
    """The first of those with the fewest lines."""
    return min((_worded(row, wording, context) for wording in (*row.full, *row.short)), key=lambda shown: shown.count)


def _places(rows: Sequence[FleetRow], worded: Sequence[_Shown], context: RenderContext) -> Iterator[str]:
    """The places that the rows themselves omit."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for row, shown in zip(rows, worded, strict=True):
        if row.origin is not None and not shown.placed:
            numbers[row.origin.file].add(row.origin.line)
    places = [f"{escape_unprintable(file)}:{','.join(map(str, sorted(lines)))}" for file, lines in numbers.items()]
    if places:
        text = context.translate(msg("Declared in {places}", places=join_list(places, context)))
        yield from paragraph(text, context, _INDENT, style=Style.QUIET, whole=places)
