"""Applies the manifests of a selection: recover, plan, have the plan approved, execute.

In: a session and a request. Out: an `ApplyResult`. Observing and writing are two connections, so that none is held while a person
reads the plan. Nothing is sent while a selected manifest is invalid.
"""

from __future__ import annotations

from dataclasses import field, replace
from shlex import join
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.selection import Selection
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.apply.approval import approve, approved_leaves, hold_unapproved, unexpected_fingerprint
from reconciler.workflows.apply.execute import ExecutionOptions, execute_plan, not_started
from reconciler.workflows.check_selection import unmatched_selection, unused_allowance_warnings
from reconciler.workflows.plan import PlannedFleet, plan_selection
from reconciler.workflows.recover import block_recovering_shops, left_closed_diagnostics, recover_before_apply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.session import Session


@frozen
class ApplyRequest:
    """`allowed` pairs guards with patterns over shop keys. `require_secrets`: a shop of which a secret is not available is not
    planned. `pacing` None: all shops at once. `reason`: why it is allowed. `expect`: the fingerprint of the only plan to apply.
    `approved`: the leaves, or a file of them, of the only shops to apply. `others` counts shops outside the selection.
    """

    selection: Selection = field(default_factory=Selection)
    allowed: tuple[tuple[str, str], ...] = ()
    pacing: RolloutOptions | None = None
    reason: str | None = None
    require_secrets: bool = False
    expect: str | None = None
    approved: Leaves | Path | None = None
    others: int = 0


@frozen
class ApprovedApply:
    """A plan that may be applied now. `left_closed`: why shops that earlier runs closed still are. The others as in
    `PlannedFleet`, and in the result.
    """

    plan: Plan
    planned: PlannedFleet
    left_closed: tuple[Diagnostic, ...]
    diagnostics: tuple[Diagnostic, ...]
    requests: tuple[RequestLogEntry, ...]


async def apply_manifests(session: Session, request: ApplyRequest) -> ApplyResult:
    """Raises BackendError where nothing at all can be read, SetupError where the store cannot be used."""
    approved = await approve_manifests(session, request)
    return approved if isinstance(approved, ApplyResult) else await apply_approved_plan(session, request, approved)


async def approve_manifests(session: Session, request: ApplyRequest) -> ApprovedApply | ApplyResult:
    """Recovers, plans, and has the plan approved; a result where nothing may be applied. Raises as `apply_manifests`."""
    approved = approved_leaves(session, request.approved)
    recovered = await recover_before_apply(session)
    left_closed = left_closed_diagnostics(recovered)
    planned, requests = await plan_selection(
        session,
        request.selection,
        request.allowed,
        for_apply=True,
        require_secrets=request.require_secrets,
        others=request.others,
    )
    plan = hold_unapproved(block_recovering_shops(planned.plan, recovered), approved)
    unmatched, diagnostics = _check_request(session, request, plan, planned)
    session.listener.on_diagnostics(diagnostics)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        missing = msg("Nothing was sent: part of the selection does not exist")
        invalid = msg("Nothing was sent: not all selected manifests are valid")
        session.listener.on_notice(missing if unmatched else invalid)
        status = exit_code_for_diagnostics(diagnostics)
        return not_started(plan, left_closed, status, diagnostics=diagnostics, requests=requests)
    refusal = unexpected_fingerprint(planned.plan, request.expect) or await approve(session, plan, request.pacing)
    if refusal is not None:
        refused = replace(plan, findings=(*plan.findings, refusal))
        return not_started(refused, left_closed, ExitCode.REFUSED, diagnostics=diagnostics, requests=requests)
    return ApprovedApply(
        plan=plan,
        planned=planned,
        left_closed=tuple(left_closed),
        diagnostics=diagnostics,
        requests=tuple(requests),
    )


async def apply_approved_plan(session: Session, request: ApplyRequest, approved: ApprovedApply) -> ApplyResult:
    """Executes it in this process. Raises as `apply_manifests`."""
    options = ExecutionOptions(
        pacing=request.pacing,
        allowed=request.allowed,
        reason=request.reason,
        in_sync=approved.planned.in_sync,
        left_closed=approved.left_closed,
        again=_command(request),
        origins={desired.shop: desired.origins for desired in approved.planned.manifest.shops},
        pages=approved.planned.pages,
    )
    return await execute_plan(
        session, approved.plan, options, diagnostics=approved.diagnostics, requests=approved.requests
    )


def _command(request: ApplyRequest) -> str:
    return " ".join(filter(None, ("reconciler apply", request.selection.to_args, allow_args(request.allowed))))


def allow_args(allowed: Sequence[tuple[str, str]]) -> str:
    """What was allowed, to be written again on a command line."""
    return join(word for slug, glob in allowed for word in ("--allow", slug if glob == "*" else f"{slug}:{glob}"))


def _check_request(
    session: Session, request: ApplyRequest, plan: Plan, planned: PlannedFleet
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """What the selection did not match; and all that is wrong with manifests, selection and allowances."""
    names = planned.manifest.names
    unmatched = unmatched_selection(request.selection, names, session)
    unused = unused_allowance_warnings(request.allowed, plan, names, request.selection, session)
    return unmatched, (*planned.manifest.findings, *unmatched, *unused)
