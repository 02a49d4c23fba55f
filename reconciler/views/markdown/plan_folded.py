"""The plan of a fleet as Markdown: what holds it and what closes on top, then each different change once, then single shops.

In: a plan. Out: parts of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.change_groups import ChangeGroup, group_changes
from reconciler.core.planning.plan import Plan
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.change_rows import ROOM, ChangeRow, change_rows, shops_to_show
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.markdown.document import Block, Part, Piece
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import grouped_diagnostics, paragraphs, row, table

_HEADER = (msg("Shops"), msg("Field"), msg("Name"), msg("Change"), msg("Place"), msg("Note"))


def folded_plan(plan: Plan, context: RenderContext) -> Iterator[Part]:
    found = (*plan.findings, *(finding for shop in plan.shops for finding in shop.findings))
    yield from grouped_diagnostics((each for each in found if each.blocking), context)
    yield from paragraphs(closure_lines(plan, context))
    yield from folded_changes(plan, context)
    yield from grouped_diagnostics((each for each in found if not each.blocking), context)


def folded_changes(plan: Plan, context: RenderContext) -> Iterator[Block]:
    groups = group_changes(shops_to_show(plan), ROOM)
    shared = [group for group in groups if len(group.members) > 1]
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    yield from _changes(msg("Changes"), shared, context)
    yield from _changes(msg("Changes in single shops"), single, context)


def _changes(title: Message, groups: Sequence[ChangeGroup], context: RenderContext) -> Iterator[Block]:
    if groups:
        header = ["", *(escaped(context.translate(each)) for each in _HEADER)]
        rows = table(header, (_row(each) for each in change_rows(groups, context)))
        yield Block(before=(f"**{escaped(context.translate(title))}**", ""), parts=(rows,))


def _row(change: ChangeRow) -> Piece:
    cells = (
        change.sign if change.derived else code_span(change.sign),
        escaped(change.shops),
        code_span(change.key) if change.key else "",
        escaped(change.name),
        code_span(change.values),
        escaped(change.place),
        escaped(change.note),
    )
    return row(cells, Counted.CHANGES, change.changes)
