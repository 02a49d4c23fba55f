"""`doctor ci` in a job with a token: what the forge says of the branch and of the environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.ci_files.forge_site import Forge, forge
from tests.cli.ci.in_process import here
from tests.support.forge.runner import Job
from tests.support.forge.world import REPOSITORY

RULES = [
    {"type": "pull_request", "parameters": {"required_approving_review_count": 1, "require_code_owner_review": True}},
    {
        "type": "required_status_checks",
        "parameters": {"required_status_checks": [{"context": "reconciler / plan (production)"}]},
    },
]
ENVIRONMENTS = {"environments": [{"name": "production", "deployment_branch_policy": {"protected_branches": True}}]}
GITHUB = {"rules": RULES, "branch": {"protected": True}, "environments": ENVIRONMENTS}
GITLAB = {
    "project": {"only_allow_merge_if_pipeline_succeeds": True},
    "protected_branch": {"name": "main", "code_owner_approval_required": True},
    "approval_rules": [{"approvals_required": 1}],
    "protected_environments": [{"name": "production", "deploy_access_levels": [{"access_level": 40}]}],
}


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Forge, Job, dict[str, Any]]]:
    """The forge, a job on the default branch of a fleet whose CI is set up, and a full protection."""
    with forge(request.param, tmp_path) as made:
        job = made.runner.github_push() if request.param == "github" else made.runner.gitlab_push()
        done = here(
            job, "init", "--ci", request.param, "--owner", "@example/payments", "--requirement", "reconciler==1"
        )
        assert done.returncode == 0, done.stderr
        yield made, job, dict(GITHUB if request.param == "github" else GITLAB)


def checks(job: Job, more: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """The rows that speak of the forge, by their status."""
    done = here(job, "doctor", "ci", "-o", "json", more=more)
    rows = json.loads(done.stdout)["rows"]
    words = ("main", "environment", "FORGE", "TOKEN", "token", "merge", "default branch")
    found = [row for row in rows if any(word in row["check"] for word in words)]
    return {status: [r["check"] for r in found if r["status"] == status] for status in ("ok", "problem", "skipped")}


def test_a_protected_branch_and_environment(site: tuple[Forge, Job, dict[str, Any]]) -> None:
    made, job, protection = site
    made.world.protection = protection
    found = checks(job)
    assert (len(found["ok"]), found["problem"], found["skipped"]) == (5, [], [])


def test_each_missing_protection_is_a_problem(site: tuple[Forge, Job, dict[str, Any]]) -> None:
    made, job, _protection = site
    made.world.protection = {
        "rules": [{"type": "pull_request", "parameters": {}}, {"type": "required_status_checks", "parameters": {}}],
        "branch": {"protected": False},
        "environments": {"environments": [{"name": "production", "deployment_branch_policy": None}]},
        "project": {"only_allow_merge_if_pipeline_succeeds": False},
        "protected_branch": {"name": "main", "code_owner_approval_required": False},
        "approval_rules": [],
        "protected_environments": [],
    }
    found = checks(job)
    assert len(found["problem"]) == 4
    assert sum("C406" in text for text in found["problem"]) == 3
    assert sum("C407" in text for text in found["problem"]) == 1


def test_a_gitlab_branch_that_is_not_protected_at_all(tmp_path: Path) -> None:
    with forge("gitlab", tmp_path) as made:
        job = made.runner.gitlab_push()
        assert here(job, "init", "--ci", "gitlab").returncode == 0
        made.world.protection = {name: value for name, value in GITLAB.items() if name != "protected_branch"}
        assert any("main is not protected" in text for text in checks(job)["problem"])


def test_without_the_name_of_the_default_branch_the_forge_is_not_asked(tmp_path: Path) -> None:
    with forge("github", tmp_path) as made:
        job = made.runner.github_push()
        assert here(job, "init", "--ci", "github").returncode == 0
        (job.scratch / "event.json").write_text(json.dumps({"repository": {"full_name": REPOSITORY}}))
        found = checks(job)
        assert (found["ok"], found["problem"], made.server.requests) == ([], [], [])
        assert any("does not name the default branch" in text for text in found["skipped"])


def test_what_the_token_may_not_read_is_not_judged(site: tuple[Forge, Job, dict[str, Any]]) -> None:
    made, job, _protection = site
    made.world.protection = {}
    found = checks(job)
    assert [text for text in found["problem"] if "main is not protected" not in text] == []
    assert len(found["skipped"]) >= 4


def test_without_a_token_the_files_are_still_checked(site: tuple[Forge, Job, dict[str, Any]]) -> None:
    _made, job, _protection = site
    without = {"GITHUB_TOKEN": "", "CI_JOB_TOKEN": "", "RECONCILER_FORGE_TOKEN": ""}
    assert len(checks(job, without)["problem"]) == 1


def test_outside_a_job_it_says_what_was_not_checked(site: tuple[Forge, Job, dict[str, Any]]) -> None:
    _made, job, _protection = site
    found = checks(job, {"GITHUB_ACTIONS": "", "GITLAB_CI": ""})
    assert found["problem"] == []
    assert any("Not checked outside a CI job" in text for text in found["skipped"])
