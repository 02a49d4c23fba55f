"""A report as Markdown: the summary, the command that continues, a table of the shops, the loudest first, and diagnostics.

In: a report and what was found in the manifests. Out: text for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.report_rows import folds_outcomes, outcome_rows
from reconciler.views.common.outcomes import loudest_last, outcome_word, report_sum, shop_progress
from reconciler.views.common.summaries import continue_line, fingerprint_line
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import (
    diagnostic_items,
    grouped_diagnostic_items,
    shop_diagnostic_items,
    table,
)


def report_markdown(
    report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext, next_command: str | None = None
) -> str:
    return join_lines(_lines(report, diagnostics, context, next_command))


def _lines(
    report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext, next_command: str | None
) -> Iterator[str]:
    yield f"### {escaped(report_sum(report, context))}"
    yield ""
    yield escaped(fingerprint_line(report.fingerprint, context))
    yield ""
    if next_command is not None:
        yield escaped(continue_line(next_command, context))
        yield ""
    shops = loudest_last(report)[::-1]
    folded = folds_outcomes(shops, context)
    yield from diagnostic_items((*diagnostics, *report.findings), context)
    if shops:
        yield ""
        header = [context.translate(title) for title in (msg("Outcome"), msg("Shop"), msg("Progress"))]
        rows = _folded_rows(shops, context) if folded else (_row(shop, context) for shop in shops)
        yield from table([escaped(title) for title in header], rows)
    if folded:
        yield ""
        yield from grouped_diagnostic_items((finding for shop in shops for finding in shop.findings), context)
    else:
        for shop in shops:
            yield from _shop_details(shop, context)


def _folded_rows(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[tuple[str, ...]]:
    for row in outcome_rows(shops, context)[::-1]:
        names = f"{row.shops}: {row.names}" if row.names else row.shops
        yield (_outcome(row.outcome, row.word), escaped(names), escaped(row.progress))


def _row(shop: ShopReport, context: RenderContext) -> tuple[str, ...]:
    word = context.translate(outcome_word(shop))
    return (_outcome(shop.outcome, word), escaped(shop.shop), escaped(shop_progress(shop, context)))


def _outcome(outcome: ShopOutcome, word: str) -> str:
    return f"**{escaped(word)}**" if outcome is ShopOutcome.LEFT_CLOSED else escaped(word)


def _shop_details(shop: ShopReport, context: RenderContext) -> Iterator[str]:
    if not (shop.findings or shop.missed):
        return
    yield ""
    yield f"**{escaped(shop.shop)}**"
    yield ""
    for miss in shop.missed:
        predicted, found = context.value_pair(miss.predicted, miss.found, miss.ref.spec.policy.words)
        values = (
            context.translate(msg("predicted {value}", value=predicted)),
            context.translate(msg("found {value}", value=found)),
        )
        yield f"- {escaped(full_field_name(miss.ref, context))} {' '.join(map(code_span, values))}"
    yield from shop_diagnostic_items(shop.findings, context)
