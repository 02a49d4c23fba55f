"""Three hosts: `database` with PostgreSQL and the backend, `first` and `second` with the tool. What happens is noted in order.

Each of these two has a clone of one repository with the settings of the fleet, and a clock of its own. The backend answers after
a fixed time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.hosts import clocks, slow_backend
from tests.hosts.certificate import write_certificate
from tests.hosts.database import DatabaseServer, database_server
from tests.hosts.fleet import Fleet, commit
from tests.hosts.judge import breaches
from tests.hosts.network import Host, network
from tests.hosts.programs import Program
from tests.hosts.write_log import read_changes, read_closed, read_requests

PORT: Final = 8765
WORKERS: Final = {"first": 3600, "second": -3600}
"""Hosts that run the tool, and the seconds by which their clocks are wrong."""
ANSWERS_AFTER: Final = 0.05
PATIENCE: Final = 240.0
PAUSE: Final = 0.05
"""Seconds. A question costs more here than elsewhere, and two cores are all that the hosts have."""
ROOT: Final = Path(__file__).parents[2]
_BIN: Final = Path(sys.executable).parent
_LEASES: Final = "SELECT shop FROM leases WHERE NOT released AND expires::timestamptz > clock_timestamp() ORDER BY shop"
_CHUNKS: Final = "SELECT number FROM run_chunks WHERE state = 'running' AND worker LIKE %s ORDER BY number"
_OPEN_RUNS: Final = "SELECT id FROM fleet_runs WHERE state IN ('open', 'stopping')"
_SETTINGS: Final = """\
backend: {{url: 'https://{backend}:{port}/', client_id: {client}, client_secret: 'ref+env://BACKEND_SECRET'}}
store: {store}
limits: {{fleet_share: 100%, closed_at_once: 1000000, closed_seconds: 60, lease_seconds: {lease}}}
pace: {{requests_per_second: 1000, in_flight: {in_flight}}}
timeouts: {{connect: 2, read: 5, store: 5}}
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Of the settings of the fleet: seconds of a lease, requests at once of one process, further lines."""

    lease: int = 10
    in_flight: int = 8
    more: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Site:
    folder: Path
    fleet: Fleet
    database: DatabaseServer
    hosts: Mapping[str, Host]
    started_at: float = field(default_factory=time.time)
    programs: dict[str, Program] = field(default_factory=dict)
    notes: list[tuple[float, str]] = field(default_factory=list)

    @property
    def backend(self) -> Path:
        """The folder of its database and its log."""
        return self.folder / "backend"

    def note(self, text: str) -> None:
        self.notes.append((time.time(), text))

    def start(self, host: str, *words: str, script: str | None = None, **variables: str) -> Program:
        """`reconciler WORDS` in the clone of that host, in the background. `script` is run by Python instead."""
        name = f"{host}-{len(self.programs) + 1}-{words[0]}"
        self.note(f"{host}: reconciler {' '.join(words)}")
        log, clone = self.folder / f"{name}.log", self.folder / host
        program_words = [str(_BIN / "reconciler")] if script is None else [sys.executable, "-c", script]
        command = [*program_words, *words]
        program = self.hosts[host].start(command, clone, log, self._variables(host) | variables)
        self.programs[name] = program
        return program

    def run(self, host: str, *words: str, **variables: str) -> Program:
        """The same, to its end."""
        program = self.start(host, *words, **variables)
        self.note(f"{host}: reconciler {words[0]} ended with {program.wait()}")
        return program

    def cut(self, host: str) -> None:
        self.note(f"the cable of {host} is cut")
        self.hosts[host].cut()

    def restore(self, host: str) -> None:
        self.hosts[host].restore()
        self.note(f"the cable of {host} is whole again")

    def lose_power(self, host: str) -> None:
        self.note(f"{host} loses its power")
        self.hosts[host].lose_power()

    def freeze(self, program: Program) -> None:
        program.freeze()
        self.note(f"SIGSTOP to {program.log.stem}")

    def thaw(self, program: Program) -> None:
        self.note(f"SIGCONT to {program.log.stem}")
        program.thaw()

    def kill(self, program: Program) -> None:
        self.note(f"SIGKILL to {program.log.stem}")
        program.kill()

    def restart_database(self) -> None:
        self.note("the database crashes")
        self.database.restart()
        self.note("the database answers again")

    def written(self) -> int:
        """How many fields were changed so far."""
        return len(read_changes(self.backend))

    def closed(self) -> list[str]:
        return read_closed(self.backend)

    def leases(self) -> list[str]:
        """The shops that some run holds now, by the database's clock."""
        with psycopg.connect(self.database.here) as connection:
            return [shop for (shop,) in connection.execute(_LEASES)]

    def chunks_of(self, host: str) -> list[int]:
        """Of fleet runs: those that a worker of this host holds, as the tables say."""
        with psycopg.connect(self.database.here) as connection:
            return [number for (number,) in connection.execute(_CHUNKS, (f"%{host}%",))]

    def open_runs(self) -> list[str]:
        """Fleet runs that have not ended."""
        with psycopg.connect(self.database.here) as connection:
            return [run for (run,) in connection.execute(_OPEN_RUNS)]

    def wait_until(self, what: str, condition: Callable[[], object], *, patience: float = PATIENCE) -> None:
        """`condition` is called until it holds. Fails with the story where it never does."""
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, f"never: {what}\n{self.story()}"
            time.sleep(PAUSE)
        self.note(what)

    def judge(self, *, complete: bool = True) -> None:
        """Fails with all breaches, and what happened in order."""
        changes, requests = read_changes(self.backend), read_requests(self.backend)
        found = breaches(self.fleet.allowed(), changes, requests, complete=complete)
        assert not found, "\n".join([*found, "", self.story()])

    def story(self) -> str:
        """What happened, in order, and how each program ended."""
        names = {host.address: name for name, host in self.hosts.items()}
        lines = [*self.notes]
        for request in read_requests(self.backend):
            fence = "" if request.fence is None else f" fence {request.fence}"
            what = f"{request.method} {request.resource} of {request.shop}{fence}: {request.status}"
            lines.append((request.at, f"{names.get(request.host, request.host)}: {what}"))
        in_order = [f"{at - self.started_at:8.3f}  {text}" for at, text in sorted(lines)]
        ends = [f"--- {name}\n{program.output[-1500:]}" for name, program in self.programs.items()]
        return "\n".join([*_shortened(in_order), *ends])

    def _variables(self, host: str) -> dict[str, str]:
        foreign = ("RECONCILER_", "LC_", "LANG", "GITHUB_", "GITLAB_", "CI")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {
            **own,
            "BACKEND_SECRET": slow_backend.SECRET,
            "RECONCILER_PLAN_KEY": PLAN_KEY,
            "RECONCILER_DEBUG": "1",
            "RECONCILER_LOG": "text",
            "SSL_CERT_FILE": str(self.backend / "server.pem"),
            "NO_COLOR": "1",
            "LANG": "C.UTF-8",
            **clocks.wrong_by(WORKERS[host]),
        }

    def end(self) -> None:
        for program in self.programs.values():
            if program.running:
                program.kill()


PLAN_KEY: Final = "5e" * 32


@contextmanager
def started_site(folder: Path, fleet: Fleet, options: Options = Options()) -> Iterator[Site]:
    with network() as net:
        central = net.host("database")
        workers = {name: net.host(name) for name in WORKERS}
        with database_server(central, folder / "postgres.log") as database:
            site = Site(folder=folder, fleet=fleet, database=database, hosts=workers)
            backend = _backend(site, central)
            try:
                _clones(site, central, options)
                site.run("first", "runs", "list")
                yield site
            finally:
                site.end()
                backend.kill()


def _backend(site: Site, host: Host) -> Program:
    folder = site.backend
    folder.mkdir()
    (folder / "seed.json").write_text(json.dumps(site.fleet.seed()))
    write_certificate(folder, host.address)
    words = [sys.executable, "-m", "tests.hosts.slow_backend", str(folder), host.address, str(PORT), str(ANSWERS_AFTER)]
    program = host.start(words, ROOT, site.folder / "backend.log")

    def up() -> bool:
        assert program.running, program.output
        return "ready" in program.output

    site.wait_until("the backend answers", up)
    return program


def _clones(site: Site, host: Host, options: Options) -> None:
    """One repository, and a clone of it on each host."""
    origin = site.folder / "fleet"
    site.fleet.write(origin)
    text = _SETTINGS.format(
        backend=host.address,
        port=PORT,
        client=slow_backend.CLIENT,
        store=site.database.address,
        lease=options.lease,
        in_flight=options.in_flight,
        more=options.more,
    )
    (origin / "reconciler.yaml").write_text(text)
    commit(origin, "the fleet")
    for name in WORKERS:
        subprocess.run(["git", "clone", "--quiet", str(origin), str(site.folder / name)], check=True)


def _shortened(lines: Sequence[str], most: int = 400) -> list[str]:
    """Both ends of a long story."""
    half = most // 2
    if len(lines) <= most:
        return list(lines)
    return [*lines[:half], f"... {len(lines) - most} lines ...", *lines[-half:]]
