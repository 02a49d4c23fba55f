"""GitLab CI: CI_* variables → `CiContext`. There is no event file. Raises SetupError with a code C1xx.

A pipeline of a merge request from a fork runs in the fork, or in the parent project when a member starts it: in both cases its
code is a stranger's.
"""

from __future__ import annotations

from reconciler.adapters.forges.variables import JobVariables, contradiction, other_repository
from reconciler.ports.ci.forge import CiContext, ForgeKind, PullRequest

_DETACHED = "detached"


def gitlab_context(job: JobVariables) -> CiContext:
    event = job.required("CI_PIPELINE_SOURCE")
    job.number("CI_PROJECT_ID")
    request = _merge_request(job)
    if (event == "merge_request_event") != (request is not None):
        raise contradiction("CI_PIPELINE_SOURCE", "CI_MERGE_REQUEST_IID")
    return CiContext(
        forge=ForgeKind.GITLAB,
        repository=job.repository("CI_PROJECT_PATH"),
        commit=job.commit("CI_COMMIT_SHA"),
        event=event,
        default_branch=job.branch("CI_DEFAULT_BRANCH"),
        branch=job.branch("CI_COMMIT_BRANCH") if job.optional("CI_COMMIT_BRANCH") else None,
        pull_request=request,
        run_url=job.optional("CI_JOB_URL") or "",
        trusted=request is None or not request.from_fork,
    )


def _merge_request(job: JobVariables) -> PullRequest | None:
    if job.optional("CI_MERGE_REQUEST_IID") is None:
        return None
    here, target = job.number("CI_PROJECT_ID"), job.number("CI_MERGE_REQUEST_PROJECT_ID")
    source = job.number("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    if here not in {target, source}:
        raise other_repository(
            job.optional("CI_MERGE_REQUEST_PROJECT_PATH") or str(target), job.repository("CI_PROJECT_PATH")
        )
    merged_result = (job.optional("CI_MERGE_REQUEST_EVENT_TYPE") or _DETACHED) != _DETACHED
    head = job.commit("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") if merged_result else job.commit("CI_COMMIT_SHA")
    number = job.number("CI_MERGE_REQUEST_IID")
    return PullRequest(
        number=number,
        head=head,
        base=job.optional_commit("CI_MERGE_REQUEST_TARGET_BRANCH_SHA")
        or job.optional_commit("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        base_branch=job.branch("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        from_fork=source != target,
        url=_url(job, number),
    )


def _url(job: JobVariables, number: int) -> str:
    project = job.optional("CI_MERGE_REQUEST_PROJECT_URL")
    return f"{project}/-/merge_requests/{number}" if project else ""
