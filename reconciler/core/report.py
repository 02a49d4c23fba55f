"""What came of a plan: a fold over its events. The same for live progress and for an old journal.

In: the plan and the events, in the order they happened. Out: one outcome a shop. It does not know how it will be printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.events import (
    Event,
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.plan import Does, Plan, ShopPlan
from reconciler.core.texts import say
from reconciler.core.values import ShopKey


class Outcome(Enum):
    """Of one shop. The order is the order of alarm, from the loudest."""

    LEFT_CLOSED = "left-closed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    PARTLY = "partly"
    MISSED = "missed"
    REFUSED = "refused"
    SKIPPED = "skipped"
    APPLIED = "applied"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopReport:
    """`done` and `writes` count acknowledged writes and planned ones. `verified`: everything predicted was read back."""

    shop: ShopKey
    outcome: Outcome
    done: int = 0
    writes: int = 0
    verified: bool = False
    reopened: bool = False
    missed: tuple[PredictionMissed, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`findings` concern the run as a whole."""

    fingerprint: str
    shops: tuple[ShopReport, ...]
    findings: tuple[Diagnostic, ...] = ()
    interrupted: bool = False

    def count(self, *outcomes: Outcome) -> int:
        return sum(1 for shop in self.shops if shop.outcome in outcomes)


def fold(plan: Plan, events: Iterable[Event]) -> Report:
    """The report so far; a run that was cut off leaves its unfinished shops SKIPPED or PARTLY."""
    shops = {shop.shop: _before(shop) for shop in plan.shops}
    plans = {shop.shop: shop for shop in plan.shops}
    interrupted = False
    for event in events:
        match event:
            case RunStarted():
                pass
            case RunFinished():
                interrupted = event.interrupted
            case _:
                shops[event.shop] = _after(shops[event.shop], plans[event.shop], event)
    return Report(
        fingerprint=plan.fingerprint,
        shops=tuple(shops[shop.shop] for shop in plan.shops),
        findings=(*plan.findings, _interrupted()) if interrupted else plan.findings,
        interrupted=interrupted,
    )


def _before(shop: ShopPlan) -> ShopReport:
    outcome = Outcome.SKIPPED if shop.steps or shop.blocked else Outcome.UNCHANGED
    writes = sum(1 for step in shop.steps if step.does is not Does.VERIFY)
    return ShopReport(shop=shop.shop, outcome=outcome, writes=writes, findings=shop.findings)


def _after(report: ShopReport, plan: ShopPlan, event: Event) -> ShopReport:
    match event:
        case ShopStarted() | StepStarted() | RunStarted() | RunFinished():
            return report
        case StepDone():
            written = plan.steps[event.step].does is not Does.VERIFY
            return replace(report, done=report.done + written, outcome=_worse(report.outcome, Outcome.PARTLY))
        case StepFailed():
            return _failed(report, plan, event)
        case PredictionMissed():
            return replace(_with(report, Outcome.MISSED, event.why), missed=(*report.missed, event))
        case ShopReopened():
            return replace(report, reopened=True)
        case ReopenFailed():
            return _with(report, Outcome.LEFT_CLOSED, event.why)
        case ShopVerified():
            return replace(report, verified=True)
        case ShopSkipped():
            return replace(report, outcome=Outcome.REFUSED, findings=(*report.findings, *event.why))
        case ShopFinished():
            return _finished(report)
        case _:
            assert_never(event)


def _interrupted() -> Diagnostic:
    return found(
        codes.INTERRUPTED,
        say("The run was interrupted; shops it had closed were reopened unless the report says otherwise"),
        way_on=say("Run plan again: it shows what is left to do"),
    )


def _failed(report: ShopReport, plan: ShopPlan, event: StepFailed) -> ShopReport:
    if event.happened is None:
        unknown = found(
            codes.OUTCOME_UNKNOWN,
            say("A write was sent and its outcome is not known"),
            way_on=say("Run plan again: it reads what stands"),
            shop=plan.shop,
            origin=plan.origin,
        )
        return _with(_with(report, Outcome.UNKNOWN, event.why), Outcome.UNKNOWN, unknown)
    if event.why.code == codes.STALE and not report.done:
        return _with(report, Outcome.REFUSED, event.why)
    return _with(report, Outcome.PARTLY if report.done else Outcome.FAILED, event.why)


def _finished(report: ShopReport) -> ShopReport:
    """All written and read back: APPLIED. All written, and something else read back: MISSED, which is not half done."""
    if report.outcome is not Outcome.PARTLY or report.done < report.writes:
        return report
    if report.missed:
        return replace(report, outcome=Outcome.MISSED)
    return replace(report, outcome=Outcome.APPLIED) if report.verified else report


def _with(report: ShopReport, outcome: Outcome, why: Diagnostic) -> ShopReport:
    return replace(report, outcome=_worse(report.outcome, outcome), findings=(*report.findings, why))


def _worse(one: Outcome, other: Outcome) -> Outcome:
    if one in (Outcome.SKIPPED, Outcome.UNCHANGED):
        return other
    ranked = list(Outcome)
    return min(one, other, key=ranked.index)
