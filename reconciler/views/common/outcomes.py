"""What became of the shops of a run, in words: each one's outcome, how far it came, the closing sentence of the report.

In: a report and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_clauses, join_list

_OUTCOMES: Final[dict[ShopOutcome, Message]] = {
    ShopOutcome.LEFT_CLOSED: msg("LEFT CLOSED"),
    ShopOutcome.UNKNOWN: msg("outcome unknown"),
    ShopOutcome.FAILED: msg("failed"),
    ShopOutcome.PARTLY: msg("partially applied"),
    ShopOutcome.MISSED: msg("failed"),
    ShopOutcome.REFUSED: msg("refused"),
    ShopOutcome.SKIPPED: msg("not started"),
    ShopOutcome.APPLIED: msg("applied"),
    ShopOutcome.UNCHANGED: msg("unchanged"),
}
_NO_WRITE: Final = frozenset({ShopOutcome.REFUSED, ShopOutcome.SKIPPED, ShopOutcome.UNCHANGED})
"""Where nothing was written, as the outcome already says."""


def outcome_word(shop: ShopReport) -> Message:
    """By the outcome and the counts: what wrote everything is not partially applied."""
    if shop.interrupted:
        return msg("interrupted")
    if shop.outcome is ShopOutcome.PARTLY and shop.done >= shop.writes:
        return _OUTCOMES[ShopOutcome.FAILED]
    if shop.outcome is ShopOutcome.LEFT_CLOSED and shop.closing_unknown:
        return msg("MAY BE CLOSED")
    return _OUTCOMES[shop.outcome]


def loudest_last(report: Report) -> list[ShopReport]:
    """Without those that are only counted: the unchanged, and those that were never started unless the run was interrupted."""
    order = list(ShopOutcome)
    silent = {ShopOutcome.UNCHANGED} if report.interrupted else {ShopOutcome.UNCHANGED, ShopOutcome.SKIPPED}
    shops = (shop for shop in report.shops if shop.outcome not in silent or shop.findings)
    return sorted(shops, key=lambda shop: (-order.index(shop.outcome), shop.shop))


def shop_progress(shop: ShopReport, context: RenderContext) -> str:
    """How far the shop came, whether it was verified and reopened, and for how long it was closed."""
    clauses = [_written(shop, context)]
    if shop.verified:
        clauses.append(context.translate(msg("verified")))
    if shop.reopened:
        clauses.append(context.translate(msg("reopened")))
    if shop.closed_ms:
        clauses.append(context.translate(msg("closed for {time}", time=_time(shop.closed_ms))))
    return join_list([clause for clause in clauses if clause], context)


def _written(shop: ShopReport, context: RenderContext) -> str:
    if not shop.writes or (shop.outcome in _NO_WRITE and not shop.done):
        return ""
    if _all_written(shop) and shop.outcome is ShopOutcome.MISSED:
        return context.plural(
            "after {done} of {count} write: verification did not match",
            "after {done} of {count} writes: verification did not match",
            shop.writes,
            done=shop.done,
        )
    if _all_written(shop) and shop.outcome is ShopOutcome.PARTLY and not shop.interrupted:
        return context.plural(
            "after {done} of {count} write: not verified",
            "after {done} of {count} writes: not verified",
            shop.writes,
            done=shop.done,
        )
    return context.plural("{done} of {count} write", "{done} of {count} writes", shop.writes, done=shop.done)


def _all_written(shop: ShopReport) -> bool:
    return shop.done >= shop.writes


def _time(milliseconds: int) -> Message:
    if milliseconds < 1000:
        return msg("{milliseconds} ms", milliseconds=milliseconds)
    return msg("{seconds} s", seconds=f"{milliseconds / 1000:.1f}")


def report_sum(report: Report, context: RenderContext) -> str:
    """Loudest first. Outcomes that are called the same are counted together."""
    order = list(ShopOutcome)
    counts = Counter(outcome_word(shop) for shop in sorted(report.shops, key=lambda shop: order.index(shop.outcome)))
    clauses = [
        context.translate(msg("{count} {outcome}", count=f"{count:,}", outcome=word)) for word, count in counts.items()
    ]
    head = context.translate(
        msg("Report: {outcomes}", outcomes=join_list(clauses, context) or context.translate(msg("no shop in scope")))
    )
    cut = [context.translate(msg("the run was interrupted"))] if report.interrupted else []
    cut += [context.translate(msg("the run halted"))] if report.halted else []
    return join_clauses([head, *cut], context)
