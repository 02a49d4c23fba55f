"""The plans that a policy proposes, by the findings that they settle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


def proposed_plans(session: Session) -> Mapping[str, str]:
    """The file of the plan, by the id of the finding. Raises SetupError."""
    with session.heals.open(create=False) as store:
        proposals = () if store is None else store.proposals(session.target.fleet_name)
    return {finding: each.file for each in proposals for finding in each.findings}
