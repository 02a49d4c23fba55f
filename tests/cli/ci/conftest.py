"""Both forges with a small fleet of three shops, one pull request that changes one of them, and a runner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.ci.fleets import change_emails, fleet_files
from tests.support.forge.github import github_server
from tests.support.forge.gitlab import gitlab_server
from tests.support.forge.http import ForgeServer, serving
from tests.support.forge.remote import Remote, git
from tests.support.forge.runner import Job, Runner
from tests.support.forge.world import ForgeWorld, Record

SHOPS = ("kyoto-tea", "matsue-clay", "uji-cups")
NUMBER = 17
FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}")
MARKER = "<!-- reconciler:plan:production -->"


@dataclass(frozen=True, slots=True)
class ForgeSite:
    world: ForgeWorld
    server: ForgeServer
    runner: Runner
    kind: str

    def job(self, number: int = NUMBER, *, merged: bool | None = None) -> Job:
        if self.kind == "github":
            return self.runner.github_pull_request(number, merged=merged is not False)
        return self.runner.gitlab_merge_request(number, merged=merged is True)

    @property
    def login(self) -> str:
        return "github-actions[bot]" if self.kind == "github" else "project_4711_bot"

    @property
    def comments(self) -> list[str]:
        """Ours."""
        return [each.body for each in self.world.comments if each.login == self.login]

    @property
    def record(self) -> Record:
        ours = [each for each in self.world.records if each.login == self.login]
        assert len(ours) == 1
        return ours[0]


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    remote = Remote(tmp_path_factory.mktemp("fleet"))
    remote.commit("main", fleet_files(SHOPS))
    change_emails(remote, "feature", SHOPS[:1])
    return remote


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, repository: Remote, tmp_path: Path) -> Iterator[ForgeSite]:
    yield from forge_site(request.param, repository.copy(tmp_path / "forge"), tmp_path)


@pytest.fixture
def github(repository: Remote, tmp_path: Path) -> Iterator[ForgeSite]:
    yield from forge_site("github", repository.copy(tmp_path / "forge"), tmp_path)


@pytest.fixture
def gitlab(repository: Remote, tmp_path: Path) -> Iterator[ForgeSite]:
    yield from forge_site("gitlab", repository.copy(tmp_path / "forge"), tmp_path)


def forge_site(kind: str, remote: Remote, folder: Path) -> Iterator[ForgeSite]:
    world = ForgeWorld(remote)
    if "feature" in remote_branches(remote):
        world.open_pull("feature")
    server = github_server(world) if kind == "github" else gitlab_server(world)
    with serving(server):
        yield ForgeSite(world, server, Runner(world, server, folder / "runner"), kind)
    assert server.refused == []


def remote_branches(remote: Remote) -> list[str]:
    return git(remote.bare, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()
