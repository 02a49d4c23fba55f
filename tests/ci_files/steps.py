"""One job of a CI file, executed: each `run:` or `script:` by bash, with the environment that a runner gives and no more.

The actions that the templates use are a checkout (the clone is there already), Python (a virtual environment) and artifacts
(folders); any other is an error, and so is one without a full commit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci_files.conditions import Condition

ACTION = re.compile(r"actions/(checkout|setup-python|upload-artifact|download-artifact)@[0-9a-f]{40}")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
SECONDS = 300


@dataclass(slots=True, kw_only=True)
class Machine:
    """What a job runs on. `python` is a virtual environment; `environment` is what the forge sets; `artifacts` outlive the job.
    `log` is what the job printed.
    """

    clone: Path
    temporary: Path
    python: Path
    artifacts: Path
    environment: Mapping[str, str]
    log: str = ""
    executed: list[str] = field(default_factory=list)

    def bash(self, script: str, more: Mapping[str, str]) -> int:
        path = f"{self.python / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.clone,
            env={**self.environment, **more, "PATH": path},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        self.log += done.stdout
        self.executed.append(script)
        return done.returncode


@dataclass(frozen=True, slots=True)
class Contexts:
    """The names of GitHub's expressions: `github`, `secrets`, `inputs`, `runner`, `env`."""

    values: Mapping[str, Any]

    def look_up(self, name: str) -> Any:
        found: Any = self.values
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def fill(self, text: object) -> str:
        """An unknown name is empty, as on a runner; a boolean and a number are what YAML writes."""
        written = {True: "true", False: "false"}.get(text, str(text)) if isinstance(text, bool) else str(text)
        return EXPRESSION.sub(lambda found: str(Condition(found[1].strip(), self.look_up).value() or ""), written)

    def holds(self, condition: object) -> bool:
        return bool(Condition(str(condition).removeprefix("${{").removesuffix("}}"), self.look_up))


def read(path: Path) -> dict[str, Any]:
    """GitHub's key `on` is a boolean to PyYAML; nothing here reads it."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def github_jobs(workflow: Mapping[str, Any], contexts: Contexts) -> tuple[str, ...]:
    """The jobs that the event starts."""
    return tuple(name for name, job in workflow["jobs"].items() if "if" not in job or contexts.holds(job["if"]))


def run_github_job(machine: Machine, workflow: Mapping[str, Any], name: str, contexts: Contexts) -> int:
    """The exit code of the step that failed; later steps run only if they say `always()`. 0: all went well."""
    job = workflow["jobs"][name]
    outer = {**workflow.get("env", {}), **job.get("env", {})}
    failed = 0
    for step in job["steps"]:
        if failed and step.get("if") != "always()":
            continue
        code = _github_step(machine, step, outer, contexts)
        failed = failed or code
    return failed


def _github_step(machine: Machine, step: Mapping[str, Any], outer: Mapping[str, Any], contexts: Contexts) -> int:
    if "uses" in step:
        _use(machine, step["uses"], {key: contexts.fill(value) for key, value in step.get("with", {}).items()})
        return 0
    assert EXPRESSION.search(step["run"]) is None, "an expression is put into shell text"
    own = {key: contexts.fill(value) for key, value in {**outer, **step.get("env", {})}.items()}
    return machine.bash(step["run"], own)


def _use(machine: Machine, action: str, given: Mapping[str, str]) -> None:
    found = ACTION.fullmatch(action)
    assert found is not None, f"not pinned, or not known: {action}"
    match found[1]:
        case "checkout":
            assert given["persist-credentials"] == "false"
            if given.get("fetch-depth") == "0":
                subprocess.run(
                    ["git", "fetch", "-q", "--unshallow"], cwd=machine.clone, check=False, capture_output=True
                )
        case "upload-artifact":
            places = list(_places(machine, given["path"]))
            for place in places:  # of one folder its content is kept
                target = machine.artifacts / given["name"] / (place.name if len(places) > 1 else "")
                shutil.copytree(place, target, dirs_exist_ok=True)
        case "download-artifact":
            source = machine.artifacts / given["name"]
            shutil.copytree(source, machine.clone / given["path"], dirs_exist_ok=True)


def _places(machine: Machine, paths: str) -> Iterator[Path]:
    for line in paths.split("\n"):
        place = machine.clone / line.strip()
        if line.strip() and place.is_dir():
            yield place


def gitlab_pipeline(component: Path, inputs: Mapping[str, object]) -> dict[str, Any]:
    """The jobs of a component as a project sees them: inputs put in, `extends` resolved."""
    head, body = component.read_text(encoding="utf-8").split("\n---\n")
    declared = yaml.safe_load(head)["spec"]["inputs"]
    values = {name: inputs.get(name, spec.get("default")) for name, spec in declared.items()}
    assert set(inputs) <= set(declared)
    assert None not in values.values(), "an input without a default is missing"
    filled = _filled(yaml.safe_load(body), values)
    jobs = {name: {**filled.get(job.get("extends"), {}), **job} for name, job in filled.items()}
    return {name: job for name, job in jobs.items() if not name.startswith(".")}


def _filled(node: Any, values: Mapping[str, object]) -> Any:
    match node:
        case dict():
            return {key: _filled(value, values) for key, value in node.items()}
        case list():
            return [_filled(value, values) for value in node]
        case str():
            whole = re.fullmatch(r"\$\[\[ inputs\.([\w-]+) \]\]", node)
            return values[whole[1]] if whole else node
    return node


def gitlab_jobs(pipeline: Mapping[str, Any], variables: Mapping[str, str]) -> tuple[str, ...]:
    """The jobs that a rule adds to the pipeline: the first rule that holds decides."""
    return tuple(name for name, job in pipeline.items() if _added(job["rules"], variables))


def _added(rules: list[Mapping[str, str]], variables: Mapping[str, str]) -> bool:
    for rule in rules:
        if Condition(rule["if"], lambda name: variables.get(name.removeprefix("$"))):
            return rule.get("when") != "never"
    return False


def run_gitlab_job(machine: Machine, job: Mapping[str, Any]) -> int:
    """`before_script` and `script` are one script. Artifacts are kept whatever the outcome."""
    own = {key: value["value"] if isinstance(value, dict) else value for key, value in job["variables"].items()}
    if own.pop("GIT_DEPTH") == "0":
        subprocess.run(["git", "fetch", "-q", "--unshallow"], cwd=machine.clone, check=False, capture_output=True)
    code = machine.bash("\n".join([*job["before_script"], *job["script"]]), own)
    kept = job.get("artifacts", {})
    assert not kept or kept["when"] == "always"
    for name in (*kept.get("paths", ()), *kept.get("reports", {}).values()):
        if (machine.clone / name).exists():
            target = machine.artifacts / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (machine.clone / name).is_dir() else shutil.copy)(machine.clone / name, target)
    return code
