"""A plan as Markdown: the summary and the fingerprint, diagnostics, a table per shop.

In: a plan and what was found in the manifests. Out: a page for a pull request. The plan of a fleet is `plan_folded`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.change_rows import folds, shops_to_show
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import SIGNS, change_reason, changes_in_order, shown_values, step_sequence
from reconciler.views.common.summaries import anything_compared, fingerprint_line, plan_summary
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, paragraph_piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped, html_code, html_text
from reconciler.views.markdown.parts import (
    details,
    each_diagnostic,
    grouped_diagnostics,
    paragraphs,
    row,
    shop_diagnostics,
    table,
)
from reconciler.views.markdown.plan_folded import folded_plan

_OPEN: Final = 5  # more shops than this are collapsed


def plan_markdown(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> str:
    return write_document(plan_document(plan, diagnostics, context), context)


def plan_document(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> MarkdownPage:
    return MarkdownPage(head=plan_head(plan, context), sections=tuple(_sections(plan, diagnostics, context)))


def plan_head(plan: Plan, context: RenderContext) -> tuple[str, ...]:
    summary = f"### {escaped(plan_summary(plan, context))}"
    return (summary, escaped(fingerprint_line(plan.fingerprint, context))) if anything_compared(plan) else (summary,)


def _sections(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[Part]:
    """What is below the head."""
    if folds(plan, context):
        yield from grouped_diagnostics(diagnostics, context)
        yield from folded_plan(plan, context)
    else:
        yield from each_diagnostic((*diagnostics, *plan.findings), context)
        yield from paragraphs(closure_lines(plan, context))
        yield from each_shop(plan, context)


def each_shop(plan: Plan, context: RenderContext) -> Iterator[Block]:
    shown = shops_to_show(plan)
    blocks = tuple(_shop(shop, context, collapsed=len(shown) > _OPEN) for shop in shown)
    if blocks:
        yield Block(parts=blocks, spaced=True)


def _shop(shop: ShopPlan, context: RenderContext, *, collapsed: bool) -> Block:
    changes = len(shop.written_changes)
    count = f": {context.plural('{count} change', '{count} changes', changes)}" if changes else ""
    if collapsed:
        name = f"<b>{html_text(shop.shop)}</b> {html_code(shop.origin.file)}{html_text(count)}"
        return details(name, _inside(shop, context))
    before = f"**{escaped(shop.shop)}** {code_span(shop.origin.file)}{escaped(count)}"
    return Block(before=(before, ""), parts=tuple(_inside(shop, context)), spaced=True)


def _inside(shop: ShopPlan, context: RenderContext) -> Iterator[Part]:
    if shop.changes:
        header = [msg("Field"), msg("Name"), msg("Change"), msg("Place"), msg("Note")]
        titles = ["", *(escaped(context.translate(title)) for title in header)]
        yield table(titles, (_row(change, context) for change in changes_in_order(shop)))
    if len(shop.steps) > 1:
        yield paragraph_piece(step_sequence(shop, context))
    yield from shop_diagnostics(shop.findings, context)


def _row(change: Change, context: RenderContext) -> Piece:
    sign = "↳" if change.derived else code_span(SIGNS[change.action])
    place = "" if change.derived else code_span(str(change.origin))
    cells = (
        sign,
        "" if change.derived else code_span(change.ref.manifest_path or str(change.ref)),
        escaped(full_field_name(change.ref, context)),
        code_span(shown_values(change, context)),
        place,
        escaped(change_reason(change, context)),
    )
    return row(cells, Counted.CHANGES)
