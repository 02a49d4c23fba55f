"""What became of the shops of a run, in words: each one's outcome, how far it came, the closing sentence of the report.

In: a report and a look. Out: one-line strings without markup.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.report import Outcome, Report, ShopReport
from reconciler.views.common.context import Look
from reconciler.views.common.phrases import listed, sentence

OUTCOMES: Final[dict[Outcome, Text]] = {
    Outcome.LEFT_CLOSED: say("LEFT CLOSED"),
    Outcome.UNKNOWN: say("not known"),
    Outcome.FAILED: say("failed"),
    Outcome.PARTLY: say("partly applied"),
    Outcome.MISSED: say("not as predicted"),
    Outcome.REFUSED: say("refused"),
    Outcome.SKIPPED: say("not begun"),
    Outcome.APPLIED: say("applied"),
    Outcome.UNCHANGED: say("unchanged"),
}


def loudest_first(report: Report) -> list[ShopReport]:
    """Without those that only count: the unchanged, and in a run that was not cut off those that were never begun."""
    order = list(Outcome)
    silent = {Outcome.UNCHANGED} if report.interrupted else {Outcome.UNCHANGED, Outcome.SKIPPED}
    told = (shop for shop in report.shops if shop.outcome not in silent or shop.findings)
    return sorted(told, key=lambda shop: (order.index(shop.outcome), shop.shop))


def progress(shop: ShopReport, look: Look) -> str:
    """How far the shop came, whether it was put back, and for how long it was closed."""
    told = []
    if shop.writes:
        told.append(look.plural("{done} of {count} write", "{done} of {count} writes", shop.writes, done=shop.done))
    if shop.verified:
        told.append(look.tell(say("read back as predicted")))
    if shop.reopened:
        told.append(look.tell(say("the shop was reopened")))
    if shop.closed_ms is not None:
        told.append(look.tell(say("closed for {seconds} s", seconds=f"{shop.closed_ms / 1000:.1f}")))
    return listed(told, look)


def finished(shop: ShopReport, look: Look) -> str:
    """One shop of a run that goes on."""
    outcome = look.tell(say("{shop}: {outcome}", shop=shop.shop, outcome=OUTCOMES[shop.outcome]))
    far = progress(shop, look)
    return listed([outcome, far] if far else [outcome], look)


def report_sum(report: Report, look: Look) -> str:
    """Loudest first, as the shops themselves are listed."""
    counts = [(report.count(outcome), look.tell(OUTCOMES[outcome])) for outcome in Outcome]
    told = [look.tell(say("{count} {outcome}", count=count, outcome=word)) for count, word in counts if count]
    head = look.tell(say("Report: {outcomes}", outcomes=listed(told, look) or look.tell(say("no shop in scope"))))
    cut = [look.tell(say("the run was interrupted"))] if report.interrupted else []
    cut += [look.tell(say("the run halted itself"))] if report.halted else []
    return sentence([head, *cut], look)
