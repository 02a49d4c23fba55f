"""Whether a plan may be applied: its fingerprint, and the answer of a person, if something can be applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.core.approvals.leaf_list import hold_other_leaves
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.planning.plan import Plan
    from reconciler.core.planning.waves import Wave
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.session import Session


def unexpected_fingerprint(plan: Plan, expected: str | None) -> Diagnostic | None:
    """None if the plan is the one that was approved, or no fingerprint was given."""
    if expected is None or expected == plan.fingerprint:
        return None
    return diagnostic(
        codes.NOT_EXPECTED,
        msg("The plan's fingerprint is {found}", found=plan.fingerprint),
        expected=msg("{expected}, given with --expect", expected=expected),
        hint=msg("Apply the approved plan, or get this one approved"),
    )


def approved_leaves(session: Session, given: Leaves | Path | None) -> Leaves | None:
    """What `--expect-leaves` names; None where all shops may be applied. Raises SetupError."""
    return given if given is None or isinstance(given, Mapping) else session.plans.load_leaves(given)


def hold_unapproved(plan: Plan, approved: Leaves | None) -> Plan:
    return plan if approved is None else hold_other_leaves(plan, approved)


async def approve(
    session: Session, plan: Plan, pacing: RolloutOptions | None, *, shown: Plan | None = None
) -> Diagnostic | None:
    """None where the plan may be applied, or nothing in it could be. `shown` is the part of the plan that the person
    approves, of a run that continues; its waves are those of the whole plan.
    """
    waves: Sequence[Wave] = () if pacing is None else pacing.rollout(plan).waves
    held = any(diagnostic.blocking for diagnostic in plan.findings)
    if held or not any(shop.steps and not shop.blocked for shop in plan.shops):
        session.listener.on_plan(plan, waves)
        return None
    return await session.approver.approve(plan if shown is None else shown, waves)
