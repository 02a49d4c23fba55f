"""`doctor ci`: the files of a repository, from those that `init --ci` writes to those that are wrong in one place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GITHUB, GITLAB = ".github/workflows/reconciler.yml", ".gitlab/reconciler.yml"
REQUIREMENT = (
    "reconciler[postgres] @ git+https://git.example/payments/reconciler@0123456789abcdef0123456789abcdef01234567"
)


@pytest.fixture
def repository(fleet: Path, run: Run) -> Path:
    """A fleet in a repository whose CI is set up for both forges; nothing is wrong."""
    (fleet / ".git").mkdir()
    (fleet / "reconciler.yaml").write_text(
        "embedded: {seed: seed.json}\nstore: postgresql://reconciler@db.example/reconciler\n"
    )
    for forge in ("github", "gitlab"):
        made = run("init", "--ci", forge, "--owner", "@example/payments", "--requirement", REQUIREMENT)
        assert made.exit_code == 0, made.output
    (fleet / "CODEOWNERS").write_text("* @example/payments\n")
    return fleet


def checks(run: Run) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(run("doctor", "ci", "-o", "json").stdout)["rows"]
    return rows


def problems(run: Run) -> list[str]:
    """`place code` of each problem; each has a fix."""
    found = [row for row in checks(run) if row["status"] == "problem"]
    assert all(row["fix"] for row in found)
    return [re.sub(r"^(?:([^ ]+?):\d+:\d+: )?(C\d+): .*", r"\1 \2", row["check"]).strip() for row in found]


def edit(repository: Path, file: str, old: str, new: str) -> None:
    path = repository / file
    text, count = re.subn(old, new, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text)


def test_what_init_writes_has_no_problem(repository: Path, run: Run) -> None:
    assert problems(run) == []
    assert run("doctor", "ci").exit_code == 0
    shown = " ".join(row["check"] for row in checks(run))
    assert "GitHub jobs: validate, plan, check, apply, drift" in shown
    assert "GitLab jobs: reconciler validate, reconciler plan, reconciler check, reconciler apply" in shown


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ((GITHUB, r"actions/checkout@\w+", "actions/checkout@v7"), f"{GITHUB} C403"),
        ((GITHUB, r"^  pull_request:$", "  pull_request_target:"), f"{GITHUB} C412"),
        ((GITHUB, r"^      checks: write.*\n", ""), f"{GITHUB} C404"),
        ((GITHUB, r"contents: read$", "contents: write"), f"{GITHUB} C404"),
        ((GITHUB, r"permissions:\n      contents: read\n    steps", "permissions: write-all\n    steps"), f"{GITHUB} C404"),
        ((GITHUB, r"^permissions: \{\}\n([\s\S]*?)    permissions:\n      contents: read\n", r"\1"), f"{GITHUB} C404"),
        ((GITHUB, r"issues: write", "issues: read"), f"{GITHUB} C404"),
        ((GITHUB, r"^    environment: .*\n", ""), f"{GITHUB} C407"),
        ((GITHUB, r"cancel-in-progress: false", "cancel-in-progress: true"), f"{GITHUB} C408"),
        ((GITHUB, r"^    concurrency:\n      group: reconciler-apply\n.*\n.*\n", ""), f"{GITHUB} C408"),
        ((GITHUB, r"fetch-depth: 0 # approvals", "fetch-depth: 1 # approvals"), f"{GITHUB} C409"),
        ((GITHUB, r"^ +persist-credentials: false\n", ""), f"{GITHUB} C413"),
        ((GITHUB, r"^ +RECONCILER_PLAN_KEY: .*\n", ""), f"{GITHUB} C411"),
        ((GITHUB, r"REQUIREMENT: .*", 'REQUIREMENT: ""'), f"{GITHUB} C414"),
        ((GITHUB, r"^jobs:", "jobs: ["), f"{GITHUB} C402"),
        ((".gitlab-ci.yml", r"requirement: .*", "requirement: ''"), ".gitlab-ci.yml C414"),
        ((".gitlab-ci.yml", r"- local: .*", "- component: git.example/x/reconciler/reconciler@1.0"), ".gitlab-ci.yml C403"),
        ((GITLAB, r"^  resource_group: .*\n", ""), f"{GITLAB} C408"),
        ((GITLAB, r"interruptible: false", "interruptible: true"), f"{GITLAB} C408"),
        ((GITLAB, r"^  environment:\n    name: .*\n", ""), f"{GITLAB} C407"),
        (("CODEOWNERS", r"\* ", "/shops/ "), "C405"),
        (("CODEOWNERS", r"$", "\n/shops/\n"), "C405"),
        (("reconciler.yaml", r"^store: .*", ""), "C410"),
    ],
)  # fmt: skip
def test_each_problem_is_found_where_it_is(
    repository: Path, run: Run, change: tuple[str, str, str], found: str
) -> None:
    edit(repository, *change)
    assert set(problems(run)) == {found}
    assert run("doctor", "ci").exit_code == 1


def test_a_shallow_pipeline_is_found_in_every_job_that_needs_history(repository: Path, run: Run) -> None:
    edit(repository, GITLAB, r'GIT_DEPTH: "0"', 'GIT_DEPTH: "20"')
    assert problems(run) == [f"{GITLAB} C409"] * 3


def test_a_repository_without_ci_files(fleet: Path, run: Run) -> None:
    assert problems(run) == ["C401"]
    assert "CI" not in run("doctor").stdout


def test_no_code_owners_at_all(repository: Path, run: Run) -> None:
    (repository / "CODEOWNERS").unlink()
    assert problems(run) == ["C405"]


def test_a_store_outside_the_work_tree_is_not_judged(repository: Path, run: Run, tmp_path_factory) -> None:
    place = tmp_path_factory.mktemp("disk") / "journal.db"
    edit(repository, "reconciler.yaml", r"^store: .*", f"store: {place}")
    assert problems(run) == []
    assert [row["status"] for row in checks(run)][-1] == "skipped"


def test_called_workflows_are_checked_for_their_pin_and_rights(repository: Path, run: Run) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    job = "  {name}:\n    uses: example/reconciler/.github/workflows/reconciler-{name}.yml@{ref}\n    permissions: {rights}\n"
    rights = "{contents: read, checks: write, pull-requests: write}"
    head = "on: [push]\njobs:\n"
    (repository / GITHUB).write_text(head + job.format(name="apply", ref=commit, rights=rights))
    assert problems(run) == []
    assert "Not checked: the jobs of the called workflows" in [row["check"] for row in checks(run)]
    (repository / GITHUB).write_text(head + job.format(name="apply", ref="main", rights="{contents: read}"))
    assert problems(run) == [f"{GITHUB} C403", f"{GITHUB} C404"]


def test_a_link_out_of_the_repository_is_not_read(repository: Path, run: Run, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yml"
    outside.write_text("jobs: {plan: {steps: [{run: reconciler ci plan}]}}\n")
    (repository / ".github/workflows/link.yml").symlink_to(outside)
    assert problems(run) == []


def test_init_in_a_fleet_adds_only_what_ci_needs(fleet: Path, run: Run) -> None:
    (fleet / ".github").mkdir()
    (fleet / ".github/CODEOWNERS").write_text("* @example/others\n")
    made = run("init", "--ci", "github", "--owner", "@example/payments", "-o", "json")
    actions = {row["file"]: row["action"] for row in json.loads(made.stdout)["rows"]}
    assert actions == {
        ".github/CODEOWNERS": "kept",
        GITHUB: "created",
        ".pre-commit-config.yaml": "created",
        ".gitignore": "created",
    }
    again = run("init", "--ci", "github", "-o", "json")
    assert {row["action"] for row in json.loads(again.stdout)["rows"]} == {"kept"}


def test_the_code_owners_of_a_new_fleet_cover_the_workflow_and_themselves(
    tmp_path: Path, monkeypatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "nara-ink", "--ci", "gitlab", "--owner", "@example/payments").exit_code == 0
    assert (tmp_path / "CODEOWNERS").read_text().splitlines() == [
        "/shops/ @example/payments",
        "/reconciler.yaml @example/payments",
        "/.gitlab-ci.yml @example/payments",
        "/.gitlab/ @example/payments",
        "/CODEOWNERS @example/payments",
    ]
    assert "C405" not in " ".join(problems(run))


def test_ci_files_belong_into_the_root_of_the_repository(fleet: Path, run: Run, monkeypatch) -> None:
    (fleet / ".git").mkdir()
    (fleet / "part").mkdir()
    monkeypatch.chdir(fleet / "part")
    result = run("init", "--ci", "github")
    assert result.exit_code == 1
    assert f"CI files belong into the root of the repository, {fleet}" in " ".join(result.stderr.split())
    assert not (fleet / "part" / ".github").exists()


def test_a_requirement_is_written_as_yaml_text(tmp_path: Path, monkeypatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "--ci", "github", "--requirement", 'a"b: #c').exit_code == 0
    assert r'REQUIREMENT: "a\"b: #c"' in (tmp_path / GITHUB).read_text()
    assert "C414" not in " ".join(problems(run))
