"""What a job's environment says; and each way in which it can be wrong. Nothing is sent in any of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import ForgeKind
from tests.adapters.forges.conftest import Site
from tests.support.forge.gitlab import FORK_ID
from tests.support.forge.runner import Job


def test_a_pull_request(site: Site) -> None:
    context = site.context()
    pull = site.world.pulls[17]
    request = context.pull_request
    assert request is not None
    assert context.forge is ForgeKind(site.kind)
    assert (context.repository, context.default_branch, context.trusted) == ("kyoto-tea/shops", "main", True)
    assert (request.number, request.head, request.base, request.base_branch) == (17, pull.head, pull.base, "main")
    assert not request.from_fork
    assert request.url.startswith(f"https://{site.kind}.example/kyoto-tea/shops/")
    assert context.run_url.startswith(f"https://{site.kind}.example/kyoto-tea/shops/")


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_pull_request_of_a_fork_is_not_trusted(github: Site, event: str) -> None:
    github.world.remote.commit("theirs", {"shops/x.yaml": "x"})
    pull = github.world.open_pull("theirs", fork="matsue-clay/shops")
    context = context_of(github, github.runner.github_pull_request(pull.number, event=event))
    assert context.pull_request is not None
    assert context.pull_request.from_fork
    assert not context.trusted


def test_a_deleted_fork_is_still_a_fork(github: Site) -> None:
    job = github.job()
    edit_event(job, "pull_request", "head", "repo", None)
    assert not context_of(github, job).trusted


def test_a_merge_request_of_a_fork_is_not_trusted(gitlab: Site) -> None:
    gitlab.world.remote.commit("theirs", {"shops/x.yaml": "x"})
    pull = gitlab.world.open_pull("theirs", fork="matsue-clay/shops")
    job = gitlab.runner.gitlab_merge_request(pull.number)
    assert not context_of(gitlab, job).trusted
    in_parent = {"CI_PROJECT_ID": job.environment["CI_MERGE_REQUEST_PROJECT_ID"], "CI_PROJECT_PATH": "kyoto-tea/shops"}
    assert not context_of(gitlab, job, **in_parent).trusted


def test_merged_results(gitlab: Site) -> None:
    job = gitlab.runner.gitlab_merge_request(17, merged=True)
    request = context_of(gitlab, job).pull_request
    assert request is not None
    assert (request.head, request.base) == (gitlab.world.pulls[17].head, gitlab.world.remote.tip("main"))


def test_a_merge_group(github: Site) -> None:
    job = github.runner.github_merge_group(17)
    context = context_of(github, job)
    assert context.pull_request is None
    assert (context.event, context.branch) == ("merge_group", "main")
    assert (context.commit, context.base) == (job.environment["GITHUB_SHA"], github.world.remote.tip("main"))


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch"])
def test_a_job_of_a_branch(site: Site, event: str) -> None:
    runner = site.runner
    job = runner.github_push(event=event) if site.kind == "github" else runner.gitlab_push(event=event)
    context = context_of(site, job)
    assert (context.event, context.branch, context.pull_request) == (event, "main", None)
    assert context.commit == site.world.remote.tip("main")


def test_the_second_stage(github: Site) -> None:
    context = context_of(github, github.runner.github_workflow_run(17))
    assert (context.event, context.commit) == ("workflow_run", github.world.pulls[17].head)
    assert context.pull_request is None


def test_no_ci(site: Site) -> None:
    refused(site, site.job(), codes.NO_CI, GITHUB_ACTIONS="", GITLAB_CI="")


def test_two_systems_at_once(site: Site) -> None:
    refused(site, site.job(), codes.CI_VARIABLE, GITHUB_ACTIONS="true", GITLAB_CI="true")


@pytest.mark.parametrize(
    "name", ["GITHUB_REPOSITORY", "GITHUB_EVENT_PATH", "GITHUB_EVENT_NAME", "GITHUB_SHA", "GITHUB_REF_NAME"]
)
@pytest.mark.parametrize("value", ["", "\n::error::x"])
def test_a_variable_of_github_that_is_missing_or_hostile(github: Site, name: str, value: str) -> None:
    if (name, value) in {("GITHUB_EVENT_PATH", "\n::error::x"), ("GITHUB_EVENT_NAME", "\n::error::x")}:
        return
    error = refused(github, github.runner.github_push(), codes.CI_VARIABLE, **{name: value})
    assert name in str(error.text)
    assert "::error" not in str(error.text)


@pytest.mark.parametrize(
    "name",
    [
        "CI_PROJECT_PATH",
        "CI_PROJECT_ID",
        "CI_COMMIT_SHA",
        "CI_PIPELINE_SOURCE",
        "CI_DEFAULT_BRANCH",
        "CI_MERGE_REQUEST_PROJECT_ID",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    ],
)
def test_a_variable_of_gitlab_that_is_missing(gitlab: Site, name: str) -> None:
    assert name in str(refused(gitlab, gitlab.job(), codes.CI_VARIABLE, **{name: ""}).text)


@pytest.mark.parametrize(
    "changed",
    [
        {"CI_PIPELINE_SOURCE": "push"},
        {"CI_MERGE_REQUEST_IID": ""},
        {"CI_MERGE_REQUEST_IID": "17; rm"},
        {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "--upload-pack=x"},
        {"CI_COMMIT_SHA": "main"},
        {"CI_MERGE_REQUEST_EVENT_TYPE": "merged_result"},
    ],
)
def test_variables_of_gitlab_that_contradict_each_other(gitlab: Site, changed: dict[str, str]) -> None:
    refused(gitlab, gitlab.job(), codes.CI_VARIABLE, **changed)


def test_a_merge_request_of_another_project(gitlab: Site) -> None:
    changed = {"CI_MERGE_REQUEST_PROJECT_ID": "99", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(FORK_ID)}
    refused(gitlab, gitlab.job(), codes.OTHER_REPOSITORY, **changed)


@pytest.mark.parametrize("place", [("repository", "full_name"), ("pull_request", "base", "repo", "full_name")])
def test_an_event_of_another_repository(github: Site, place: tuple[str, ...]) -> None:
    job = github.job()
    edit_event(job, *place, "mallory/shops")
    refused(github, job, codes.OTHER_REPOSITORY)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("repository",), None),
        (("pull_request", "number"), "17"),
        (("pull_request", "head", "sha"), "$(id)"),
        (("pull_request", "base", "sha"), "main"),
        (("pull_request", "base", "ref"), None),
    ],
)
def test_an_event_that_is_incomplete(github: Site, place: tuple[str, ...], value: object) -> None:
    job = github.job()
    edit_event(job, *place, value)
    refused(github, job, codes.CI_EVENT)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b"\xff", b"[" * 100_000])
def test_an_event_file_that_is_broken(github: Site, content: bytes) -> None:
    job = github.job()
    (job.scratch / "event.json").write_bytes(content)
    refused(github, job, codes.CI_EVENT)


@pytest.mark.parametrize("path", ["/nowhere/event.json", "/", "\x00"])
def test_an_event_file_that_is_not_there(github: Site, path: str) -> None:
    refused(github, github.job(), codes.CI_EVENT, GITHUB_EVENT_PATH=path)


@pytest.mark.parametrize("name", ["head_sha", "base_sha", "base_ref"])
def test_a_merge_group_that_is_incomplete(github: Site, name: str) -> None:
    job = github.runner.github_merge_group(17)
    edit_event(job, "merge_group", name, "-x")
    refused(github, job, codes.CI_EVENT)


def test_outputs_and_summary_go_to_the_files_of_the_forge(site: Site) -> None:
    job = site.job()
    ours = job_of(site, job)
    ours.write_outputs({"fingerprint": "sha256:abc", "changed": "2"})
    written = ours.write_summary("# Plan\n")
    if site.kind == "github":
        assert job.outputs == {"fingerprint": "sha256:abc", "changed": "2"}
        assert (written, job.summary) == (True, "# Plan\n")
    else:
        assert job.outputs == {"PLAN_FINGERPRINT": "sha256:abc", "PLAN_CHANGED": "2"}
        assert not written


def test_a_summary_stays_within_the_limit_of_a_step(github: Site) -> None:
    job = github.job()
    ours = job_of(github, job)
    assert ours.write_summary("a\n" * 100_000)
    assert ours.write_summary("計画の行\n" * 100_000)
    assert 900_000 < len(job.summary.encode()) <= 1024 * 1024
    assert job.summary.endswith("計画の行\n…\n")
    assert ours.write_summary("計画の行\n" * 100_000)
    assert len(job.summary.encode()) <= 1024 * 1024


def test_a_file_that_cannot_be_written(github: Site) -> None:
    with pytest.raises(SetupError) as caught:
        job_of(github, github.job(), GITHUB_OUTPUT="/nowhere/output").write_outputs({"changed": "1"})
    assert caught.value.code is codes.CI_OUTPUT


def job_of(site: Site, job: Job, **more: str):
    from reconciler.adapters.forges.job import EnvironmentJob  # noqa: PLC0415

    return EnvironmentJob({**job.environment, **more}, job.clone, site.clock)


def context_of(site: Site, job: Job, **more: str):
    return job_of(site, job, **more).context()


def refused(site: Site, job: Job, code: object, **more: str) -> SetupError:
    with pytest.raises(SetupError) as caught:
        context_of(site, job, **more)
    assert caught.value.code is code
    assert site.server.requests == []
    return caught.value


def edit_event(job: Job, *place: Any) -> None:
    """The last word is the value."""
    *path, last, value = place
    file = job.scratch / "event.json"
    event = json.loads(file.read_text())
    inner = event
    for name in path:
        inner = inner[name]
    inner[last] = value
    file.write_text(json.dumps(event))
