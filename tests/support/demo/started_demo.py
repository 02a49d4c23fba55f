"""Backend, sidecar and command line as processes on loopback, with the world of `make demo`.

`started_demo(folder)` starts them on free ports; `demo.reconciler("drift", "nara-brushes")` runs the tool as in another terminal.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.environment import BIN
from demo.live.place import DemoPlace
from demo.live.ports import PORTS, choose_ports
from demo.live.processes import started
from tests.cli.conftest import environment

SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedDemo:
    place: DemoPlace
    environment: Mapping[str, str]

    @property
    def backend(self) -> str:
        """Its address, without a slash at the end: /admin/, /shop/KEY/ and the practice pages are below."""
        return self.place.address("backend")

    @property
    def sidecar(self) -> str:
        return self.place.address("sidecar")

    @property
    def password(self) -> str:
        """Of everybody: hanako of each shop, operator, members, buyers at the practice Amazon."""
        return self.place.password

    def reconciler(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The tool as a process of its own; `more` are further variables, such as LANG."""
        return subprocess.run(
            [str(BIN / "reconciler"), *words],
            env={**self.environment, **more},
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )


@contextmanager
def started_demo(folder: Path) -> Iterator[StartedDemo]:
    folder.mkdir(parents=True, exist_ok=True)
    place = DemoPlace(folder=folder, ports=choose_ports({port.variable: "0" for port in PORTS.values()}))
    own = environment(**place.prepare())
    with started(place, own):
        yield StartedDemo(place=place, environment=own)
