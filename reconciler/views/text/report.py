"""A report as text: a block a shop, the loudest first; what is unchanged is only counted.

In: a report. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import say
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Outcome, Report, ShopReport
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import Look, page
from reconciler.views.common.display_width import visible
from reconciler.views.common.outcomes import OUTCOMES, loudest_first, progress, report_sum
from reconciler.views.common.summaries import fingerprint
from reconciler.views.text.diagnostics import finding_lines, shop_finding_lines
from reconciler.views.text.layout import Cell, columns, paragraph

_STYLES: Final = {
    Outcome.LEFT_CLOSED: Style.ALARM,
    Outcome.UNKNOWN: Style.ERROR,
    Outcome.FAILED: Style.ERROR,
    Outcome.PARTLY: Style.ERROR,
    Outcome.MISSED: Style.WARNING,
    Outcome.REFUSED: Style.REFUSED,
    Outcome.SKIPPED: Style.WARNING,
    Outcome.APPLIED: Style.GOOD,
    Outcome.UNCHANGED: Style.QUIET,
}
_INDENT: Final = "    "


def render_report(report: Report, look: Look) -> str:
    return page(_lines(report, look))


def _lines(report: Report, look: Look) -> Iterator[str]:
    shops = loudest_first(report)
    for shop, head in zip(shops, columns((_head(shop, look) for shop in shops), look), strict=True):
        yield head
        yield from _misses(shop.missed, look)
        yield from shop_finding_lines(shop.findings, look, _INDENT)
    if shops:
        yield ""
    for finding in report.findings:
        yield from finding_lines(finding, look)
    yield from paragraph(report_sum(report, look), look, style=Style.HEADING)
    yield from paragraph(fingerprint(report.fingerprint, look), look, style=Style.QUIET)


def _head(shop: ShopReport, look: Look) -> tuple[Cell, ...]:
    outcome = Cell(look.tell(OUTCOMES[shop.outcome]), _STYLES[shop.outcome])
    return (outcome, Cell(shop.shop, Style.HEADING), Cell(progress(shop, look)))


def _misses(missed: tuple[PredictionMissed, ...], look: Look) -> Iterator[str]:
    return columns((_miss(miss, look) for miss in missed), look, _INDENT)


def _miss(miss: PredictionMissed, look: Look) -> tuple[Cell, ...]:
    predicted, found = look.pair(miss.predicted, miss.found)
    return (
        Cell("≠", Style.WARNING),
        Cell(visible(miss.ref.called)),
        Cell(look.tell(say("predicted {value}", value=predicted))),
        Cell(look.tell(say("found {value}", value=found))),
    )
