"""The jobs that need no forge, executed step by step: a pull request from a fork, and drift on a schedule."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.ci_files.conftest import WITHOUT_NETWORK
from tests.ci_files.steps import Contexts, Machine, read, run_github_job
from tests.ci_files.test_shipped_files import ROOT, WORKFLOW

FLEET = ROOT / "tests/cli/texts/fleet"


def machine(folder: Path, python: Path, **variables: str) -> Machine:
    """A clone of a fleet on a runner. The job's environment is what is listed here."""
    clone = folder / "clone"
    shutil.copytree(FLEET, clone)
    (folder / "temporary").mkdir()
    environment = {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "CI": "true",
        "RUNNER_TEMP": str(folder / "temporary"),
        "KYOTO_TEA_TOKEN": "",
    }
    return Machine(
        clone=clone,
        temporary=folder / "temporary",
        python=python,
        artifacts=folder / "artifacts",
        environment={**environment, **WITHOUT_NETWORK, **variables},
    )


def contexts(folder: Path, **secrets: str) -> Contexts:
    return Contexts({"runner": {"temp": str(folder / "temporary")}, "secrets": secrets, "github": {}})


def workflow(wheel: Path) -> dict[str, object]:
    made = read(WORKFLOW)
    return made | {"env": made["env"] | {"REQUIREMENT": str(wheel)}}


def artifact(machine: Machine, name: str) -> Mapping[str, object]:
    [found] = machine.artifacts.rglob(name)
    loaded: Mapping[str, object] = json.loads(found.read_text())
    return loaded


def test_a_fork_is_validated_and_its_result_is_an_artifact(tmp_path: Path, python: Path, wheel: Path) -> None:
    runner = machine(tmp_path, python)
    assert run_github_job(runner, workflow(wheel), "validate", contexts(tmp_path)) == 0, runner.log
    assert artifact(runner, "validation.json")["format"] == "reconciler/validation"


def test_a_fork_with_a_mistake_fails_and_says_where(tmp_path: Path, python: Path, wheel: Path) -> None:
    runner = machine(tmp_path, python)
    manifest = runner.clone / "shops/uji-cups.yaml"
    manifest.write_text(manifest.read_text().replace("wave: rest", "wave: [rest]"))
    assert run_github_job(runner, workflow(wheel), "validate", contexts(tmp_path)) == 1
    assert "shops/uji-cups.yaml" in runner.log
    assert "M102" in str(artifact(runner, "validation.json")["diagnostics"])


def test_without_a_requirement_the_job_stops_at_the_installation(tmp_path: Path, python: Path) -> None:
    runner = machine(tmp_path, python)
    assert run_github_job(runner, read(WORKFLOW), "validate", contexts(tmp_path)) != 0
    assert len(runner.executed) == 1
