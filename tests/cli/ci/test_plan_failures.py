"""`ci plan` where the forge, Git or the job is not as it should be: the plan is never lost, or nothing is sent."""

from __future__ import annotations

import re

import pytest

from tests.cli.ci.conftest import FINGERPRINT, NUMBER, ForgeSite
from tests.cli.ci.in_process import Done, here
from tests.support.forge.http import Fault
from tests.support.forge.remote import git


def test_while_it_runs_the_comment_says_planning(site: ForgeSite) -> None:
    """The job dies after it announced itself: what is left behind says so, and not that the old plan is current."""
    here(site.job(), "ci", "plan")
    job = site.job()
    (job.clone / "reconciler.yaml").write_text(
        "backend: {kind: http, url: 'http://127.0.0.1:9', client_id: x, client_secret: ref+env://SECRET}\n"
    )
    done = here(job, "ci", "plan", more={"SECRET": "secret"})
    assert done.returncode == 4
    (comment,) = site.comments
    assert "No plan" in comment
    assert not FINGERPRINT.search(comment)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", path=".", status=500, times=99),
        Fault(method="GET", path=".", status=502, times=99),
        Fault(method="POST", path=".", status=0, times=99),
        Fault(method="POST", path=".", status=403, times=99, body={"message": "Resource not accessible"}),
        Fault(method="POST", path=".", status=429, times=99, headers={"Retry-After": "86400"}),
        Fault(method="POST", path=".", status=200, times=99, body=[]),
        Fault(method="POST", path=".", status=422, times=99, body={"message": "::error::x"}),
    ],
    ids=lambda fault: f"{fault.method}-{fault.status}",
)
def test_a_failing_forge_never_loses_the_plan(site: ForgeSite, fault: Fault) -> None:
    site.server.faults = [fault]
    job = site.job()
    done = here(job, "ci", "plan")
    assert done.returncode == 0
    fingerprint = FINGERPRINT.search(done.stdout)
    assert fingerprint is not None
    assert re.search(r"warning\[C20\d\]", done.stderr), done.stderr
    assert fingerprint[0] in job.outputs.values()
    assert len(site.server.requests) <= 8


def test_a_forge_that_is_gone_never_loses_the_plan(site: ForgeSite) -> None:
    gone = {"GITHUB_API_URL": "http://127.0.0.1:9", "CI_API_V4_URL": "http://127.0.0.1:9/api/v4"}
    done = here(site.job(), "ci", "plan", more=gone)
    assert done.returncode == 0
    assert FINGERPRINT.search(done.stdout)
    assert "C201" in done.stderr


def test_without_a_token_the_plan_is_made_and_nothing_is_sent(site: ForgeSite) -> None:
    none = {"GITHUB_TOKEN": "", "CI_JOB_TOKEN": "", "RECONCILER_FORGE_TOKEN": ""}
    done = here(site.job(), "ci", "plan", more=none)
    assert (done.returncode, site.server.requests) == (0, [])
    assert "C206" in done.stderr


def test_a_job_token_of_gitlab_falls_back_to_log_and_files_and_says_so(gitlab: ForgeSite) -> None:
    job = gitlab.runner.gitlab_merge_request(NUMBER, bot=False)
    done = here(job, "ci", "plan")
    assert done.returncode == 0
    assert "project access token" in done.stderr
    assert job.outputs["PLAN_CHANGED"] == "1"
    assert gitlab.comments == []


def test_another_commit_than_that_of_the_event(site: ForgeSite) -> None:
    job = site.job()
    git(job.clone, "fetch", "-q", "--depth=1", "origin", "refs/heads/main")
    git(job.clone, "checkout", "-q", "--detach", "FETCH_HEAD")
    refused(site, here(job, "ci", "plan"), "C106")


def test_no_git(site: ForgeSite) -> None:
    job = site.job()
    (job.clone / ".git").rename(job.scratch / "git")
    refused(site, here(job, "ci", "plan"), "C105")


def test_history_that_cannot_be_fetched(site: ForgeSite) -> None:
    job = site.job(merged=False)
    git(job.clone, "remote", "set-url", "origin", "file:///nowhere.git")
    done = here(job, "ci", "plan")
    refused(site, done, "C107")
    assert "fetch-depth: 0" in done.stderr


def test_a_job_without_a_pull_request(site: ForgeSite) -> None:
    runner = site.runner
    job = runner.github_push() if site.kind == "github" else runner.gitlab_push()
    refused(site, here(job, "ci", "plan"), "C108")


def test_no_ci(site: ForgeSite) -> None:
    refused(site, here(site.job(), "ci", "plan", more={"GITHUB_ACTIONS": "", "GITLAB_CI": ""}), "C101")


def test_a_file_of_the_job_that_cannot_be_written_is_an_error_with_the_plan(github: ForgeSite) -> None:
    done = here(github.job(), "ci", "plan", more={"GITHUB_OUTPUT": "/nowhere/output"})
    assert done.returncode == 1
    assert "C109" in done.stderr
    assert FINGERPRINT.search(done.stdout)


def refused(site: ForgeSite, done: Done, code: str) -> None:
    assert done.returncode == 1
    assert f"error[{code}]" in done.stderr, done.stderr
    assert site.server.requests == []
