"""The result of a plan: a fold over its events. The same for live progress and for an old journal.

In: the plan and the events, in the order in which they happened. Out: one outcome per shop. It does not know how it is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Final, assert_never

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan, ShopPlan, StepKind
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    GuardsOverridden,
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopEvent,
    ShopFinished,
    ShopInSync,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

_REFUSING: Final = frozenset({codes.STALE, codes.OUTSIDE_WINDOW})
"""A shop in which no step started for one of these reasons has no error."""


class ShopOutcome(Enum):
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


_ALARM: Final = {outcome: rank for rank, outcome in enumerate(ShopOutcome)}
_WRONG: Final = frozenset(
    {
        ShopOutcome.LEFT_CLOSED,
        ShopOutcome.UNKNOWN,
        ShopOutcome.FAILED,
        ShopOutcome.PARTLY,
        ShopOutcome.MISSED,
    }
)


@frozen
class ShopReport:
    """`done` and `writes` count acknowledged writes and planned ones. `verified`: everything predicted was read back.

    `closed_ms`: for how many milliseconds the shop was closed by us; None where it was not, or still is. `closing_unknown`: the
    request to close it was sent and never acknowledged, so that LEFT_CLOSED says only that it may be closed.
    """

    shop: ShopKey
    outcome: ShopOutcome
    done: int = 0
    writes: int = 0
    verified: bool = False
    reopened: bool = False
    closed_ms: int | None = None
    closing_unknown: bool = False
    missed: tuple[PredictionMissed, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Stopped between two steps, and not by anything that went wrong in it."""
        return self.outcome is ShopOutcome.PARTLY and not any(finding.blocking for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether something went wrong in it. A shop that was refused or interrupted did not fail."""
        return self.outcome in _WRONG and not self.interrupted


@frozen
class WaveReport:
    """`shops` are those in which something was to be written. `passed` is None for a wave that did not come to its end."""

    wave: int
    name: str
    shops: int
    passed: bool | None = None


@frozen
class Report:
    """`findings` concern the run as a whole. `waves` are those that were started; `halted`: the run ended itself after one.
    `recording_failed`: the journal or another part of this machine failed during the run, so that it did not finish.
    """

    fingerprint: str
    shops: tuple[ShopReport, ...]
    findings: tuple[Diagnostic, ...] = ()
    interrupted: bool = False
    waves: tuple[WaveReport, ...] = ()
    recording_failed: bool = False

    @property
    def halted(self) -> bool:
        return any(wave.passed is False for wave in self.waves)

    def count(self, *outcomes: ShopOutcome) -> int:
        return sum(1 for shop in self.shops if shop.outcome in outcomes)


def fold(plan: Plan, events: Iterable[Event]) -> Report:
    """The report so far; a killed run leaves its unfinished shops SKIPPED or PARTLY."""
    shops = {shop.shop: _before(shop) for shop in plan.shops}
    plans = {shop.shop: shop for shop in plan.shops}
    interrupted = False
    waves: dict[int, WaveReport] = {}
    halts: tuple[Diagnostic, ...] = ()
    for event in events:
        match event:
            case RunStarted() | GuardsOverridden() | WaveSoaking():
                pass
            case RunFinished():
                interrupted = event.interrupted
            case WaveStarted():
                waves[event.wave] = WaveReport(wave=event.wave, name=event.name, shops=event.shops)
            case WaveFinished():
                waves[event.wave] = replace(waves[event.wave], passed=not event.why)
                halts = (*halts, *event.why)
            case ShopSkipped():
                own = replace(event, why=tuple(each for each in event.why if each not in plan.findings))
                shops[event.shop] = _after(shops[event.shop], plans[event.shop], own)
            case _:
                shops[event.shop] = _after(shops[event.shop], plans[event.shop], event)
    return Report(
        fingerprint=plan.fingerprint,
        shops=tuple(shops[shop.shop] for shop in plan.shops),
        findings=(*plan.findings, *halts, *([_interrupted()] if interrupted else [])),
        interrupted=interrupted,
        waves=tuple(waves.values()),
    )


def fold_shop(plan: ShopPlan, events: Iterable[ShopEvent]) -> ShopReport:
    """What came of one shop, from its own events."""
    report = _before(plan)
    for event in events:
        report = _after(report, plan, event)
    return report


def add_left_closed(report: Report, left: Iterable[Diagnostic]) -> Report:
    """With the shops that earlier runs left closed, each with the reason: the most urgent part of a report, also if the run
    was not about them.
    """
    shops = {shop.shop: shop for shop in report.shops}
    for why in left:
        if why.shop is not None:
            before = shops.get(why.shop, ShopReport(shop=why.shop, outcome=ShopOutcome.LEFT_CLOSED))
            others = tuple(finding for finding in before.findings if finding != why)
            shops[why.shop] = _with(replace(before, findings=others), ShopOutcome.LEFT_CLOSED, why)
    return replace(report, shops=tuple(shops[shop] for shop in sorted(shops)))


def _before(shop: ShopPlan) -> ShopReport:
    outcome = ShopOutcome.SKIPPED if shop.steps or shop.blocked else ShopOutcome.UNCHANGED
    if not shop.steps and _refused(shop):
        outcome = ShopOutcome.REFUSED
    writes = sum(1 for step in shop.steps if step.action is not StepKind.VERIFY)
    return ShopReport(shop=shop.shop, outcome=outcome, writes=writes, findings=shop.findings)


def _refused(shop: ShopPlan) -> bool:
    """Nothing is wrong with it; it needs a wait or an allowance."""
    return shop.blocked and all(f.severity is Severity.REFUSED for f in shop.findings if f.blocking)


def _after(report: ShopReport, plan: ShopPlan, event: ShopEvent) -> ShopReport:
    match event:
        case ShopStarted() | StepStarted() | ShopInSync():
            return report
        case StepDone():
            return _done(report, event, written=plan.steps[event.step].action is not StepKind.VERIFY)
        case StepFailed():
            return _failed(report, plan, event)
        case PredictionMissed():
            return replace(_with(report, ShopOutcome.MISSED, event.why), missed=(*report.missed, event))
        case ShopReopened():
            return replace(_closed(report, event.closed_ms), reopened=True)
        case ClosureSuperseded():
            return replace(report, findings=(*report.findings, event.why))
        case ReopenFailed():
            return _with(report, ShopOutcome.LEFT_CLOSED, event.why)
        case ShopVerified():
            return replace(report, verified=True)
        case ShopSkipped():
            new = tuple(each for each in event.why if each not in report.findings)
            return replace(report, outcome=ShopOutcome.REFUSED, findings=(*report.findings, *new))
        case ShopFinished():
            return _finished(report)
        case _:
            assert_never(event)


def _done(report: ShopReport, event: StepDone, *, written: bool) -> ShopReport:
    outcome = _worse(report.outcome, ShopOutcome.PARTLY)
    if not written and event.closed_ms is None and outcome is report.outcome:
        return report
    return replace(_closed(report, event.closed_ms), done=report.done + written, outcome=outcome)


def _closed(report: ShopReport, milliseconds: int | None) -> ShopReport:
    return report if milliseconds is None else replace(report, closed_ms=milliseconds)


def _interrupted() -> Diagnostic:
    return diagnostic(
        codes.INTERRUPTED,
        msg("The run was interrupted; the shops it closed were reopened unless the report says otherwise"),
    )


def _failed(report: ShopReport, plan: ShopPlan, event: StepFailed) -> ShopReport:
    if event.happened is None:
        closing = plan.steps[event.step].action is StepKind.CLOSE
        report = replace(report, closing_unknown=report.closing_unknown or closing)
        unknown = _unknown(plan, closing=closing)
        return _with(_with(report, ShopOutcome.UNKNOWN, event.why), ShopOutcome.UNKNOWN, unknown)
    if event.why.code is codes.ALREADY_APPLIED:
        outcome = ShopOutcome.APPLIED if report.done else ShopOutcome.UNCHANGED
        return replace(report, outcome=outcome, findings=(*report.findings, event.why))
    if event.why.code in _REFUSING and not report.done:
        return _with(report, ShopOutcome.REFUSED, event.why)
    return _with(report, ShopOutcome.PARTLY if report.done else ShopOutcome.FAILED, event.why)


def _unknown(plan: ShopPlan, *, closing: bool) -> Diagnostic:
    sent = msg("A write was sent and its outcome is unknown")
    if closing:
        sent = msg("The request to close the shop was sent and its outcome is unknown")
    return diagnostic(
        codes.OUTCOME_UNKNOWN,
        sent,
        hint=msg("Run `reconciler plan` again to read the current state"),
        shop=plan.shop,
        origin=plan.origin,
    )


def _finished(report: ShopReport) -> ShopReport:
    """All written and read back: APPLIED. All written, and something else read back: MISSED, which is not half done."""
    if report.outcome is not ShopOutcome.PARTLY or report.done < report.writes:
        return report
    if report.missed:
        return replace(report, outcome=ShopOutcome.MISSED)
    return replace(report, outcome=ShopOutcome.APPLIED) if report.verified else report


def _with(report: ShopReport, outcome: ShopOutcome, why: Diagnostic) -> ShopReport:
    return replace(report, outcome=_worse(report.outcome, outcome), findings=(*report.findings, why))


def _worse(one: ShopOutcome, other: ShopOutcome) -> ShopOutcome:
    if one is ShopOutcome.SKIPPED or one is ShopOutcome.UNCHANGED:
        return other
    return one if _ALARM[one] <= _ALARM[other] else other
