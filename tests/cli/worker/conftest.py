"""Workers as processes, over a fleet in a Git repository with a store on PostgreSQL."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import write_fleet
from tests.cli.service_process import ServiceProcess
from tests.support.postgres import Cluster, running

SETTINGS = "embedded:\n  seed: seed.json\nexecutor: procrastinate\nstore: {store}\n"


class WorkerProcess(ServiceProcess):
    def listens(self) -> bool:
        assert not self.ended, self.text
        return super().listens()

    def is_ready(self) -> bool:
        return self.is_ready_as("ok")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def store(cluster: Cluster) -> str:
    return cluster.fresh()


@pytest.fixture
def folder(tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_fleet(tmp_path)
    (tmp_path / "reconciler.yaml").write_text(SETTINGS.format(store=store))
    git = ("git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t.example")
    for words in (("init", "-q"), ("add", "shops", "reconciler.yaml"), ("commit", "-q", "-m", "fleet")):
        subprocess.run([*git, *words], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


Start = Callable[..., WorkerProcess]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts workers; the test's end kills those that run."""
    with ExitStack() as ends:

        def started(*words: str) -> WorkerProcess:
            process = WorkerProcess("worker", folder, *words)
            ends.callback(process.child.wait)
            ends.callback(process.child.kill)
            return process

        yield started
