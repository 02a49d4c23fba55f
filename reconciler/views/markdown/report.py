"""A report as Markdown: the sum, a table of the shops with the loudest first, and what was found.

In: a report and what was found in the manifests. Out: text for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import say
from reconciler.core.runs.report import Outcome, Report, ShopReport
from reconciler.views.common.context import Look, page
from reconciler.views.common.outcomes import OUTCOMES, loudest_first, progress, report_sum
from reconciler.views.common.summaries import fingerprint
from reconciler.views.markdown.parts import code, escaped, finding_items, shop_finding_items, table


def report_markdown(report: Report, diagnostics: Sequence[Diagnostic], look: Look) -> str:
    return page(_lines(report, diagnostics, look))


def _lines(report: Report, diagnostics: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    yield f"### {escaped(report_sum(report, look))}"
    yield ""
    yield from finding_items((*diagnostics, *report.findings), look)
    shops = loudest_first(report)
    if shops:
        yield ""
        header = [look.tell(title) for title in (say("Outcome"), say("Shop"), say("Progress"))]
        yield from table([escaped(title) for title in header], (_row(shop, look) for shop in shops))
    for shop in shops:
        yield from _told(shop, look)
    yield ""
    yield escaped(fingerprint(report.fingerprint, look))


def _row(shop: ShopReport, look: Look) -> tuple[str, ...]:
    outcome = escaped(look.tell(OUTCOMES[shop.outcome]))
    loud = f"**{outcome}**" if shop.outcome is Outcome.LEFT_CLOSED else outcome
    return (loud, escaped(shop.shop), escaped(progress(shop, look)))


def _told(shop: ShopReport, look: Look) -> Iterator[str]:
    if not (shop.findings or shop.missed):
        return
    yield ""
    yield f"**{escaped(shop.shop)}**"
    yield ""
    for miss in shop.missed:
        predicted, found = look.pair(miss.predicted, miss.found)
        told = (look.tell(say("predicted {value}", value=predicted)), look.tell(say("found {value}", value=found)))
        yield f"- {escaped(miss.ref.called)} {' '.join(map(code, told))}"
    yield from shop_finding_items(shop.findings, look)
