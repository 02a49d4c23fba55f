"""Configuration files of other programs are valid, and what they call exists."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def loaded(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def hooks() -> list[dict[str, Any]]:
    (repository,) = loaded(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def steps() -> list[dict[str, Any]]:
    return [step for job in loaded(WORKFLOW)["jobs"].values() for step in job["steps"]]


def test_the_workflow_runs_what_every_change_must_pass() -> None:
    commands = [step["run"] for step in steps() if "run" in step]

    assert ".ci/run" in commands
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert {command.removeprefix("make ") for command in commands if command.startswith("make ")} <= TARGETS


def test_the_workflow_may_only_read_and_pins_its_actions_to_a_commit() -> None:
    workflow = loaded(WORKFLOW)

    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in steps() if "uses" in step)


def test_the_workflow_tests_the_oldest_python_that_is_supported() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = re.search(r'requires-python = ">=(3\.\d+)"', project)

    assert oldest is not None
    assert oldest[1] in loaded(WORKFLOW)["jobs"]["test"]["strategy"]["matrix"]["python"]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_each_hook_calls_a_tool_of_the_development_environment(hook: dict[str, Any]) -> None:
    program, *words = shlex.split(hook["entry"])

    assert hook["language"] == "system"
    assert program.startswith(".venv/bin/")
    if words[:1] == ["-m"]:
        assert (ROOT / words[1].replace(".", "/")).with_suffix(".py").is_file()
    check = re.search(r"^check-code:.*?\n\n", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert check is not None
    assert " ".join([Path(program).name, words[0]]) in check[0]


def test_the_container_sets_itself_up() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))

    assert re.search(r"python:3\.\d+", container["image"])
    assert container["postCreateCommand"].endswith("make setup")
    assert "setup" in TARGETS


def test_the_editor_settings_are_those_of_the_formatter() -> None:
    settings = configparser.ConfigParser()
    settings.read_string("[DEFAULT]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert f"line-length = {settings['*.{py,toml}']['max_line_length']}\n" in project
    assert settings["Makefile"]["indent_style"] == "tab"


def files_of(target: str) -> set[str]:
    """The words of the command that a target of the Makefile would run, without the variables of a `make` that runs this test."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "CHECKED"}
    }
    words = ["make", "--dry-run", "--always-make", target]
    shown = subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout
    line = next(line for line in shown.splitlines() if "-m pytest" in line)
    return set(shlex.split(line))


def test_each_test_is_run_by_one_of_the_two_commands() -> None:
    """A whole file is marked: the Makefile finds files."""
    used = {
        path.relative_to(ROOT).as_posix(): len(
            re.findall(r"^.*mark\.system\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    }
    marked = {file for file, times in used.items() if times}

    assert len(marked) > 50
    assert {file for file in marked if used[file] > 1} == set()
    assert marked <= files_of("test-system")
    assert {f"--ignore={file}" for file in marked} <= files_of("test")
    ignored = {word.removeprefix("--ignore=") for word in files_of("test") if word.startswith("--ignore=")}
    assert ignored <= files_of("test-system")
