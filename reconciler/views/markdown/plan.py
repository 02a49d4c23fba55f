"""A plan as Markdown: the summary and the fingerprint, diagnostics, a table per shop.

In: a plan and what was found in the manifests. Out: text for a pull request. The plan of a fleet is `plan_folded`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.change_rows import folds, shops_to_show
from reconciler.views.common.phrases import SIGNS, change_reason, changes_in_order, shown_values, step_sequence
from reconciler.views.common.summaries import anything_compared, fingerprint_line, plan_summary
from reconciler.views.markdown.escaping import code_span, escaped, html_code, html_text
from reconciler.views.markdown.parts import (
    details,
    diagnostic_items,
    grouped_diagnostic_items,
    paragraphs,
    shop_diagnostic_items,
    table,
)
from reconciler.views.markdown.plan_folded import folded_plan_markdown

_OPEN: Final = 5  # more shops than this are collapsed


def plan_markdown(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> str:
    return join_lines(_lines(plan, diagnostics, context))


def _lines(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(plan_summary(plan, context))}"
    yield ""
    if anything_compared(plan):
        yield escaped(fingerprint_line(plan.fingerprint, context))
        yield ""
    if folds(plan, context):
        yield from grouped_diagnostic_items(diagnostics, context)
        yield from folded_plan_markdown(plan, context)
    else:
        yield from diagnostic_items((*diagnostics, *plan.findings), context)
        yield from _each_shop(plan, context)


def _each_shop(plan: Plan, context: RenderContext) -> Iterator[str]:
    yield from paragraphs(closure_lines(plan, context))
    shown = shops_to_show(plan)
    for shop in shown:
        yield ""
        yield from _shop(shop, context, collapsed=len(shown) > _OPEN)


def _shop(shop: ShopPlan, context: RenderContext, *, collapsed: bool) -> Iterator[str]:
    changes = len(shop.written_changes)
    count = f": {context.plural('{count} change', '{count} changes', changes)}" if changes else ""
    if collapsed:
        name = f"<b>{html_text(shop.shop)}</b> {html_code(shop.origin.file)}{html_text(count)}"
        yield from details(name, _inside(shop, context))
    else:
        yield f"**{escaped(shop.shop)}** {code_span(shop.origin.file)}{escaped(count)}"
        yield ""
        yield from _inside(shop, context)


def _inside(shop: ShopPlan, context: RenderContext) -> Iterator[str]:
    if shop.changes:
        header = [msg("Field"), msg("Name"), msg("Change"), msg("Place"), msg("Note")]
        titles = ["", *(escaped(context.translate(title)) for title in header)]
        yield from table(titles, (_row(change, context) for change in changes_in_order(shop)))
    if len(shop.steps) > 1:
        yield ""
        yield escaped(step_sequence(shop, context))
    if shop.findings:
        yield ""
        yield from shop_diagnostic_items(shop.findings, context)


def _row(change: Change, context: RenderContext) -> tuple[str, ...]:
    sign = "↳" if change.derived else code_span(SIGNS[change.action])
    place = "" if change.derived else code_span(str(change.origin))
    return (
        sign,
        "" if change.derived else code_span(change.ref.manifest_path or str(change.ref)),
        escaped(full_field_name(change.ref, context)),
        code_span(shown_values(change, context)),
        place,
        escaped(change_reason(change, context)),
    )
