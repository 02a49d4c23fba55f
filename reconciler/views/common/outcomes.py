"""What became of the shops of a run, in words: each one's outcome, how far it came, the closing sentence of the report.

In: a report and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_clauses, join_list

OUTCOMES: Final[dict[ShopOutcome, Message]] = {
    ShopOutcome.LEFT_CLOSED: msg("LEFT CLOSED"),
    ShopOutcome.UNKNOWN: msg("not known"),
    ShopOutcome.FAILED: msg("failed"),
    ShopOutcome.PARTLY: msg("partially applied"),
    ShopOutcome.MISSED: msg("not as predicted"),
    ShopOutcome.REFUSED: msg("refused"),
    ShopOutcome.SKIPPED: msg("not begun"),
    ShopOutcome.APPLIED: msg("applied"),
    ShopOutcome.UNCHANGED: msg("unchanged"),
}


def by_severity(report: Report) -> list[ShopReport]:
    """Without those that only count: the unchanged, and in a run that was not interrupted those that were never started."""
    order = list(ShopOutcome)
    silent = {ShopOutcome.UNCHANGED} if report.interrupted else {ShopOutcome.UNCHANGED, ShopOutcome.SKIPPED}
    shops = (shop for shop in report.shops if shop.outcome not in silent or shop.findings)
    return sorted(shops, key=lambda shop: (order.index(shop.outcome), shop.shop))


def shop_progress(shop: ShopReport, context: RenderContext) -> str:
    """How far the shop came, whether it was put back, and for how long it was closed."""
    clauses = []
    if shop.writes:
        clauses.append(
            context.plural("{done} of {count} write", "{done} of {count} writes", shop.writes, done=shop.done)
        )
    if shop.verified:
        clauses.append(context.translate(msg("read back as predicted")))
    if shop.reopened:
        clauses.append(context.translate(msg("the shop was reopened")))
    if shop.closed_ms is not None:
        clauses.append(context.translate(msg("closed for {seconds} s", seconds=f"{shop.closed_ms / 1000:.1f}")))
    return join_list(clauses, context)


def shop_line(shop: ShopReport, context: RenderContext) -> str:
    """One shop of a run that goes on."""
    outcome = context.translate(msg("{shop}: {outcome}", shop=shop.shop, outcome=OUTCOMES[shop.outcome]))
    far = shop_progress(shop, context)
    return join_list([outcome, far] if far else [outcome], context)


def report_sum(report: Report, context: RenderContext) -> str:
    """Loudest first, as the shops themselves are listed."""
    counts = [(report.count(outcome), context.translate(OUTCOMES[outcome])) for outcome in ShopOutcome]
    clauses = [
        context.translate(msg("{count} {outcome}", count=count, outcome=word)) for count, word in counts if count
    ]
    head = context.translate(
        msg("Report: {outcomes}", outcomes=join_list(clauses, context) or context.translate(msg("no shop in scope")))
    )
    cut = [context.translate(msg("the run was interrupted"))] if report.interrupted else []
    cut += [context.translate(msg("the run halted itself"))] if report.halted else []
    return join_clauses([head, *cut], context)
