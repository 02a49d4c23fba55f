"""The plan of a fleet as text: what holds it and what closes on top, then each different change once, then single shops.

In: a plan. Out: lines without an end. Long values are cut; `--expand` shows each shop with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.change_groups import ChangeGroup, group_changes
from reconciler.core.planning.plan import Plan
from reconciler.views.common.ansi import Style
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.common.fleet.change_rows import ROOM, ChangeRow, change_rows, shops_to_show
from reconciler.views.text.change_styles import CHANGE_STYLES
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.fleet_rows import FleetRow, FleetSection, Wording, section_lines
from reconciler.views.text.layout import paragraph


def folded_plan_lines(plan: Plan, context: RenderContext) -> Iterator[str]:
    found = (*plan.findings, *(finding for shop in plan.shops for finding in shop.findings))
    yield from _block(grouped_diagnostic_lines(filter(_holds, found), context))
    yield from _block(line for text in closure_lines(plan, context) for line in paragraph(text, context))
    groups = group_changes(shops_to_show(plan), ROOM)
    shared = [group for group in groups if len(group.members) > 1]
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    sections = ((msg("Changes"), shared), (msg("Changes in single shops"), single))
    yield from section_lines([_section(title, groups, context) for title, groups in sections], context)
    yield from _block(grouped_diagnostic_lines((each for each in found if not _holds(each)), context))


def _holds(finding: Diagnostic) -> bool:
    return finding.blocking


def _block(lines: Iterator[str]) -> Iterator[str]:
    """Followed by an empty line, unless there is nothing."""
    shown = list(lines)
    yield from shown
    if shown:
        yield ""


def _section(title: Message, groups: Sequence[ChangeGroup], context: RenderContext) -> FleetSection:
    rows = change_rows(groups, context)
    width = max((display_width(row.shops) for row in rows), default=0)
    return FleetSection(context.translate(title), [_row(row, width, context) for row in rows])


def _row(row: ChangeRow, width: int, context: RenderContext) -> FleetRow:
    """In full with the field's name, and with the place in the shop's own manifest, where the line has room for them."""

    def wording(name: str, values: str, place: str) -> Wording:
        return Wording(text=_text(row, width, context, (name, values, place)), placed=bool(place))

    least = "" if row.own_place else row.place
    fewer = "" if row.fields == 1 else context.plural("{count} field", "{count} fields", row.fields)
    return FleetRow(
        full=(
            wording(row.name, row.values, row.place),
            wording("", row.values, row.place),
            wording("", row.values, least),
        ),
        short=(wording("", row.values, ""), wording("", row.after, ""), wording(fewer, row.values, "")),
        whole=(row.values, row.after, row.place, row.key),
        origin=row.origin,
    )


def _text(row: ChangeRow, width: int, context: RenderContext, parts: tuple[str, str, str]) -> str:
    name, values, place = parts
    sign = context.paint(row.sign, Style.DERIVED if row.derived else CHANGE_STYLES[row.action])
    fill = " " * (width - display_width(row.shops))
    called = (f"`{row.key}`", f"({name})" if name else "") if row.key else (name or row.name,)
    words = (
        f"{sign} {fill}{context.paint(row.shops, Style.HEADING)}:",
        *called,
        values,
        context.paint(f"({place})", Style.QUIET) if place else "",
        context.paint(f"({row.note})", Style.DERIVED) if row.note else "",
    )
    return " ".join(filter(None, words))
