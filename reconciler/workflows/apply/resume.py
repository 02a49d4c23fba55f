"""The use case `resume`: reopen what killed runs closed, then continue the rollout that was not finished."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.workflows.apply.continue_rollout import continue_rollout
from reconciler.workflows.other_runs import fleet_runs_in_progress, run_in_progress_diagnostics
from reconciler.workflows.recover import recover_runs

if TYPE_CHECKING:
    from reconciler.core.results.recovery_result import RecoveryResult
    from reconciler.workflows.session import Session


async def resume_runs(session: Session) -> RecoveryResult:
    """Recovered shops are reported before the approval of the rollout. A rollout whose run is in progress is left to it. Raises
    as `recover_runs` and `continue_rollout` do.
    """
    result = _with_runs_in_progress(session, await recover_runs(session))
    rollout = session.plans.load_rollout()
    if rollout is None or rollout.run in result.running:
        return result
    for shop in result.recovered:
        session.listener.on_recovered(shop)
    return replace(result, continued=await continue_rollout(session))


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
