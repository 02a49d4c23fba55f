"""GitHub's event of a schedule holds the schedule and nothing of the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.forges.job import EnvironmentJob
from reconciler.ports import SetupError


def job(folder: Path, event: str, content: object) -> EnvironmentJob:
    (folder / "event.json").write_text(json.dumps(content))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REF_NAME": "trunk",
        "GITHUB_REF_TYPE": "branch",
        "GITHUB_REPOSITORY": "kyoto-tea/shops",
        "GITHUB_SHA": "1" * 40,
    }
    return EnvironmentJob(variables, folder, SystemClock())


def test_a_schedule_runs_on_the_default_branch(tmp_path: Path) -> None:
    context = job(tmp_path, "schedule", {"schedule": "7 * * * *"}).context()
    assert (context.repository, context.default_branch, context.branch) == ("kyoto-tea/shops", "trunk", "trunk")
    assert context.trusted


def test_any_other_event_names_its_repository(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as raised:
        job(tmp_path, "push", {"schedule": "7 * * * *"}).context()
    assert raised.value.code.number == "C103"
