"""A report as Markdown: the sum, a table of the shops with the loudest first, and what was found.

In: a report and what was found in the manifests. Out: text for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.outcomes import OUTCOMES, by_severity, report_sum, shop_progress
from reconciler.views.common.summaries import fingerprint_line
from reconciler.views.markdown.parts import code_span, diagnostic_items, escaped, shop_diagnostic_items, table


def report_markdown(report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext) -> str:
    return join_lines(_lines(report, diagnostics, context))


def _lines(report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(report_sum(report, context))}"
    yield ""
    yield from diagnostic_items((*diagnostics, *report.findings), context)
    shops = by_severity(report)
    if shops:
        yield ""
        header = [context.translate(title) for title in (msg("Outcome"), msg("Shop"), msg("Progress"))]
        yield from table([escaped(title) for title in header], (_row(shop, context) for shop in shops))
    for shop in shops:
        yield from _told(shop, context)
    yield ""
    yield escaped(fingerprint_line(report.fingerprint, context))


def _row(shop: ShopReport, context: RenderContext) -> tuple[str, ...]:
    outcome = escaped(context.translate(OUTCOMES[shop.outcome]))
    loud = f"**{outcome}**" if shop.outcome is ShopOutcome.LEFT_CLOSED else outcome
    return (loud, escaped(shop.shop), escaped(shop_progress(shop, context)))


def _told(shop: ShopReport, context: RenderContext) -> Iterator[str]:
    if not (shop.findings or shop.missed):
        return
    yield ""
    yield f"**{escaped(shop.shop)}**"
    yield ""
    for miss in shop.missed:
        predicted, found = context.value_pair(miss.predicted, miss.found)
        told = (
            context.translate(msg("predicted {value}", value=predicted)),
            context.translate(msg("found {value}", value=found)),
        )
        yield f"- {escaped(miss.ref.display_name)} {' '.join(map(code_span, told))}"
    yield from shop_diagnostic_items(shop.findings, context)
