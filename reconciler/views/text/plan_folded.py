"""The plan of a fleet as text: what holds it and what closes on top, then each different change once, then single shops.

In: a plan. Out: lines without an end. Long values are cut; `--expand` shows each shop with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change_groups import ChangeGroup, group_changes
from reconciler.core.planning.plan import Plan
from reconciler.views.common.ansi import Style
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.common.fleet.change_rows import ROOM, ChangeRow, change_rows, shops_to_show
from reconciler.views.common.line_wrap import visible_width
from reconciler.views.text.change_styles import CHANGE_STYLES
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.layout import paragraph

_INDENT: Final = "  "


def folded_plan_lines(plan: Plan, context: RenderContext) -> Iterator[str]:
    found = (*plan.findings, *(finding for shop in plan.shops for finding in shop.findings))
    yield from _block(grouped_diagnostic_lines(filter(_holds, found), context))
    yield from _block(line for text in closure_lines(plan, context) for line in paragraph(text, context))
    groups = group_changes(shops_to_show(plan), ROOM)
    shared = [group for group in groups if len(group.members) > 1]
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    yield from _changes(context.translate(msg("Changes")), shared, context)
    yield from _changes(context.translate(msg("Changes in single shops")), single, context)
    yield from _block(grouped_diagnostic_lines((each for each in found if not _holds(each)), context))
    yield from paragraph(context.translate(msg("Add `--expand` to show each shop.")), context, style=Style.QUIET)


def _holds(finding: Diagnostic) -> bool:
    return finding.blocking


def _block(lines: Iterator[str]) -> Iterator[str]:
    """Followed by an empty line, unless there is nothing."""
    shown = list(lines)
    yield from shown
    if shown:
        yield ""


def _changes(title: str, groups: Sequence[ChangeGroup], context: RenderContext) -> Iterator[str]:
    if not groups:
        return
    rows = change_rows(groups, context)
    width = max(display_width(row.shops) for row in rows)
    yield context.paint(title, Style.HEADING)
    for row in rows:
        yield from _row(row, width, context)
    yield ""


def _row(row: ChangeRow, width: int, context: RenderContext) -> Iterator[str]:
    """With the field's name, and with the place in the shop's own manifest, where the line has room for them."""
    least = ("", "" if row.own_place else row.place)
    texts = (_text(row, width, context, more=more) for more in ((row.name, row.place), ("", row.place), least))
    room = context.width
    fitting = (text for text in texts if room is None or len(_INDENT) + visible_width(text) <= room)
    text = next(fitting, _text(row, width, context, more=least))
    yield from paragraph(text, context, _INDENT, whole=(row.values, row.place, row.key))


def _text(row: ChangeRow, width: int, context: RenderContext, *, more: tuple[str, str]) -> str:
    name, place = more
    sign = context.paint(row.sign, Style.DERIVED if row.derived else CHANGE_STYLES[row.action])
    fill = " " * (width - display_width(row.shops))
    called = (f"`{row.key}`", f"({name})" if name else "") if row.key else (row.name,)
    parts = (
        f"{sign} {fill}{context.paint(row.shops, Style.HEADING)}:",
        *called,
        row.values,
        context.paint(f"({place})", Style.QUIET) if place else "",
        context.paint(f"({row.note})", Style.DERIVED) if row.note else "",
    )
    return " ".join(filter(None, parts))
