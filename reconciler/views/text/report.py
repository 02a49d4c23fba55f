"""A report as text: a block per shop, the loudest last, next to the prompt; what is unchanged is only counted.

In: a report and the command that continues. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.report_rows import OutcomeRow, folds_outcomes, outcome_rows
from reconciler.views.common.outcomes import loudest_last, outcome_word, report_sum, shop_progress
from reconciler.views.common.summaries import continue_line, fingerprint_line
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.diagnostics import diagnostic_lines, shop_diagnostic_lines
from reconciler.views.text.layout import Cell, columns, paragraph

_STYLES: Final = {
    ShopOutcome.LEFT_CLOSED: Style.ALARM,
    ShopOutcome.UNKNOWN: Style.ERROR,
    ShopOutcome.FAILED: Style.ERROR,
    ShopOutcome.PARTLY: Style.ERROR,
    ShopOutcome.MISSED: Style.WARNING,
    ShopOutcome.REFUSED: Style.REFUSED,
    ShopOutcome.SKIPPED: Style.WARNING,
    ShopOutcome.APPLIED: Style.GOOD,
    ShopOutcome.UNCHANGED: Style.QUIET,
}
_INDENT: Final = "    "


def render_report(report: Report, context: RenderContext, next_command: str | None = None) -> str:
    """What matters most comes last: what went wrong, the summary, the command that continues."""
    return join_lines(_lines(report, context, next_command))


def _lines(report: Report, context: RenderContext, next_command: str | None) -> Iterator[str]:
    yield from paragraph(fingerprint_line(report.fingerprint, context), context, style=Style.QUIET)
    yield ""
    shops = loudest_last(report)
    if shops:
        yield from _folded(shops, context) if folds_outcomes(shops, context) else _each(shops, context)
        yield ""
    for finding in report.findings:
        yield from diagnostic_lines(finding, context)
        yield ""
    yield from paragraph(report_sum(report, context), context, style=Style.HEADING)
    if next_command is not None:
        text = continue_line(next_command, context)
        yield from paragraph(text, context, style=Style.HEADING, whole=(next_command,))


def _each(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[str]:
    for shop, head in zip(shops, columns((_head(shop, context) for shop in shops), context), strict=True):
        yield head
        yield from _misses(shop.missed, context)
        yield from shop_diagnostic_lines(shop.findings, context, _INDENT)


def _folded(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[str]:
    rows = outcome_rows(shops, context)
    heads = columns((_cells(row) for row in rows), context)
    for row, head in zip(rows, heads, strict=True):
        yield head
        if row.names:
            yield from paragraph(row.names, context, _INDENT)
    yield from _why(shops, context)


def _why(shops: Sequence[ShopReport], context: RenderContext) -> Iterator[str]:
    """In the order of the outcomes: what left a shop closed comes last."""
    with_findings = [shop for shop in shops if shop.findings]
    if with_findings:
        yield ""
    for _, alike in groupby(with_findings, key=lambda shop: shop.outcome):
        yield from grouped_diagnostic_lines((finding for shop in alike for finding in shop.findings), context)


def _cells(row: OutcomeRow) -> tuple[Cell, ...]:
    return (Cell(row.word, _STYLES[row.outcome]), Cell(row.shops, Style.HEADING), Cell(row.progress))


def _head(shop: ShopReport, context: RenderContext) -> tuple[Cell, ...]:
    outcome = Cell(context.translate(outcome_word(shop)), _STYLES[shop.outcome])
    return (outcome, Cell(shop.shop, Style.HEADING), Cell(shop_progress(shop, context)))


def _misses(missed: tuple[PredictionMissed, ...], context: RenderContext) -> Iterator[str]:
    return columns((_miss(miss, context) for miss in missed), context, _INDENT)


def _miss(miss: PredictionMissed, context: RenderContext) -> tuple[Cell, ...]:
    predicted, found = context.value_pair(miss.predicted, miss.found, miss.ref.spec.policy.words)
    return (
        Cell("≠", Style.WARNING),
        Cell(full_field_name(miss.ref, context)),
        Cell(context.translate(msg("predicted {value}", value=predicted))),
        Cell(context.translate(msg("found {value}", value=found))),
    )
