"""What the shipped CI files say: rights, secrets, pins, and which job an event starts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from reconciler.cli.app import app
from tests.ci_files.steps import EXPRESSION, Contexts, github_jobs, gitlab_jobs, gitlab_pipeline, read

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "reconciler/adapters/ci_files/templates"
WORKFLOW = TEMPLATES / "github/reconciler.yml"
FORKS = TEMPLATES / "github/reconciler-forks.yml"
COMPONENT = TEMPLATES / "gitlab/reconciler.yml"
REUSABLE = {
    path.stem.removeprefix("reconciler-"): path for path in (ROOT / ".github/workflows").glob("reconciler-*.yml")
}
GITHUB_FILES = [
    WORKFLOW,
    *(TEMPLATES / "github").glob("*.yml"),
    ROOT / "action.yml",
    *(ROOT / ".github/workflows").glob("*.yml"),
]
HERE, FORK = "kyoto-tea/shops", "matsue-clay/shops"

PINS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("ece7cb06caefa5fff74198d8649806c4678c61a1", "v6.3.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
}
"""Commit and tag, as the actions' own repositories have them."""

RIGHTS = {
    "validate": {"contents": "read"},
    "plan": {"contents": "read", "checks": "write", "pull-requests": "write"},
    "check": {"contents": "read", "checks": "write", "pull-requests": "read"},
    "apply": {"contents": "read", "checks": "write", "pull-requests": "write"},
    "drift": {"contents": "read"},
    "issues": {"contents": "read", "issues": "write"},
    "comment": {"actions": "read", "contents": "read", "pull-requests": "write"},
}


def steps(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "runs" in document:
        yield from document["runs"]["steps"]
    for job in document.get("jobs", {}).values():
        yield from job.get("steps", ())


@pytest.mark.parametrize("path", GITHUB_FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_to_the_commit_of_its_tag(path: Path) -> None:
    used = re.findall(r"^[ -]*uses: (\S+)@(\S+)(?: # (\S+))?", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert {(name, (commit, tag)) for name, commit, tag in used} <= set(PINS.items())


@pytest.mark.parametrize("path", GITHUB_FILES, ids=lambda path: path.name)
def test_no_expression_is_put_into_shell_text(path: Path) -> None:
    assert [step["run"] for step in steps(read(path)) if EXPRESSION.search(step.get("run", ""))] == []


@pytest.mark.parametrize("name", RIGHTS)
def test_each_job_has_the_least_rights(name: str) -> None:
    workflow = read(_copied(name))
    assert workflow["permissions"] == {}
    assert workflow["jobs"][name]["permissions"] == RIGHTS[name]
    assert set(read(WORKFLOW)["jobs"]) | set(read(FORKS)["jobs"]) == set(RIGHTS)


def _copied(name: str) -> Path:
    """The file that a team copies with this job in it."""
    return FORKS if name == "comment" else WORKFLOW


@pytest.mark.parametrize("name", RIGHTS)
def test_a_reusable_workflow_is_the_job_of_the_workflow_that_teams_copy(name: str) -> None:
    reusable = read(REUSABLE[name])
    called, copied = reusable["jobs"][name], dict(read(_copied(name))["jobs"][name])
    del copied["if"]
    copied.pop("needs", None)
    defaults = {key: spec.get("default") for key, spec in _call(reusable)["inputs"].items()}
    given = {key: f"${{{{ inputs.{key} }}}}" for key in defaults}
    assert called == _replaced(
        copied, {defaults[key]: given[key] for key in ("runner", "environment") if key in defaults}
    )
    assert reusable["env"] == {"REQUIREMENT": "${{ inputs.requirement }}"}
    assert reusable["permissions"] == {}
    declared = set(_call(reusable).get("secrets", {}))
    assert declared == set(re.findall(r"secrets\.(\w+)", REUSABLE[name].read_text(encoding="utf-8")))


def _call(workflow: Mapping[Any, Any]) -> dict[str, Any]:
    """Of `on`, which YAML 1.1 reads as true."""
    call: dict[str, Any] = workflow[True]["workflow_call"]
    return call


def _replaced(job: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    keys = {"ubuntu-latest": "runs-on", "production": "environment"}
    return job | {keys[word]: given for word, given in words.items()}


def test_an_apply_is_queued_and_never_cancelled() -> None:
    apply = read(WORKFLOW)["jobs"]["apply"]
    assert apply["concurrency"] == {"group": "reconciler-apply", "queue": "max", "cancel-in-progress": False}
    assert apply["environment"] == "production"
    job = gitlab_pipeline(COMPONENT, {"requirement": "x"})["reconciler apply"]
    assert (job["resource_group"], job["interruptible"]) == ("reconciler-apply", False)
    assert job["environment"] == {"name": "production"}


def test_the_job_of_a_fork_gets_no_secret_and_no_token() -> None:
    job = read(WORKFLOW)["jobs"]["validate"]
    assert "secrets." not in str(job)
    assert "github.token" not in str(job)


def test_the_second_stage_runs_for_forks_only_and_checks_nothing_out() -> None:
    workflow = read(FORKS)
    assert "actions/checkout" not in FORKS.read_text(encoding="utf-8")
    assert "secrets." not in FORKS.read_text(encoding="utf-8")
    for repository, jobs in ((FORK, ("comment",)), (HERE, ())):
        run = {"event": "pull_request", "head_repository": {"full_name": repository}}
        assert github_jobs(workflow, event("workflow_run", workflow_run=run)) == jobs
    assert github_jobs(workflow, event("workflow_run", workflow_run={"event": "push"})) == ()


def event(name: str, **content: Any) -> Contexts:
    github = {"event_name": name, "repository": HERE, "ref_name": "main"}
    repository = {"default_branch": "main"} if name != "schedule" else {}
    return Contexts({"github": github | content.pop("github", {}) | {"event": {"repository": repository} | content}})


def with_issues(schedule: str) -> Contexts:
    """In a repository that has the variable."""
    return Contexts({**event("schedule", schedule=schedule).values, "vars": {"RECONCILER_ISSUES": "true"}})


def pull_request(repository: str | None) -> dict[str, Any]:
    head = {"repo": None if repository is None else {"full_name": repository}}
    return {"pull_request": {"number": 17, "head": head}}


@pytest.mark.parametrize(
    ("contexts", "jobs"),
    [
        (event("pull_request", **pull_request(HERE)), ("plan",)),
        (event("pull_request", **pull_request(FORK)), ("validate",)),
        (event("pull_request", **pull_request(None)), ("validate",)),
        (event("merge_group"), ("check",)),
        (event("push"), ("apply",)),
        (event("schedule", schedule="7 * * * *"), ("apply",)),
        (event("schedule", schedule="37 20 * * *"), ("drift",)),
        (with_issues("37 20 * * *"), ("drift", "issues")),
        (with_issues("7 * * * *"), ("apply",)),
        (event("workflow_dispatch"), ("apply",)),
        (event("workflow_dispatch", github={"ref_name": "feature"}), ()),
    ],
)
def test_which_job_an_event_starts_on_github(contexts: Contexts, jobs: tuple[str, ...]) -> None:
    assert github_jobs(read(WORKFLOW), contexts) == jobs


MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_PROJECT_ID": "1",
    "CI_DEFAULT_BRANCH": "main",
}
ON_MAIN = {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
WITH_ISSUES = ON_MAIN | {"RECONCILER_ISSUES": "true"}


@pytest.mark.parametrize(
    ("variables", "jobs"),
    [
        (MERGE_REQUEST | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1"}, ("plan",)),
        (MERGE_REQUEST | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}, ("validate",)),
        (MERGE_REQUEST | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}, ("check",)),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "push"}, ("apply",)),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "web"}, ("apply",)),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "schedule"}, ("apply",)),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "schedule", "RECONCILER_SCHEDULE": "drift"}, ("drift",)),
        (WITH_ISSUES | {"CI_PIPELINE_SOURCE": "schedule", "RECONCILER_SCHEDULE": "drift"}, ("drift", "issues")),
        (WITH_ISSUES | {"CI_PIPELINE_SOURCE": "schedule"}, ("apply",)),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature"}, ()),
        (ON_MAIN | {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "feature"}, ()),
    ],
)  # fmt: skip
def test_which_job_an_event_starts_on_gitlab(variables: dict[str, str], jobs: tuple[str, ...]) -> None:
    pipeline = gitlab_pipeline(COMPONENT, {"requirement": "x"})
    assert gitlab_jobs(pipeline, variables) == tuple(f"reconciler {job}" for job in jobs)


def test_the_component_of_this_repository_is_the_one_that_init_writes() -> None:
    assert (ROOT / "templates/reconciler/template.yml").read_bytes() == COMPONENT.read_bytes()


@pytest.mark.parametrize(
    "path", [ROOT / ".pre-commit-hooks.yaml", TEMPLATES / "pre-commit-config.yaml"], ids=lambda p: p.name
)
def test_hooks_run_commands_of_the_tool(path: Path) -> None:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    hooks = loaded if isinstance(loaded, list) else [hook for repo in loaded["repos"] for hook in repo["hooks"]]
    assert {hook["id"] for hook in hooks} == {"reconciler-validate", "reconciler-fmt"}
    for hook in hooks:
        program, *words = shlex.split(hook["entry"])
        assert program == "reconciler"
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
        assert hook["pass_filenames"] is False
        assert re.search(hook["files"], "shops/kyoto-tea.yaml")
        assert not re.search(hook["files"], "README.md")
