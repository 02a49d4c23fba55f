"""GitHub Actions: GITHUB_* variables and the event file → `CiContext`.

The event of a schedule describes no repository; it always runs on the default branch. A contributor writes parts of an event:
names of branches, titles. Only commits, numbers, branches and repository names of the right form are used. Raises SetupError with
a code C1xx.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from reconciler.adapters.forges.json_values import json_at, number_at, text_at, time_at
from reconciler.adapters.forges.variables import (
    COMMIT,
    JobVariables,
    event_error,
    other_repository,
    read_event,
    valid_branch,
    valid_commit,
)
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.ci.forge import CiContext, ForgeKind, PullRequest

_QUEUED: Final = re.compile(r"/pr-([1-9][0-9]{0,8})-[0-9a-f]{40}$")


def github_context(job: JobVariables) -> CiContext:
    repository = job.repository("GITHUB_REPOSITORY")
    event = read_event(job.required("GITHUB_EVENT_PATH"))
    scheduled = job.required("GITHUB_EVENT_NAME") == "schedule"
    name = text_at(event, "repository", "full_name")
    if name is None and not scheduled:
        raise event_error(msg("The event names no repository"))
    if name is not None and name.lower() != repository.lower():
        raise other_repository(name, repository)
    context = CiContext(
        forge=ForgeKind.GITHUB,
        repository=repository,
        commit=job.commit("GITHUB_SHA"),
        event=job.required("GITHUB_EVENT_NAME"),
        default_branch=job.branch("GITHUB_REF_NAME") if scheduled else text_at(event, "repository", "default_branch"),
        run_url=_run_url(job, repository),
    )
    return _of_event(context, event, job)


def _of_event(context: CiContext, event: Any, job: JobVariables) -> CiContext:
    match context.event:
        case "pull_request" | "pull_request_target":
            return _with(context, pull_request=_pull_request(event, context.repository))
        case "merge_group":
            return _with(
                context,
                commit=valid_commit(text_at(event, "merge_group", "head_sha"), "merge_group.head_sha"),
                base=valid_commit(text_at(event, "merge_group", "base_sha"), "merge_group.base_sha"),
                branch=_short(valid_branch(text_at(event, "merge_group", "base_ref"), "merge_group.base_ref")),
                queued=_queued(text_at(event, "merge_group", "head_ref") or ""),
            )
        case "workflow_run":
            head = valid_commit(text_at(event, "workflow_run", "head_sha"), "workflow_run.head_sha")
            return _with(context, commit=head)
        case _:
            return _with(context, branch=job.branch("GITHUB_REF_NAME")) if _on_branch(job) else context


def _queued(branch: str) -> int | None:
    """The pull request of a queue's branch: `gh-readonly-queue/main/pr-17-<commit>`."""
    found = _QUEUED.search(branch)
    return None if found is None else int(found[1])


def _with(context: CiContext, **changes: Any) -> CiContext:
    """A pull request of a fork makes its job untrusted."""
    changed = replace(context, **changes)
    request = changed.pull_request
    return replace(changed, trusted=request is None or not request.from_fork)


def _pull_request(event: Any, repository: str) -> PullRequest:
    request = json_at(event, "pull_request")
    number = number_at(request, "number")
    if number is None or number < 1:
        raise event_error(msg("The event contains no pull request number"))
    base_repository = text_at(request, "base", "repo", "full_name") or ""
    if base_repository.lower() != repository.lower():
        raise other_repository(base_repository, repository)
    found = github_pull_request(request, repository)
    if found is None:
        raise event_error(msg("The event describes no complete pull request"))
    return found


def github_pull_request(request: Any, repository: str) -> PullRequest | None:
    """As the REST API and the event have it; None if a part is missing or has not the right form."""
    number, head, base = number_at(request, "number"), text_at(request, "head", "sha"), text_at(request, "base", "sha")
    branch = text_at(request, "base", "ref")
    if number is None or branch is None or not _is_commit(head) or not (base is None or _is_commit(base)):
        return None
    merged = time_at(request, "merged_at")
    merge_commit = text_at(request, "merge_commit_sha")
    # The repository of the head is null once a fork was deleted.
    head_repository = text_at(request, "head", "repo", "full_name") or ""
    assert head is not None
    return PullRequest(
        number=number,
        head=head,
        base=base,
        base_branch=branch,
        from_fork=head_repository.lower() != repository.lower(),
        url=text_at(request, "html_url") or "",
        merge_commit=merge_commit if merged is not None and _is_commit(merge_commit) else None,
        merged_at=merged,
    )


def _is_commit(value: str | None) -> bool:
    return value is not None and COMMIT.fullmatch(value) is not None


def _run_url(job: JobVariables, repository: str) -> str:
    server, run = job.optional("GITHUB_SERVER_URL"), job.optional("GITHUB_RUN_ID")
    return f"{server}/{repository}/actions/runs/{run}" if server and run else ""


def _on_branch(job: JobVariables) -> bool:
    return job.optional("GITHUB_REF_TYPE") == "branch"


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/")
