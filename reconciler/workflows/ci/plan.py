"""The use case `ci plan`: the plan of what a pull request changes, shown in it.

The shops come from Git: those whose own or shared files differ from where the pull request left its base. Nothing is written to a
backend. What differs beside the pull request is only information. A pull request from a fork is only validated, and nothing is
sent: the second stage (`ci comment`) does that from an artifact.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.approvals.record import PlanRecord
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.selection import Selection
from reconciler.core.results.command import CommandResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.pull_request_result import PullRequestResult, ReviewState
from reconciler.core.results.validation_result import ValidationResult
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, SetupError
from reconciler.ports.ci.forge import CiContext
from reconciler.workflows.ci.artifact import artifact_text
from reconciler.workflows.ci.merged_changes import require_committed
from reconciler.workflows.ci.other_drift import changes_of_others, drift_of_others
from reconciler.workflows.ci.plan_reports import PlanReports
from reconciler.workflows.ci.pull_request import PullRequestRange, pull_request_range
from reconciler.workflows.plan import PlanRequest, plan_changes
from reconciler.workflows.session import Session
from reconciler.workflows.validate import ValidateRequest, validate_manifests


@frozen
class PullRequestPlanRequest:
    """`allowed` pairs guards with patterns of shop keys. `language` is that of the comment and the summary. `artifact` is the
    file for the second stage; None: none is requested. `other_drift`: the rest of the fleet is compared as well.
    """

    allowed: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    artifact: str | None = None
    other_drift: bool = True


async def plan_pull_request(session: Session, request: PullRequestPlanRequest) -> CommandResult:
    """Raises SetupError before anything was sent, BackendError where nothing at all can be read."""
    job = session.ci_job()
    context = job.context()
    repository = session.repository()
    found = pull_request_range(context, repository)
    require_committed(repository)
    if not context.trusted:
        valid = _validated(session, found)
        if request.artifact is not None:
            job.save_artifact(
                request.artifact, artifact_text(found.request.number, found.request.head, found.base, valid)
            )
        return valid
    reports = PlanReports(session, job, context, request.language)
    async with reports.connected():
        planning = _result(context, found, ReviewState.PLANNING)
        await reports.announce(planning)
        try:
            plan = await _planned(session, request, found)
        except (BackendError, SetupError):
            await reports.send(replace(planning, state=ReviewState.FAILED), "")
            raise
        result = replace(_result(context, found, _state(plan)), plan=plan, notices=plan.notices)
        record = PlanRecord(fingerprint=plan.plan.fingerprint, shops=len(plan.plan.leaves), base=found.base)
        await reports.send(result, record.text)
    reports.write_files(result)
    reports.save(result)
    return replace(plan, diagnostics=(*plan.diagnostics, *reports.problems))


async def _planned(session: Session, request: PullRequestPlanRequest, found: PullRequestRange) -> PlanResult:
    """With notices about what differs beside the pull request. Raises what the plan raises, and nothing for the notices."""
    plan = await plan_changes(session, PlanRequest(selection=Selection(since=found.since), allowed=request.allowed))
    notices, requests = await drift_of_others(session, plan.plan) if request.other_drift else ((), ())
    own = changes_of_others(session, plan.plan, found.since)
    return replace(plan, notices=(*plan.notices, *own, *notices), requests=(*plan.requests, *requests))


def _state(plan: PlanResult) -> ReviewState:
    match plan.exit_code:
        case ExitCode.DONE | ExitCode.DIFFERENCES:
            return ReviewState.REVIEWABLE
        case ExitCode.REFUSED:
            return ReviewState.HELD
        case _:
            return ReviewState.INVALID


def _result(context: CiContext, found: PullRequestRange, state: ReviewState) -> PullRequestResult:
    return PullRequestResult(
        state=state,
        number=found.request.number,
        head=found.request.head,
        base=found.base,
        run_url=context.run_url,
    )


def _validated(session: Session, found: PullRequestRange) -> ValidationResult:
    """No secret is resolved and the backend is not asked."""
    valid = validate_manifests(session, ValidateRequest(selection=Selection(since=found.since)))
    note = diagnostic(
        codes.FROM_FORK,
        msg("The pull request comes from a fork: its manifests were only validated, and nothing was sent to the forge"),
        hint=msg("For a comment run `ci comment` in a second stage; for a plan use a branch of the repository itself"),
    )
    return replace(valid, diagnostics=(*valid.diagnostics, note))
