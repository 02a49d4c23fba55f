"""The plan of a fleet as Markdown: what holds it and what closes on top, then each different change once, then single shops.

In: a plan. Out: lines without an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.change_groups import ChangeGroup, group_changes
from reconciler.core.planning.plan import Plan
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.change_rows import ROOM, ChangeRow, change_rows, shops_to_show
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import grouped_diagnostic_items, paragraphs, table

_HEADER = (msg("Shops"), msg("Field"), msg("Name"), msg("Change"), msg("Place"), msg("Note"))


def folded_plan_markdown(plan: Plan, context: RenderContext) -> Iterator[str]:
    found = (*plan.findings, *(finding for shop in plan.shops for finding in shop.findings))
    yield from grouped_diagnostic_items((each for each in found if each.blocking), context)
    yield from paragraphs(closure_lines(plan, context))
    groups = group_changes(shops_to_show(plan), ROOM)
    shared = [group for group in groups if len(group.members) > 1]
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    yield from _changes(msg("Changes"), shared, context)
    yield from _changes(msg("Changes in single shops"), single, context)
    others = list(grouped_diagnostic_items((each for each in found if not each.blocking), context))
    if others:
        yield from ("", *others)


def _changes(title: Message, groups: Sequence[ChangeGroup], context: RenderContext) -> Iterator[str]:
    if groups:
        yield from ("", f"**{escaped(context.translate(title))}**", "")
        header = ["", *(escaped(context.translate(each)) for each in _HEADER)]
        yield from table(header, (_cells(row) for row in change_rows(groups, context)))


def _cells(row: ChangeRow) -> tuple[str, ...]:
    return (
        row.sign if row.derived else code_span(row.sign),
        escaped(row.shops),
        code_span(row.key) if row.key else "",
        escaped(row.name),
        code_span(row.values),
        escaped(row.place),
        escaped(row.note),
    )
