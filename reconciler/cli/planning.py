"""A plan over the manifests of a selection, with what waits for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.model.selection import Selection
    from reconciler.core.planning.guards import AllowList
    from reconciler.core.planning.plan import Plan
    from reconciler.ports import RequestLogEntry
    from reconciler.wiring import Settings
    from reconciler.workflows.plan import PlanResult
    from reconciler.workflows.sources import DriftSources


async def observe_and_plan(
    settings: Settings,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    terminal: Terminal,
    evidence: DriftSources | None = None,
) -> tuple[PlanResult, Sequence[RequestLogEntry]]:
    """With a backend that cannot write. `evidence` is given where what stands will be remembered. Raises BackendError where
    nothing at all can be read.
    """
    from reconciler import wiring
    from reconciler.core.planning.guards import AllowList
    from reconciler.workflows.plan import PlanRequest, make_plan

    request = PlanRequest(
        selection=selection,
        limits=wiring.limits(settings),
        allowed=AllowList(entries=grants),
        pace=wiring.pace(settings),
        digest_key=wiring.shared_digest_key(),
    )
    async with wiring.observer(settings, terminal.log_request) as backend:
        planned = await make_plan(
            request,
            wiring.manifests(settings),
            wiring.secrets(settings),
            backend,
            wiring.clock(),
            evidence=evidence,
        )
        held = hold_conflicts(planned.plan, settings, request.allowed)
        return replace(planned, plan=held), backend.requests


def hold_conflicts(plan: Plan, settings: Settings, allowed: AllowList) -> Plan:
    """What both Git and the backend moved since it was last applied waits for a person. Raises SetupError."""
    from reconciler import wiring
    from reconciler.core.drift.conflicts import apply_conflict_guard
    from reconciler.workflows.sources import DriftSources

    with wiring.history(settings) as history:
        if history is None:
            return plan
        evidence = DriftSources(history=history, key=wiring.digest_key(settings), audit=None)
        pasts = evidence.last_applied([shop.shop for shop in plan.changed])
    return apply_conflict_guard(plan, pasts, allowed)
