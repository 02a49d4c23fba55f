"""The use case `resume`: reopen what killed runs closed, then continue the rollout that was not finished."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.workflows.apply.continue_rollout import continue_rollout
from reconciler.workflows.recover import recover_runs

if TYPE_CHECKING:
    from reconciler.core.results.recovery_result import RecoveryResult
    from reconciler.workflows.session import Session


async def resume_runs(session: Session) -> RecoveryResult:
    """Recovered shops are reported before the approval of the rollout. Raises as `recover_runs` and `continue_rollout` do."""
    result = await recover_runs(session)
    if session.plans.load_rollout() is None:
        return result
    for shop in result.recovered:
        session.listener.on_recovered(shop)
    return replace(result, continued=await continue_rollout(session))
