"""What of a repository a pull request changes: its head, the commit that it is compared with, and where the two parted.

In: the job's context and the clone. Out: `PullRequestRange`, or SetupError where another commit is checked out. The forge is not
asked: its lists of changed files end at some hundreds.
"""

from __future__ import annotations

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import CiContext, PullRequest
from reconciler.ports.ci.repository import Repository


@frozen
class PullRequestRange:
    """`since` is the commit whose difference to the work tree is the pull request's own: the merge base of head and base, or the
    base itself where the merge of both is checked out. The clone has it.
    """

    request: PullRequest
    base: str
    since: str


def pull_request_range(context: CiContext, repository: Repository) -> PullRequestRange:
    """Raises SetupError."""
    request = context.pull_request
    if request is None:
        raise SetupError(
            msg("The event {event} belongs to no pull request", event=context.event),
            code=codes.NO_PULL_REQUEST,
            hint=msg("Run `ci plan` in a job that pull requests start; after a merge use `ci apply`"),
        )
    here = repository.head()
    if here == request.head:
        base = request.base or repository.remote_tip(request.base_branch)
        return PullRequestRange(request=request, base=base, since=repository.merge_base(base, here))
    parents = repository.parents(here)
    if parents[1:] != (request.head,):
        raise _other_commit(here, request.head)
    repository.obtain(parents[0])
    return PullRequestRange(request=request, base=parents[0], since=parents[0])


def _other_commit(found: str, head: str) -> SetupError:
    text = msg(
        "Commit {found} is checked out, which is neither the head {head} of the pull request nor its merge",
        found=found[:12],
        head=head[:12],
    )
    hint = msg("Check out the pull request, as the checkout step does without a `ref`, and no branch")
    return SetupError(text, code=codes.OTHER_COMMIT, hint=hint)
