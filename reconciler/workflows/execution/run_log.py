"""Logs what happens in a run, shop by shop. In: the events of the run. Out: log lines; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopEvent,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    StepDone,
    StepFailed,
    WaveFinished,
    WaveStarted,
)
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.runs.shop_outcomes import ShopOutcomes
from reconciler.lib.event_log import Level, log_event

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.runs.report import ShopReport


class RunLog:
    """Implements ports.ProgressListener."""

    def __init__(self, plan: Plan) -> None:
        self._outcomes = ShopOutcomes(plan.shops)
        self._steps = {shop.shop: shop.steps for shop in plan.shops}

    def on_event(self, event: Event) -> None:
        match event:
            case RunStarted():
                log_event("run-started", shops=event.shops)
            case WaveStarted():
                log_event("wave-started", wave=event.wave, waves=event.waves, name=event.name, shops=event.shops)
            case WaveFinished():
                log_event(
                    "wave-ended",
                    level=_level(event.why),
                    wave=event.wave,
                    halted=bool(event.why),
                    code=code_of(event.why),
                )
            case RunFinished():
                log_event("run-ended", level=_level(event.interrupted), interrupted=event.interrupted)
            case _ if isinstance(event, ShopEvent):
                self._shop(event)

    def _shop(self, event: ShopEvent) -> None:
        match event:
            case StepDone():
                self._step_done(event)
            case StepFailed() if event.why.blocking:
                kind = self._steps[event.shop][event.step].action.value
                log_event("step-failed", level="warning", shop=event.shop, step=kind, code=event.why.code.number)
            case ShopReopened():
                log_event("shop-reopened", shop=event.shop, closed_ms=event.closed_ms)
            case ClosureSuperseded():
                log_event("closure-superseded", level="warning", shop=event.shop, code=event.why.code.number)
            case ReopenFailed():
                log_event("shop-left-closed", level="error", shop=event.shop, code=event.why.code.number)
            case ShopSkipped():
                log_event("shop-refused", level="warning", shop=event.shop, code=code_of(event.why))
        report = self._outcomes.of(event)
        if report is not None and isinstance(event, ShopFinished):
            _log_outcome(report)

    def _step_done(self, event: StepDone) -> None:
        action = self._steps[event.shop][event.step].action
        if action is StepKind.CLOSE:
            log_event("shop-closed", shop=event.shop)
        elif action is StepKind.REOPEN:
            log_event("shop-reopened", shop=event.shop, closed_ms=event.closed_ms)


def _log_outcome(report: ShopReport) -> None:
    shop, outcome, code = report.shop, report.outcome.value, code_of(report.findings)
    if report.outcome is ShopOutcome.APPLIED:
        log_event("shop-applied", shop=shop, outcome=outcome, writes=report.done)
    elif report.outcome is ShopOutcome.UNCHANGED:
        log_event("shop-unchanged", shop=shop)
    elif report.outcome is ShopOutcome.REFUSED:
        log_event("shop-refused", level="warning", shop=shop, code=code)
    else:
        log_event("shop-failed", level="error", shop=shop, outcome=outcome, code=code)


def _level(warns: object) -> Level:
    return "warning" if warns else "info"


def code_of(why: Iterable[Diagnostic]) -> str | None:
    """The number of the first diagnostic that stops something."""
    return next((each.code.number for each in why if each.blocking), None)
