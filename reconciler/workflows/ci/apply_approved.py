"""Applies what an evaluation found approved, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model.selection import Selection
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests

if TYPE_CHECKING:
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.workflows.ci.evaluate import Allowed, Evaluation
    from reconciler.workflows.session import Session


async def apply_approved(session: Session, found: Evaluation, allowed: Allowed) -> ApplyResult | None:
    """It plans once more; a shop whose leaf differs by then is held. None where nothing is approved."""
    approved = found.approved
    if not approved:
        return None
    others = found.others + len(found.decisions) - len(approved)
    request = ApplyRequest(
        selection=Selection(names=frozenset(approved)), allowed=allowed, approved=approved, others=others
    )
    return await apply_manifests(session, request)
