"""The use case `ci apply`: everything that was merged and not yet applied, as far as it was reviewed.

It is level-triggered. Each run looks at all commits of the last `limits.plan_age` days, so a job that was lost, doubled or
cancelled changes nothing in the end. An older job than the newest commit leaves the work to that commit's own job.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.approvals_result import approvals_result
from reconciler.core.results.command import CommandResult, DoneResult
from reconciler.core.results.validation_result import failure
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import ForgeError
from reconciler.workflows.ci.apply_approved import apply_approved
from reconciler.workflows.ci.apply_reports import ApplyReports
from reconciler.workflows.ci.evaluate import Scope, evaluate, waiting_applies
from reconciler.workflows.ci.merged_changes import changes_of, merged_changes, require_committed
from reconciler.workflows.ci.pull_request import pull_request_range
from reconciler.workflows.ci.reviewed import Reviewed
from reconciler.workflows.recover import recover_before_apply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.ports.ci.forge import CiContext, CiJob, Forge
    from reconciler.ports.ci.reviews import ReviewStore
    from reconciler.workflows.ci.merged_changes import MergedChanges
    from reconciler.workflows.session import Session


@frozen
class MergedApplyRequest:
    """`leaves` are files of leaves from an artifact or a cache. `before_merge`: the pull request of this job, before it is
    merged. `deferred_only`: only what was deferred before. `language` is that of comments.
    """

    allowed: tuple[tuple[str, str], ...] = ()
    leaves: tuple[Path, ...] = ()
    before_merge: bool = False
    deferred_only: bool = False
    language: str = "en"


async def apply_merged(session: Session, request: MergedApplyRequest) -> CommandResult:
    """Raises SetupError before anything was sent, BackendError where nothing at all can be read."""
    job = session.ci_job()
    context, repository = job.context(), session.repository()
    require_trusted(context)
    require_committed(repository)
    branch, head = _target_branch(context, request), repository.head()
    if not request.before_merge and repository.remote_tip(branch) != head:
        return _superseded(branch)
    try:
        async with job.connect(context) as forge:
            changes = await _changes(session, context, forge, branch, request)
            await recover_before_apply(session)
            with session.reviews() as reviews:
                run = _ApplyJob(session, request, job, context, forge, reviews, branch)
                return await run.work(changes, lambda: repository.remote_tip(branch) == head or request.before_merge)
    except ForgeError as error:
        return failure(diagnostic(error.code, error.text, hint=error.hint))


def require_trusted(context: CiContext) -> None:
    if context.trusted:
        return
    raise SetupError(
        msg("The job runs code of a fork"),
        code=codes.NOT_REVIEWED,
        hint=msg("Only `ci plan` runs for a pull request of a fork; it validates the manifests"),
    )


def _target_branch(context: CiContext, request: MergedApplyRequest) -> str:
    """Raises SetupError."""
    if request.before_merge and context.pull_request is not None:
        return context.pull_request.base_branch
    branch = context.default_branch or context.branch
    if branch is None or context.branch not in (None, branch):
        raise SetupError(
            msg("The job runs for {branch}, not for the default branch", branch=context.branch or context.event),
            code=codes.OTHER_COMMIT,
            hint=msg("Start `ci apply` for pushes to the default branch and by schedule; or use `--before-merge`"),
        )
    return branch


def _superseded(branch: str) -> DoneResult:
    return DoneResult(
        notices=(
            msg(
                "{branch} has moved on: the job of its newest commit applies everything that was merged", branch=branch
            ),
        )
    )


async def _changes(
    session: Session, context: CiContext, forge: Forge, branch: str, request: MergedApplyRequest
) -> MergedChanges:
    repository = session.repository()
    if not request.before_merge:
        since = session.clock.now() - timedelta(days=session.guards.plan_age)
        return await merged_changes(repository, session.manifests, forge, branch, since)
    found = pull_request_range(context, repository)
    tip = repository.remote_tip(found.request.base_branch)
    repository.obtain(tip)
    if not repository.is_ancestor(tip, found.request.head):
        raise SetupError(
            msg("{branch} has commits that the pull request does not contain", branch=found.request.base_branch),
            code=codes.BEHIND_BASE,
            hint=msg("Update the branch of the pull request, and have the new plan reviewed"),
        )
    return changes_of(repository, session.manifests, found.since, repository.head())


@frozen(kw_only=False)
class _ApplyJob:
    session: Session
    request: MergedApplyRequest
    job: CiJob
    context: CiContext
    forge: Forge
    reviews: ReviewStore | None
    branch: str

    async def work(self, changes: MergedChanges, newest: Callable[[], bool]) -> CommandResult:
        """`newest` is called again right before something is written."""
        session, request = self.session, self.request
        waiting = {} if request.before_merge else waiting_applies(session, self.reviews)
        only = frozenset(waiting) if request.deferred_only else None
        scope = Scope(changes=changes, waiting=waiting, only=only, allowed=request.allowed)
        found = await evaluate(session, scope, await self._reviewed())
        if found.broken:
            notice = msg("Nothing was sent: not all selected manifests are valid")
            return failure(*found.broken, notices=(notice,))
        if found.approved and not newest():
            return _superseded(self.branch)
        applied = await apply_approved(session, found, request.allowed)
        reports = ApplyReports(session, self.job, self.forge, self.context, self.reviews, request.language)
        decisions = reports.with_finished(found.decisions)
        empty = msg("Everything that was merged is applied.")
        result = replace(approvals_result("ci-apply", decisions, empty, applied), requests=tuple(found.requests))
        return replace(result, diagnostics=await reports.send(result))

    async def _reviewed(self) -> Reviewed:
        files = tuple(self.session.plans.load_leaves(path) for path in self.request.leaves)
        pull = self.context.pull_request if self.request.before_merge else None
        return Reviewed(
            session=self.session,
            context=self.context,
            forge=self.forge,
            reviews=self.reviews,
            files=files,
            branch=self.branch,
            only=None if pull is None else await self.forge.pull_request(pull.number),
        )
