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
from reconciler.views.text.diagnostics import finding_lines, shop_finding_lines
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


def render_report(report: Report, look: RenderContext) -> str:
    return join_lines(_lines(report, look))


def _lines(report: Report, look: RenderContext) -> Iterator[str]:
    shops = by_severity(report)
    for shop, head in zip(shops, columns((_head(shop, look) for shop in shops), look), strict=True):
        yield head
        yield from _misses(shop.missed, look)
        yield from shop_finding_lines(shop.findings, look, _INDENT)
    if shops:
        yield ""
    for finding in report.findings:
        yield from finding_lines(finding, look)
    yield from paragraph(report_sum(report, look), look, style=Style.HEADING)
    yield from paragraph(fingerprint_line(report.fingerprint, look), look, style=Style.QUIET)


def _head(shop: ShopReport, look: RenderContext) -> tuple[Cell, ...]:
    outcome = Cell(look.translate(OUTCOMES[shop.outcome]), _STYLES[shop.outcome])
    return (outcome, Cell(shop.shop, Style.HEADING), Cell(shop_progress(shop, look)))


def _misses(missed: tuple[PredictionMissed, ...], look: RenderContext) -> Iterator[str]:
    return columns((_miss(miss, look) for miss in missed), look, _INDENT)


def _miss(miss: PredictionMissed, look: RenderContext) -> tuple[Cell, ...]:
    predicted, found = look.value_pair(miss.predicted, miss.found)
    return (
        Cell("≠", Style.WARNING),
        Cell(escape_unprintable(miss.ref.display_name)),
        Cell(look.translate(msg("predicted {value}", value=predicted))),
        Cell(look.translate(msg("found {value}", value=found))),
    )
