"""A plan as it is reviewed in a pull request: one screen, for a fleet of any size.

In: a plan and what was found beside it. Out: a page: the summary and the fingerprint, what holds the plan, what closes, each
different change once; folded below, notes and a few shops one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.change_rows import FEW_SHOPS, shops_to_show
from reconciler.views.markdown.document import MarkdownPage, Part
from reconciler.views.markdown.escaping import html_text
from reconciler.views.markdown.parts import details, grouped_diagnostics, paragraphs
from reconciler.views.markdown.plan import each_shop, plan_head
from reconciler.views.markdown.plan_folded import folded_changes


def reviewed_plan_page(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> MarkdownPage:
    return MarkdownPage(head=plan_head(plan, context), sections=tuple(_sections(plan, diagnostics, context)))


def _sections(plan: Plan, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[Part]:
    found = (*diagnostics, *plan.all_findings)
    yield from grouped_diagnostics((each for each in found if each.blocking), context)
    yield from paragraphs(closure_lines(plan, context))
    yield from folded_changes(plan, context)
    yield from _below(
        msg("Warnings and notes"), grouped_diagnostics((each for each in found if not each.blocking), context), context
    )
    if len(shops_to_show(plan)) <= FEW_SHOPS:
        yield from _below(msg("Shop by shop"), each_shop(plan, context), context)


def _below(title: Message, parts: Iterator[Part], context: RenderContext) -> Iterator[Part]:
    inside = tuple(parts)
    if inside:
        yield details(html_text(context.translate(title)), inside)
