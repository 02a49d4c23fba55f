"""A report as text: a block a shop, the loudest first; what is unchanged is only counted.

In: a report. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.outcomes import OUTCOMES, by_severity, report_sum, shop_progress
from reconciler.views.common.summaries import fingerprint_line
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


def render_report(report: Report, context: RenderContext) -> str:
    return join_lines(_lines(report, context))


def _lines(report: Report, context: RenderContext) -> Iterator[str]:
    shops = by_severity(report)
    for shop, head in zip(shops, columns((_head(shop, context) for shop in shops), context), strict=True):
        yield head
        yield from _misses(shop.missed, context)
        yield from shop_diagnostic_lines(shop.findings, context, _INDENT)
    if shops:
        yield ""
    for finding in report.findings:
        yield from diagnostic_lines(finding, context)
    yield from paragraph(report_sum(report, context), context, style=Style.HEADING)
    yield from paragraph(fingerprint_line(report.fingerprint, context), context, style=Style.QUIET)


def _head(shop: ShopReport, context: RenderContext) -> tuple[Cell, ...]:
    outcome = Cell(context.translate(OUTCOMES[shop.outcome]), _STYLES[shop.outcome])
    return (outcome, Cell(shop.shop, Style.HEADING), Cell(shop_progress(shop, context)))


def _misses(missed: tuple[PredictionMissed, ...], context: RenderContext) -> Iterator[str]:
    return columns((_miss(miss, context) for miss in missed), context, _INDENT)


def _miss(miss: PredictionMissed, context: RenderContext) -> tuple[Cell, ...]:
    predicted, found = context.value_pair(miss.predicted, miss.found)
    return (
        Cell("≠", Style.WARNING),
        Cell(escape_unprintable(miss.ref.display_name)),
        Cell(context.translate(msg("predicted {value}", value=predicted))),
        Cell(context.translate(msg("found {value}", value=found))),
    )
