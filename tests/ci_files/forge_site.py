"""A fleet in a repository at the stand-in of a forge, and what a runner gives to each of its jobs.

The database of the backend and the store are outside the clone, as in a deployment: they outlive a job.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ci_files.steps import Contexts, Machine, read
from tests.support.forge.github import github_server
from tests.support.forge.gitlab import gitlab_server
from tests.support.forge.http import ForgeServer, serving
from tests.support.forge.remote import Remote
from tests.support.forge.runner import Job, Runner
from tests.support.forge.world import ForgeWorld

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "tests/cli/texts/fleet"
WITHOUT_NETWORK = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_CONFIG_FILE": os.devnull,
}
SETTINGS = """\
manifests: shops
backend: embedded
embedded: {{seed: world.json, database: {folder}/backend.db}}
store: {folder}/store.db
"""
KEY = "0123456789abcdef" * 4
SHOP_SECRETS = "\n".join(
    f"{shop}_TOKEN=amzn.mws.00000000-0000-4000-8000-00000000000{number}\r"
    for number, shop in enumerate(("KOBE_COFFEE", "KYOTO_TEA", "NARA_BRUSH", "OSAKA_KNIVES", "UJI_CUPS"))
)
SECRETS = {"RECONCILER_PLAN_KEY": KEY, "RECONCILER_BACKEND_SECRET": "s" * 20, "SHOP_SECRETS": SHOP_SECRETS}
_NOT_GIVEN = frozenset({"GITHUB_TOKEN", "VIRTUAL_ENV", "PYTHONPATH", "PATH", "COLUMNS"})
"""Of what the stand-in's runner sets: a step gets the token only if the workflow passes it on."""


@dataclass(frozen=True, slots=True)
class Forge:
    world: ForgeWorld
    server: ForgeServer
    runner: Runner
    folder: Path

    def change(self, branch: str, shop: str, old: str, new: str) -> None:
        """A commit of a person, on a branch of its own."""
        text = (FLEET / "shops" / f"{shop}.yaml").read_text()
        assert old in text
        self.world.remote.commit(branch, {f"shops/{shop}.yaml": text.replace(old, new)})

    def machine(self, job: Job, python: Path, **secrets: str) -> Machine:
        given = {name: value for name, value in job.environment.items() if name not in _NOT_GIVEN}
        temporary = job.scratch / "temporary"
        temporary.mkdir()
        return Machine(
            clone=job.clone,
            temporary=temporary,
            python=python,
            artifacts=self.folder / "artifacts",
            environment={**given, **WITHOUT_NETWORK, "RUNNER_TEMP": str(temporary), **secrets},
        )

    def contexts(self, job: Job, secrets: Mapping[str, str]) -> Contexts:
        """As GitHub fills them from the event."""
        given = job.environment
        event = json.loads(Path(given["GITHUB_EVENT_PATH"]).read_text())
        github = {
            "event": event,
            "event_name": given["GITHUB_EVENT_NAME"],
            "ref_name": given["GITHUB_REF_NAME"],
            "repository": given["GITHUB_REPOSITORY"],
            "token": given["GITHUB_TOKEN"],
        }
        return Contexts({"github": github, "secrets": secrets, "runner": {"temp": str(job.scratch / "temporary")}})

    @property
    def comments(self) -> list[str]:
        return [each.body for each in self.world.comments]

    @property
    def records(self) -> dict[str, str]:
        """The state of each record by its name; of several of one name the newest."""
        return {each.name: each.state for each in self.world.records}


@contextmanager
def forge(kind: str, folder: Path) -> Iterator[Forge]:
    remote = Remote(folder / "remote")
    files = {path.relative_to(FLEET).as_posix(): path.read_text() for path in FLEET.rglob("*") if path.is_file()}
    files["reconciler.yaml"] = SETTINGS.format(folder=folder)
    world = ForgeWorld(remote)
    world.at(datetime.now(UTC) - timedelta(days=30))  # longer ago than an approval holds
    remote.commit("main", files)
    world.at(datetime.now(UTC))
    _open_backend(folder, files)
    server = github_server(world) if kind == "github" else gitlab_server(world)
    with serving(server):
        yield Forge(world, server, Runner(world, server, folder / "runner"), folder)
    assert server.refused == []


def _open_backend(folder: Path, files: Mapping[str, str]) -> None:
    """Its initial data names the tokens that the merchants have registered; no job may need them for that."""
    with TemporaryDirectory() as place:
        for name, text in files.items():
            path = Path(place) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tokens = dict(line.strip().split("=", 1) for line in SHOP_SECRETS.splitlines())
        command = [sys.executable, "-m", "reconciler", "show", "uji-cups"]
        subprocess.run(command, cwd=place, env={**os.environ, **tokens}, check=True, capture_output=True)


def workflow(path: Path, wheel: Path) -> dict[str, object]:
    """The file that a team copies, with the one line that it has to adapt."""
    made = read(path)
    assert made["env"] == {"REQUIREMENT": ""}
    return made | {"env": {"REQUIREMENT": str(wheel)}}
