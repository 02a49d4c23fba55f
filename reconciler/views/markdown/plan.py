"""A plan as Markdown: the sum, the findings, a table a shop; folded away when there are many.

In: a plan and what was found in the manifests. Out: text for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import SIGNS, change_reason, changes_in_order, shown_values, step_sequence
from reconciler.views.common.summaries import anything_compared, fingerprint_line, plan_summary
from reconciler.views.markdown.parts import code_span, details, diagnostic_items, escaped, shop_diagnostic_items, table

_OPEN: Final = 5  # more shops than this are folded away


def plan_markdown(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> str:
    return join_lines(_lines(plan, diagnostics, context))


def _lines(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(plan_summary(plan, context))}"
    yield ""
    yield from diagnostic_items((*diagnostics, *plan.findings), context)
    told = [shop for shop in plan.shops if shop.changes or shop.findings]
    for shop in told:
        yield ""
        yield from _shop(shop, context, folded=len(told) > _OPEN)
    if anything_compared(plan):
        yield ""
        yield escaped(fingerprint_line(plan.fingerprint, context))


def _shop(shop: ShopPlan, context: RenderContext, *, folded: bool) -> Iterator[str]:
    count = context.plural("{count} change", "{count} changes", len(shop.written_changes))
    name = f"<b>{escaped(shop.shop)}</b> {code_span(shop.origin.file)}: {escaped(count)}"
    if folded:
        yield from details(name, _inside(shop, context))
    else:
        yield name
        yield ""
        yield from _inside(shop, context)


def _inside(shop: ShopPlan, context: RenderContext) -> Iterator[str]:
    if shop.changes:
        header = [msg("Field"), msg("Label"), msg("Change"), msg("Place"), msg("Note")]
        titles = ["", *(escaped(context.translate(title)) for title in header)]
        yield from table(titles, (_row(change, context) for change in changes_in_order(shop)))
    if len(shop.steps) > 1:
        yield ""
        yield escaped(step_sequence(shop, context))
    if shop.findings:
        yield ""
        yield from shop_diagnostic_items(shop.findings, context)


def _row(change: Change, context: RenderContext) -> tuple[str, ...]:
    sign = "↳" if change.derived else escaped(SIGNS[change.action])
    place = "" if change.derived else code_span(str(change.origin))
    return (
        sign,
        "" if change.derived else code_span(change.ref.manifest_path or str(change.ref)),
        escaped(change.ref.display_name),
        code_span(shown_values(change, context)),
        place,
        escaped(change_reason(change, context)),
    )
