"""The steps of the shipped CI files, executed against the stand-in of each forge: from a pull request to an applied change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ci_files.forge_site import FLEET, ROOT, SECRETS, SHOP_SECRETS, Forge, forge, workflow
from tests.ci_files.steps import Contexts, Machine, gitlab_pipeline, read, run_github_job, run_gitlab_job
from tests.ci_files.test_shipped_files import COMPONENT, FORKS, WORKFLOW
from tests.support.forge.runner import Job

TOKEN = "amzn.mws.11111111-2222-4333-8444-555555555555"
PLAN = "reconciler / plan (production)"


@dataclass(frozen=True, slots=True)
class Site:
    """One forge, the shipped files for it, and a runner that has the tool as a wheel."""

    forge: Forge
    kind: str
    python: Path
    wheel: Path

    def run(self, name: str, job: Job, *, secrets: Mapping[str, str] = SECRETS) -> tuple[int, Machine]:
        """The exit code of the job, and what it left."""
        if self.kind == "github":
            machine = self.forge.machine(job, self.python)
            path = FORKS if name == "comment" else WORKFLOW
            contexts = self.forge.contexts(job, secrets)
            return run_github_job(machine, workflow(path, self.wheel), name, contexts), machine
        tokens = dict(
            line.strip().split("=", 1) for line in secrets.get("SHOP_SECRETS", "").splitlines() if "=" in line
        )
        given = {name: value for name, value in secrets.items() if name != "SHOP_SECRETS"}
        machine = self.forge.machine(job, self.python, **given, **tokens)
        pipeline = gitlab_pipeline(COMPONENT, {"requirement": str(self.wheel)})
        return run_gitlab_job(machine, pipeline[f"reconciler {name}"]), machine

    def pull_request(self, *, merged: bool = True) -> Job:
        runner = self.forge.runner
        return (
            runner.github_pull_request(17) if self.kind == "github" else runner.gitlab_merge_request(17, merged=merged)
        )

    def queue(self) -> Job:
        runner = self.forge.runner
        return runner.github_merge_group(17) if self.kind == "github" else runner.gitlab_merge_request(17, merged=True)

    def push(self, event: str = "push") -> Job:
        runner = self.forge.runner
        return runner.github_push(event=event) if self.kind == "github" else runner.gitlab_push(event=event)

    def issue_job(self) -> Job:
        """With a token that has the rights of this job."""
        runner = self.forge.runner
        if self.kind == "github":
            return runner.github_push(event="schedule", token=runner.issues_token)
        return runner.gitlab_push(event="schedule")

    def artifact(self, name: str) -> Any:
        [found] = self.forge.folder.joinpath("artifacts").rglob(name)
        return json.loads(found.read_text())


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, tmp_path: Path, python: Path, wheel: Path) -> Iterator[Site]:
    with forge(request.param, tmp_path) as made:
        yield Site(made, request.param, python, wheel)


@pytest.fixture
def gitlab(tmp_path: Path, python: Path, wheel: Path) -> Iterator[Site]:
    with forge("gitlab", tmp_path) as made:
        yield Site(made, "gitlab", python, wheel)


@pytest.fixture
def github(tmp_path: Path, python: Path, wheel: Path) -> Iterator[Site]:
    with forge("github", tmp_path) as made:
        yield Site(made, "github", python, wheel)


def change(site: Site) -> None:
    site.forge.change("feature", "uji-cups", "amazon-pay@", "desk@")
    site.forge.world.open_pull("feature")


def from_fork(site: Site, old: str, new: str) -> None:
    site.forge.change("feature", "uji-cups", old, new)
    site.forge.world.open_pull("feature", fork="matsue-clay/shops")


def shop(outcomes: Any, name: str) -> Any:
    [found] = [each for each in outcomes["shops"] if each["shop"] == name]
    return found


def test_from_a_pull_request_to_an_applied_change(site: Site) -> None:
    change(site)
    code, machine = site.run("plan", site.pull_request())
    assert code == 0, machine.log
    [comment] = site.forge.comments
    assert "uji-cups" in comment
    assert site.forge.records[PLAN] == "success"
    fingerprint = site.artifact("plan.json")["fingerprint"]
    assert fingerprint in comment
    assert [path.name for path in site.forge.folder.joinpath("artifacts").rglob("plan.html")] == ["plan.html"]

    code, machine = site.run("check", site.queue())
    assert code == 0, machine.log

    site.forge.world.merge(17, "squash")
    code, machine = site.run("apply", site.push())
    assert code == 0, machine.log
    code, machine = site.run("drift", site.push("schedule"))
    assert code == 2, machine.log
    assert "nara-brush" in machine.log
    assert "desk@uji-cups.example" not in machine.log
    code, machine = site.run("issues", site.issue_job())
    assert code == 0, machine.log
    assert [each.closed_at for each in site.forge.world.issues] == [None]
    assert "`nara-brush`" in site.forge.world.issues[0].body


def test_a_plan_that_is_no_longer_the_reviewed_one_is_refused(site: Site) -> None:
    change(site)
    assert site.run("plan", site.pull_request())[0] == 0
    text = (FLEET / "shops/_defaults.yaml").read_text()
    site.forge.world.remote.commit(
        "main", {"shops/_defaults.yaml": text.replace("pre_order: true", "pre_order: false")}
    )
    assert site.run("check", site.queue())[0] == 3
    site.forge.world.merge(17, "merge")
    code, machine = site.run("apply", site.push())
    assert code == 3, machine.log
    assert "refused" in machine.log


def test_the_secrets_of_the_shops_reach_the_tool_and_no_output(site: Site) -> None:
    site.forge.change("feature", "uji-cups", "UJI_CUPS_TOKEN", "UJI_CUPS_TOKEN_2")
    site.forge.world.open_pull("feature")
    logs = [site.run("plan", site.pull_request())[1].log]
    site.forge.world.merge(17, "squash")
    more = SECRETS | {"SHOP_SECRETS": f"{SHOP_SECRETS}\n# rotated\nUJI_CUPS_TOKEN_2={TOKEN}"}
    code, machine = site.run("apply", site.push(), secrets=more)
    assert code in (0, 3), machine.log
    kept = [path.read_text() for path in site.forge.folder.joinpath("artifacts").rglob("*") if path.is_file()]
    assert not any(TOKEN in text for text in (*logs, machine.log, *kept, *site.forge.comments))


def test_a_line_that_is_no_secret_stops_the_job_before_the_tool(github: Site) -> None:
    change(github)
    code, machine = github.run("apply", github.push(), secrets=SECRETS | {"SHOP_SECRETS": f"no-name={TOKEN}"})
    assert code == 1
    assert "::error::A line of SHOP_SECRETS is not NAME=VALUE" in machine.log
    assert TOKEN not in machine.log


def test_a_fork_is_validated_without_secrets_and_the_second_stage_comments(github: Site) -> None:
    from_fork(github, "wave: rest", "wave: [rest]")
    code, machine = github.run("validate", github.pull_request(), secrets={})
    assert code == 1, machine.log
    assert github.forge.comments == []
    assert github.forge.world.records == []
    code, machine = github.run("comment", github.forge.runner.github_workflow_run(17), secrets={})
    assert code == 0, machine.log
    [comment] = github.forge.comments
    assert "shops/uji-cups.yaml" in comment
    assert "M102" in comment


def test_an_artifact_that_a_fork_made_up_changes_nothing(github: Site) -> None:
    from_fork(github, "amazon-pay@", "desk@")
    made_up = github.forge.folder / "artifacts/reconciler-validation/validated.json"
    made_up.parent.mkdir(parents=True)
    made_up.write_text('{"version": "reconciler/validated/v1", "number": 17, "body": "@everyone <script>"}')
    code, machine = github.run("comment", github.forge.runner.github_workflow_run(17), secrets={})
    assert code == 1, machine.log
    assert github.forge.comments == []


def test_a_merge_request_of_a_fork_is_validated(gitlab: Site) -> None:
    from_fork(gitlab, "amazon-pay@", "desk@")
    code, machine = gitlab.run("validate", gitlab.pull_request(), secrets={})
    assert code == 0, machine.log
    assert gitlab.artifact("codequality.json") == []
    assert gitlab.forge.comments == []


def test_without_a_requirement_the_job_stops_at_the_installation(github: Site) -> None:
    change(github)
    job = github.pull_request()
    machine = github.forge.machine(job, github.python)
    assert run_github_job(machine, read(WORKFLOW), "plan", github.forge.contexts(job, {})) != 0
    assert len(machine.executed) == 1


def test_the_composite_action_runs_the_command_that_it_is_given(github: Site) -> None:
    change(github)
    job = github.pull_request()
    machine = github.forge.machine(job, github.python, **{k: v for k, v in SECRETS.items() if k != "SHOP_SECRETS"})
    action = read(ROOT / "action.yml")
    given = {"command": "plan", "requirement": str(github.wheel), "token": job.environment["GITHUB_TOKEN"]}
    values = {name: given.get(name, spec.get("default", "")) for name, spec in action["inputs"].items()}
    contexts = Contexts({"inputs": values})
    steps = {"jobs": {"action": {"steps": action["runs"]["steps"]}}}
    assert run_github_job(machine, steps, "action", contexts) == 0, machine.log
    assert job.outputs["changed"] == "1"
    wrong = Contexts({"inputs": values | {"command": "plan; id"}})
    assert run_github_job(machine, steps, "action", wrong) == 1
    assert "uid=" not in machine.log
