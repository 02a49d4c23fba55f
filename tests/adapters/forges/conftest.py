"""A small repository at both forges, and a connection as a job has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.adapters.forges.job import EnvironmentJob
from reconciler.ports.ci.forge import CiContext, Forge
from tests.support.forge.github import github_server
from tests.support.forge.gitlab import gitlab_server
from tests.support.forge.http import ForgeServer, serving
from tests.support.forge.remote import Remote
from tests.support.forge.runner import Job, Runner
from tests.support.forge.world import ForgeWorld
from tests.support.manual_clock import HandClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """A branch of two commits; the base branch has moved on since. Copied by each test."""
    remote = Remote(tmp_path_factory.mktemp("forge"))
    remote.commit("main", {"shops/kyoto-tea.yaml": "a", "shops/uji-cups.yaml": "a", "README.md": "a"})
    remote.commit("feature", {"shops/kyoto-tea.yaml": "b"})
    remote.commit("feature", {"README.md": "b"})
    remote.commit("main", {"shops/uji-cups.yaml": "c"})
    return remote


@pytest.fixture
def world(history: Remote, tmp_path: Path) -> ForgeWorld:
    """One open pull request, number 17."""
    world = ForgeWorld(history.copy(tmp_path / "forge"))
    world.open_pull("feature")
    return world


@dataclass(frozen=True, slots=True)
class Site:
    """One forge with its runner."""

    world: ForgeWorld
    server: ForgeServer
    runner: Runner
    clock: HandClock
    kind: str

    def job(self) -> Job:
        if self.kind == "github":
            return self.runner.github_pull_request(17)
        return self.runner.gitlab_merge_request(17)

    def connect(
        self, job: Job | None = None, *, max_calls: int | None = None, **more: str
    ) -> AbstractAsyncContextManager[Forge]:
        found = job or self.job()
        ours = EnvironmentJob({**found.environment, **more}, found.clone, self.clock)
        return ours.connect(ours.context(), max_calls=max_calls)

    def context(self, **more: str) -> CiContext:
        found = self.job()
        return EnvironmentJob({**found.environment, **more}, found.clone, self.clock).context()

    @property
    def login(self) -> str:
        return "github-actions[bot]" if self.kind == "github" else "project_4711_bot"


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, world: ForgeWorld, tmp_path: Path) -> Iterator[Site]:
    yield from _site(request.param, world, tmp_path)


@pytest.fixture
def github(world: ForgeWorld, tmp_path: Path) -> Iterator[Site]:
    yield from _site("github", world, tmp_path)


@pytest.fixture
def gitlab(world: ForgeWorld, tmp_path: Path) -> Iterator[Site]:
    yield from _site("gitlab", world, tmp_path)


def _site(kind: str, world: ForgeWorld, tmp_path: Path) -> Iterator[Site]:
    server = github_server(world) if kind == "github" else gitlab_server(world)
    with serving(server):
        yield Site(world, server, Runner(world, server, tmp_path / "runner"), HandClock(), kind)
    assert server.refused == []
