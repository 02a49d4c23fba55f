"""The use case `ci check`: whether what is about to be merged, or was merged, is still what was reviewed. Nothing is written.

For a merge queue, and before an apply: it plans the commit that is checked out, and compares shop by shop.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.approvals_result import approvals_result
from reconciler.core.results.validation_result import failure
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import ForgeError
from reconciler.workflows.ci.apply import require_trusted
from reconciler.workflows.ci.evaluate import Scope, evaluate
from reconciler.workflows.ci.merged_changes import changes_of, merged_changes, require_committed
from reconciler.workflows.ci.pull_request import pull_request_range
from reconciler.workflows.ci.reviewed import Reviewed

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.core.results.command import CommandResult
    from reconciler.ports.ci.forge import CiContext, Forge, PullRequest
    from reconciler.workflows.ci.merged_changes import MergedChanges
    from reconciler.workflows.session import Session


@frozen
class CheckRequest:
    allowed: tuple[tuple[str, str], ...] = ()
    leaves: tuple[Path, ...] = ()


async def check_approvals(session: Session, request: CheckRequest) -> CommandResult:
    """Raises SetupError, and BackendError where nothing at all can be read."""
    job = session.ci_job()
    context, repository = job.context(), session.repository()
    require_trusted(context)
    require_committed(repository)
    files = tuple(session.plans.load_leaves(path) for path in request.leaves)
    try:
        async with job.connect(context) as forge:
            changes = await _changes(session, context, forge)
            with session.reviews() as reviews:
                reviewed = Reviewed(
                    session=session,
                    context=context,
                    forge=forge,
                    reviews=reviews,
                    files=files,
                    only=await _only(context, forge),
                )
                found = await evaluate(session, Scope(changes=changes, allowed=request.allowed), reviewed)
    except ForgeError as error:
        return failure(diagnostic(error.code, error.text, hint=error.hint))
    if found.broken:
        return failure(*found.broken)
    empty = msg("Every shop is planned as it was reviewed.")
    return replace(approvals_result("ci-check", found.decisions, empty), requests=tuple(found.requests))


async def _changes(session: Session, context: CiContext, forge: Forge) -> MergedChanges:
    repository = session.repository()
    head = repository.head()
    if context.pull_request is not None:
        return changes_of(repository, session.manifests, pull_request_range(context, repository).since, head)
    if context.base is not None:
        if head != context.commit:
            raise SetupError(
                msg("Commit {found} is checked out, not that of the merge queue", found=head[:12]),
                code=codes.OTHER_COMMIT,
                hint=msg("Check out the commit of the merge group, as the checkout step does without a `ref`"),
            )
        repository.obtain(context.base)
        return changes_of(repository, session.manifests, context.base, head)
    since = session.clock.now() - timedelta(days=session.guards.plan_age)
    return await merged_changes(repository, session.manifests, forge, context.default_branch or context.branch, since)


async def _only(context: CiContext, forge: Forge) -> PullRequest | None:
    """The pull request that all changes belong to; None where they were merged already."""
    number = context.queued if context.pull_request is None else context.pull_request.number
    return None if number is None else await forge.pull_request(number)
