"""Whether a plan may be applied: asked only where something in it can be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.planning.plan import Plan
    from reconciler.core.planning.waves import Wave
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.session import Session


async def approve(session: Session, plan: Plan, pacing: RolloutOptions | None) -> Diagnostic | None:
    """None where the plan may be applied, or nothing in it could be."""
    waves: Sequence[Wave] = () if pacing is None else pacing.rollout(plan).waves
    held = any(diagnostic.blocking for diagnostic in plan.findings)
    if held or not any(shop.steps and not shop.blocked for shop in plan.shops):
        session.listener.on_plan(plan, waves)
        return None
    return await session.approver.approve(plan, waves)
