"""A fleet that is applied, and watched from its first look on."""

from pathlib import Path

import pytest

from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import open_caller, write_fleet
from tests.workflows.watch.watched_fleet import WatchedFleet


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    folder = write_fleet(tmp_path / "fleet")
    caller = open_caller(folder)
    assert caller.run(apply_manifests, ApplyRequest()).exit_code == 0
    return folder


@pytest.fixture
def fleet(folder: Path) -> WatchedFleet:
    """After its first look, with nothing due."""
    watched = WatchedFleet(folder)
    watched.settle()
    return watched
