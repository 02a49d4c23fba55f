"""The use case `resume`: reopen what killed runs closed, then continue the rollout that was not finished."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.ports import LeaseHeld
from reconciler.workflows.apply.continue_rollout import continue_rollout
from reconciler.workflows.apply.rollout_lease import require_free_rollout, rollout_held_diagnostic
from reconciler.workflows.other_runs import fleet_runs_in_progress, run_in_progress_diagnostics
from reconciler.workflows.recover import recover_runs

if TYPE_CHECKING:
    from reconciler.core.results.recovery_result import RecoveryResult
    from reconciler.ports import LeaseInfo
    from reconciler.workflows.session import Session


async def resume_runs(session: Session) -> RecoveryResult:
    """Recovered shops are reported before the approval of the rollout. A rollout whose run is in progress is left to it. Raises
    as `recover_runs` and `continue_rollout` do.
    """
    result = _with_runs_in_progress(session, await recover_runs(session))
    rollout = session.plans.load_rollout()
    if rollout is None or rollout.run in result.running:
        return result
    holder = await _holder_of_rollout(session)
    if holder is not None:
        held = replace(rollout_held_diagnostic(holder), severity=Severity.WARNING)
        return replace(result, running=(*result.running, holder.run), diagnostics=(*result.diagnostics, held))
    for shop in result.recovered:
        session.listener.on_recovered(shop)
    return replace(result, continued=await continue_rollout(session))


async def _holder_of_rollout(session: Session) -> LeaseInfo | None:
    """Between two waves a run holds no shop. None: the rollout may be continued, which takes the lease again."""
    try:
        with session.store.open() as store:
            await require_free_rollout(session, store.leases(session.new_run("resume", "")))
            return None
    except LeaseHeld as held:
        return held.by


def _with_runs_in_progress(session: Session, result: RecoveryResult) -> RecoveryResult:
    with session.store.history() as history:
        running = () if history is None else history.unfinished(running=True)
    if not running:
        return result
    found = run_in_progress_diagnostics(running, fleet_runs_in_progress(session))
    return replace(
        result,
        running=tuple(sorted({shop.run.run for shop in running})),
        diagnostics=(*result.diagnostics, *found),
    )
