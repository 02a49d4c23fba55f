"""The result of `ci check` and `ci apply`: what becomes of each shop that was merged, or is about to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from reconciler.core.approvals.decision import ShopDecision, Verdict
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.lib.frozen_class import frozen

VERDICT_TITLES: Final[Mapping[Verdict, Message]] = {
    Verdict.REFUSED: msg("refused"),
    Verdict.NOT_REVIEWED: msg("not reviewed"),
    Verdict.EXPIRED: msg("expired"),
    Verdict.HELD: msg("held"),
    Verdict.DROPPED: msg("dropped"),
    Verdict.DEFERRED: msg("deferred"),
    Verdict.APPLY: msg("approved"),
    Verdict.APPLIED_IN_WINDOW: msg("applied in its window"),
    Verdict.DRIFTED: msg("done, drifted since"),
    Verdict.DONE: msg("done"),
}
REFUSALS: Final = frozenset({Verdict.REFUSED, Verdict.NOT_REVIEWED, Verdict.EXPIRED, Verdict.HELD, Verdict.DROPPED})
_COLUMNS: Final = (
    ("outcome", msg("Outcome")),
    ("shop", msg("Shop")),
    ("pull_request", msg("Pull request")),
    ("code", msg("Code")),
    ("reason", msg("Reason")),
    ("hint", msg("What to do")),
)


@frozen
class ApprovalsResult(TableResult):
    """`decisions` are those of all affected shops; the rows are those in which something was or is to be done. `applied` is the
    apply of the approved ones, None where nothing was applied.
    """

    decisions: tuple[ShopDecision, ...] = ()
    applied: ApplyResult | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(self.outcomes.values())

    @property
    def outcomes(self) -> Mapping[str, str]:
        done = {} if self.applied is None else self.applied.outcomes
        return {each.shop: done.get(each.shop, each.verdict.value) for each in self.decisions}


def approvals_result(
    name: str, decisions: tuple[ShopDecision, ...], empty: Message, applied: ApplyResult | None = None
) -> ApprovalsResult:
    """The loudest first."""
    ordered = sorted(decisions, key=lambda each: (list(Verdict).index(each.verdict), each.shop))
    shown = (each for each in ordered if each.verdict is not Verdict.DONE)
    return ApprovalsResult(
        name=name,
        columns=_COLUMNS,
        rows=tuple(_row(each, applied) for each in shown),
        empty=empty,
        status=_exit_code(decisions, applied),
        decisions=decisions,
        applied=applied,
    )


def _row(decision: ShopDecision, applied: ApplyResult | None) -> tuple[Cell, ...]:
    title = VERDICT_TITLES[decision.verdict]
    outcome = NamedCell(decision.verdict.value, title)
    reasons = decision.reasons
    if applied is not None and decision.verdict is Verdict.APPLY:
        word = applied.outcomes.get(decision.shop, "skipped")
        outcome = NamedCell(word, _OUTCOME_TITLES.get(word, title))
        shops = (shop for shop in applied.report.shops if shop.shop == decision.shop)
        reasons = tuple(finding for shop in shops for finding in shop.findings if finding.blocking)
    first = reasons[0] if reasons else None
    reason = None if first is None else _with_expected(first.summary, first.expected)
    hint = None if first is None else first.hint
    return (
        outcome,
        str(decision.shop),
        decision.approval.number,
        None if first is None else first.code.number,
        None if reason is None else NamedCell(str(reason), reason),
        None if hint is None else NamedCell(str(hint), hint),
    )


_OUTCOME_TITLES: Final[Mapping[str, Message]] = {
    "left-closed": msg("left closed"),
    "unknown": msg("outcome unknown"),
    "failed": msg("failed"),
    "partly": msg("partially applied"),
    "missed": msg("differs from the prediction"),
    "refused": msg("refused"),
    "skipped": msg("skipped"),
    "applied": msg("applied"),
    "unchanged": msg("done"),
}


def _with_expected(summary: Message, expected: Message | None) -> Message:
    if expected is None:
        return summary
    return msg("{found}; expected: {expected}", found=summary, expected=expected)


def _exit_code(decisions: tuple[ShopDecision, ...], applied: ApplyResult | None) -> ExitCode:
    """Deferred is no failure. Some applied and some refused is partly."""
    refused = any(each.verdict in REFUSALS for each in decisions)
    if applied is None:
        return ExitCode.REFUSED if refused else ExitCode.DONE
    code = applied.exit_code
    if code is ExitCode.DONE and refused:
        return ExitCode.PARTLY
    return code
