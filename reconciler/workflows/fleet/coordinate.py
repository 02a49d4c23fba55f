"""Advances fleet runs: opens waves, stops, ends; and puts unfinished chunks into the queue again.

Level-triggered: any process may call it at any time, several at once. What was done follows from the tables alone, and each step
counts once: the tables accept it from one process only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunState, StopReason
from reconciler.core.fleet.next_step import EndRun, NextStep, OpenWave, RunProgress, StopRun, next_step
from reconciler.core.results.validation_result import FailureResult
from reconciler.lib.event_log import log_event
from reconciler.ports import BackendError, SetupError
from reconciler.workflows.alerts.after_look import alert_after_look
from reconciler.workflows.alerts.rules import read_alert_rules
from reconciler.workflows.recover import recover_before_apply

if TYPE_CHECKING:
    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.ports.fleet.chunk_queue import ChunkQueue
    from reconciler.ports.fleet.fleet_runs import FleetRuns
    from reconciler.workflows.session import Session


async def advance(session: Session, runs: FleetRuns, queue: ChunkQueue, run: str) -> Sequence[NextStep]:
    """Takes all steps of one run that are due now, and returns those that this call took. Raises SetupError; of an apply whose
    worker was lost also BackendError, where nothing at all can be read: the run then goes on at the next call.
    """
    taken: list[NextStep] = []
    while True:
        found = runs.run(run)
        if found is None:
            return taken
        progress = read_progress(runs, found)
        step = next_step(progress)
        if isinstance(step, EndRun) and progress.stalled and found.kind is FleetRunKind.APPLY:
            await recover_before_apply(session)
        if not _take(runs, run, step):
            return taken
        assert step is not None
        log_event("fleet-run-advanced", run=run, step=type(step).__name__)
        taken.append(step)
        if isinstance(step, OpenWave):
            await _enqueue_wave(runs, queue, found, step.wave)
        if isinstance(step, EndRun):
            await _alert(session, found)
            return taken


def read_progress(runs: FleetRuns, run: FleetRun) -> RunProgress:
    return RunProgress(
        run=run,
        chunks=runs.chunks(run.id),
        counts=runs.failure_counts(run.id),
        stalled=runs.stalled(run.id),
        quiet=runs.quiet_seconds(run.id),
    )


def _take(runs: FleetRuns, run: str, step: NextStep | None) -> bool:
    """Whether this process took the step: another may have been quicker."""
    match step:
        case OpenWave():
            return runs.open_wave(run, step.wave)
        case StopRun():
            return runs.request_stop(run, step.why)
        case EndRun():
            return runs.end(run, step.state)
        case _:
            return False


async def _enqueue_wave(runs: FleetRuns, queue: ChunkQueue, run: FleetRun, wave: int) -> None:
    due = [(run.id, chunk.number) for chunk in runs.chunks(run.id) if chunk.wave == wave]
    await queue.enqueue(due, kind=run.kind)


async def _alert(session: Session, run: FleetRun) -> None:
    """Once for the whole look: a look of one chunk alerts nothing."""
    if run.kind is not FleetRunKind.LOOK or not run.options.alerts:
        return
    alerts = read_alert_rules(session)
    if isinstance(alerts, FailureResult):
        session.listener.on_diagnostics(alerts.diagnostics)
    elif alerts is not None:
        alerted = await alert_after_look(session, alerts.settings, alerts.rules)
        session.listener.on_diagnostics(alerted.warnings)


async def care(session: Session, runs: FleetRuns, queue: ChunkQueue) -> None:
    """What has to happen from time to time, in any worker: recovers what lost workers left, advances every run of the fleet that
    has not ended, and puts chunks without a holder into the queue again. Raises as `advance`.
    """
    fleet = session.target.fleet_name
    open_runs = runs.runs(fleet, ended=False)
    await recover_lost_workers(session, open_runs)
    for run in open_runs:
        await advance(session, runs, queue, run.id)
    due = runs.unfinished(fleet)
    for kind in FleetRunKind:
        some = [(each.run, each.number) for each in due if each.kind is kind]
        if some:
            await queue.enqueue(some, kind=kind)


async def recover_lost_workers(session: Session, open_runs: Iterable[FleetRun]) -> None:
    """Reopens the shops that lost workers left closed, without waiting for their chunks to be claimed again: the workers that are
    left may all wait for these closures. What cannot be read or reached now is tried again by the next call.
    """
    if any(run.kind is FleetRunKind.APPLY for run in open_runs):
        try:
            await recover_before_apply(session)
        except (BackendError, SetupError) as error:
            log_event("recovery-failed", level="warning", code=error.code.number)


def stop_run(runs: FleetRuns, run: FleetRun) -> bool:
    """Requests that no further shop is started. False where the run has ended or is stopping already."""
    return run.state is FleetRunState.OPEN and runs.request_stop(run.id, StopReason.CANCELLED)
