"""A report as Markdown: the summary, the command that continues, a table of the shops, the loudest first, and diagnostics.

In: a report and what was found in the manifests. Out: a page for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.report_rows import folds_outcomes, outcome_rows
from reconciler.views.common.outcomes import loudest_last, outcome_word, report_sum, shop_progress
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.summaries import continue_line, fingerprint_line
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, block_of, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import each_diagnostic, grouped_diagnostics, row, shop_diagnostics, table


def report_markdown(
    report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext, next_command: str | None = None
) -> str:
    return write_document(report_document(report, diagnostics, context, next_command), context)


def report_document(
    report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext, next_command: str | None
) -> MarkdownPage:
    head = [f"### {escaped(report_sum(report, context))}", escaped(fingerprint_line(report.fingerprint, context))]
    if next_command is not None:
        head.append(escaped(continue_line(next_command, context)))
    return MarkdownPage(head=tuple(head), sections=tuple(_sections(report, diagnostics, context)))


def _sections(report: Report, diagnostics: Sequence[Diagnostic], context: RenderContext) -> Iterator[Part]:
    shops = loudest_last(report)[::-1]
    yield from each_diagnostic((*diagnostics, *report.findings), context)
    yield from outcome_table(shops, context)
    if folds_outcomes(shops, context):
        yield from grouped_diagnostics((finding for shop in shops for finding in shop.findings), context)
    else:
        yield from block_of(
            (_shop_details(shop, context) for shop in shops if shop.findings or shop.missed), spaced=True
        )


def outcome_table(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[Block]:
    """Of many shops, a row for each different end."""
    if shops:
        header = [escaped(context.translate(title)) for title in (msg("Outcome"), msg("Shop"), msg("Progress"))]
        folded = folds_outcomes(list(shops), context)
        yield table(header, _folded_rows(shops, context) if folded else (_row(shop, context) for shop in shops))


def _folded_rows(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[Piece]:
    for each in outcome_rows(shops, context)[::-1]:
        names = f"{each.shops}: {each.names}" if each.names else each.shops
        cells = (_outcome(each.outcome, each.word), escaped(names), escaped(each.progress))
        yield row(cells, Counted.SHOPS, each.count)


def _row(shop: ShopReport, context: RenderContext) -> Piece:
    word = context.translate(outcome_word(shop))
    cells = (_outcome(shop.outcome, word), escaped(shop.shop), escaped(shop_progress(shop, context)))
    return row(cells, Counted.SHOPS)


def _outcome(outcome: ShopOutcome, word: str) -> str:
    return f"**{escaped(word)}**" if outcome is ShopOutcome.LEFT_CLOSED else escaped(word)


def _shop_details(shop: ShopReport, context: RenderContext) -> Block:
    missed = block_of(_missed(miss, context) for miss in shop.missed)
    parts = (*missed, *shop_diagnostics(shop.findings, context))
    return Block(before=(f"**{escaped(shop.shop)}**", ""), parts=parts, spaced=True)


def _missed(miss: PredictionMissed, context: RenderContext) -> Piece:
    predicted, found = context.value_pair(miss.predicted, miss.found, miss.ref.spec.policy.words)
    values = (
        context.translate(msg("predicted {value}", value=predicted)),
        context.translate(msg("found {value}", value=found)),
    )
    line = f"- {escaped(full_field_name(miss.ref, context))} {' '.join(map(code_span, values))}"
    return Piece((line,), {Counted.DIFFERENCES: 1})
