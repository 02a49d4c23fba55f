"""A plan as a page: what holds it and what closes, the changes of the fleet once each, then each shop, and how to check it.

In: the result of `plan` or `show-plan` and a context. Out: HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.change import Change, ChangeAction
from reconciler.core.planning.change_groups import group_changes
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.results.plan_result import PlanResult
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.counts import of_plan
from reconciler.views.common.field_names import bare_field_name, full_field_name
from reconciler.views.common.fleet.change_rows import ROOM, ChangeRow, change_rows, folds, shops_to_show
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import SIGNS, change_reason, changes_in_order, shown_values, step_sequence
from reconciler.views.common.summaries import anything_compared, plan_summary
from reconciler.views.html.charts import bar_chart, charts, closed_times, shops_by_outcome
from reconciler.views.html.diagnostics import each_of, grouped, worst_tone
from reconciler.views.html.elements import (
    BarChart,
    Content,
    Element,
    FoldList,
    HtmlCell,
    HtmlFold,
    HtmlPage,
    HtmlRow,
    HtmlSection,
    HtmlTable,
    Sentences,
    Tone,
)
from reconciler.views.html.leaves import leaf_table
from reconciler.views.html.words import check_by_command, identity_facts
from reconciler.views.html.writer import write_page

_OPENED: Final = 5
"""So many shops are shown unfolded."""
ACTION_TONES: Final[dict[ChangeAction, Tone]] = {
    ChangeAction.ADD: "good",
    ChangeAction.CHANGE: "warn",
    ChangeAction.REMOVE: "bad",
}


def plan_html(result: PlanResult, context: RenderContext) -> str:
    plan = result.plan
    compared = anything_compared(plan)
    page = HtmlPage(
        kind="plan",
        head=plan_summary(plan, context),
        tone=worst_tone(result.all_diagnostics),
        sections=tuple(_sections(result, context)),
        fingerprint=plan.fingerprint if compared else "",
        leaves=leaf_table(plan, context) if compared else None,
        check=(check_by_command(result.identity, context),) if compared else (),
        facts=identity_facts(result.identity, context),
    )
    return write_page(page, context)


def _sections(result: PlanResult, context: RenderContext) -> Iterator[HtmlSection]:
    plan = result.plan
    folded = folds(plan, context)
    found = (*result.diagnostics, *plan.all_findings) if folded else (*result.diagnostics, *plan.findings)
    listed = grouped if folded else each_of
    held, others = listed(_blocking(found, held=True), context), listed(_blocking(found, held=False), context)
    yield _section("held", msg("Errors and guards"), held, context)
    closures = tuple(closure_lines(plan, context))
    yield _section("closures", msg("Closures"), (Sentences(texts=closures),) if closures else (), context)
    yield _section("overview", msg("Overview"), charts(_charts(plan, context)), context)
    if folded:
        yield _section("changes", msg("Changes"), (_folded_changes(plan, context),), context)
    yield _section("shops", msg("Shops"), _shops(plan, context), context)
    yield _section("notes", msg("Warnings and notes"), others, context)


def _section(name: str, title: Message, contents: tuple[Content, ...], context: RenderContext) -> HtmlSection:
    return HtmlSection(name=name, title=context.translate(title), contents=contents)


def _blocking(found: tuple[Diagnostic, ...], *, held: bool) -> tuple[Diagnostic, ...]:
    return tuple(each for each in found if each.blocking is held)


def _charts(plan: Plan, context: RenderContext) -> Iterator[BarChart | None]:
    fields = Counter(change.ref for shop in plan.shops for change in shop.written_changes)
    by_name: Counter[str] = Counter()
    for ref, count in fields.items():
        by_name[full_field_name(ref, context)] += count
    counts = [(name, count, "plain") for name, count in by_name.most_common()]
    yield bar_chart(msg("Changes by field"), (msg("Field"), msg("Changes")), counts, context)
    yield shops_by_outcome(_outcomes(plan, context), context)
    seconds = [shop.bracket.seconds for shop in plan.shops if shop.bracket and not shop.blocked]
    yield closed_times(seconds, msg("Shops by expected time closed"), context)


def _outcomes(plan: Plan, context: RenderContext) -> Iterator[tuple[str, int, Tone]]:
    tally = of_plan(plan)
    unchanged = tally.shops - tally.changed - tally.unplanned
    yield context.translate(msg("will change")), tally.changed - tally.refused, "good"
    yield context.translate(msg("held")), tally.refused, "warn"
    yield context.translate(msg("could not be planned")), tally.unplanned, "bad"
    yield context.translate(msg("unchanged")), unchanged + plan.unchanged_shops, "quiet"


def _folded_changes(plan: Plan, context: RenderContext) -> HtmlTable:
    """Each different change once, in how many shops."""
    titles = (msg("Shops"), msg("Change"), msg("Field"), msg("Name"), msg("Values"), msg("Place"), msg("Note"))
    rows = change_rows(group_changes(shops_to_show(plan), ROOM), context)
    return HtmlTable(
        caption=context.translate(msg("Equal changes of several shops are one row")),
        columns=tuple(context.translate(title) for title in titles),
        rows=tuple(_folded_row(row) for row in rows),
    )


def _folded_row(row: ChangeRow) -> HtmlRow:
    cells = (
        HtmlCell(text=row.shops),
        _sign(row.sign, row.action, derived=row.derived),
        HtmlCell(text=row.key, code=bool(row.key)),
        HtmlCell(text=row.name),
        HtmlCell(text=row.values, code=True),
        HtmlCell(text=row.place),
        HtmlCell(text=row.note),
    )
    return HtmlRow(cells=cells, counts={Counted.CHANGES: row.changes})


def _sign(sign: str, action: ChangeAction, *, derived: bool) -> HtmlCell:
    return HtmlCell(text=sign, tone="quiet" if derived else ACTION_TONES[action])


def _shops(plan: Plan, context: RenderContext) -> tuple[Content, ...]:
    """Those that are held first."""
    shown = sorted(shops_to_show(plan), key=lambda shop: (not shop.blocked, shop.shop))
    opened = len(shown) <= _OPENED
    return (FoldList(folds=tuple(_shop(shop, context, opened=opened) for shop in shown)),) if shown else ()


def _shop(shop: ShopPlan, context: RenderContext, *, opened: bool) -> HtmlFold:
    changes = len(shop.written_changes)
    return HtmlFold(
        name=shop.shop,
        place=shop.origin.file,
        count=context.plural("{count} change", "{count} changes", changes) if changes else "",
        parts=partial(_inside, shop, context),
        opened=opened,
        counts={Counted.SHOPS: 1, Counted.CHANGES: len(shop.changes), Counted.DIAGNOSTICS: len(shop.findings)},
    )


def _inside(shop: ShopPlan, context: RenderContext) -> tuple[Element, ...]:
    steps = (Sentences(texts=(step_sequence(shop, context),)),) if len(shop.steps) > 1 else ()
    return (*_changes(shop, context), *steps, *each_of(shop.findings, context))


def _changes(shop: ShopPlan, context: RenderContext) -> Iterator[HtmlTable]:
    if shop.changes:
        titles = (msg("Change"), msg("Field"), msg("Name"), msg("Values"), msg("Place"), msg("Note"))
        yield HtmlTable(
            caption=context.translate(msg("Changes in {shop}", shop=shop.shop)),
            columns=tuple(context.translate(title) for title in titles),
            rows=tuple(_row(change, context) for change in changes_in_order(shop)),
            heading=2,
        )


def _row(change: Change, context: RenderContext) -> HtmlRow:
    key = "" if change.derived else change.ref.manifest_path or str(change.ref)
    place = "" if change.derived else str(change.origin)
    cells = (
        _sign("↳" if change.derived else SIGNS[change.action], change.action, derived=change.derived),
        HtmlCell(text=key, code=bool(key)),
        HtmlCell(text=bare_field_name(change.ref, context)),
        HtmlCell(text=shown_values(change, context), code=True),
        HtmlCell(text=place, code=bool(place)),
        HtmlCell(text=change_reason(change, context)),
    )
    return HtmlRow(cells=cells, counts={Counted.CHANGES: 1})
