"""The services of the compose file as processes: their commands, variables, secrets, mounts and probes, from that file.

They run in the tree of the image (`stand_in.py`), in a network of their own that has a loopback only: every port is the one of
the file. The network is the one that the services share; `postgres` is another name of 127.0.0.1 there. PostgreSQL is this
machine's, with the password of the secret.
"""

from __future__ import annotations

import secrets
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.deploy.repository import open_to_all
from tests.deploy.shipped import DEPLOY, compose, own_services
from tests.deploy.stand_in import StandIn
from tests.support.postgres import binary
from tests.support.waiting import wait_until

STATE: Final = "/srv/reconciler/.reconciler"
_NETWORK: Final = """
import fcntl, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(slots=True, kw_only=True)
class Site:
    """`folder` holds the secrets, the volumes and the logs; `network` is a process in whose network all services are."""

    image: StandIn
    folder: Path
    network: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", errors="replace")

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text()

    def run_with(
        self, words: Sequence[str], variables: Mapping[str, str], mounts: str
    ) -> subprocess.CompletedProcess[str]:
        """A command of a container that is not in the compose file, in the same network."""
        every = self.image.environment | variables
        command = self.image.contained(words, every, mounts, f"/proc/{self.network}/ns/net")
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def command(self, name: str, *words: str, **more: str) -> list[str]:
        """A command in the container of that service: its user, variables, mounts and network."""
        service = own_services()[name]
        variables = self.image.environment | service.get("environment", {}) | more
        network = f"/proc/{self.network}/ns/net"
        return self.image.contained(words, variables, self._mounts(service), network)

    def run(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """In the container of that service."""
        return subprocess.run(self.command(name, *words), capture_output=True, text=True, check=False, timeout=120)

    def healthy(self, name: str) -> bool:
        kind, *words = own_services()[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run(name, *words).returncode == 0

    def start(self, name: str) -> None:
        """And wait until its healthcheck passes."""
        entrypoint = self.image.image.entrypoint
        command = self.command(name, *entrypoint, *own_services()[name]["command"])
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait(name, lambda: self.healthy(name))

    def wait(self, name: str, condition: Callable[[], bool]) -> None:
        """Fails with the log of the service where it ends first, or where the condition never comes."""

        def alive_and_so() -> bool:
            assert self.processes[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            return condition()

        try:
            wait_until(alive_and_so)
        except TimeoutError:
            pytest.fail(f"{name}:\n{self.log(name)}")

    def stop(self, name: str) -> int:
        """Its exit code after SIGTERM."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def _mounts(self, service: dict[str, Any]) -> str:
        lines = [f"mount --bind {self.folder}/hosts $tree/etc/hosts"]
        for volume in service["volumes"]:
            source, target, *_ = volume.split(":")
            lines += _mounted(DEPLOY / source if source.startswith(".") else self.folder / "volumes" / source, target)
        for name in service["secrets"]:
            lines += _mounted(self.folder / "secrets" / name, f"/run/secrets/{name}")
        for place in service["tmpfs"]:
            target, _, options = place.partition(":")
            lines.append(f"mount -t tmpfs -o {options} tmpfs $tree{target}")
        return "\n".join(lines)


def _mounted(source: Path, target: str) -> list[str]:
    here = f"$tree{target}"
    made = f"mkdir -p {here}" if source.is_dir() else f"mkdir -p $(dirname {here}); touch {here}"
    bound = f"mount --bind {shlex.quote(str(source))} {here}"
    return [made, bound] if target == STATE else [made, bound, f"mount -o remount,bind,ro {here}"]


@contextmanager
def started_site(image: StandIn, folder: Path) -> Iterator[Site]:
    """All services, each healthy before those that depend on it start. PostgreSQL first, as all others wait for it."""
    with ExitStack() as stack:
        network = stack.enter_context(_network())
        site = Site(image=image, folder=folder, network=network)
        _prepare(site)
        stack.enter_context(_postgresql(site))
        stack.callback(_end, site)
        for name in _in_order():
            site.start(name)
        yield site


def _in_order() -> list[str]:
    services, done = own_services(), ["postgres"]
    while len(done) <= len(services):
        ready = [name for name in services if name not in done and set(services[name]["depends_on"]) <= set(done)]
        assert ready, "the services wait for each other"
        done += ready
    return done[1:]


def _prepare(site: Site) -> None:
    user = int(site.image.image.user.split(":")[0])
    for name in ("secrets", "volumes/state", "volumes/worker", "volumes/fleet"):
        (site.folder / name).mkdir(parents=True)
    clone = site.folder / "volumes" / "fleet" / "fleet.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(clone)], check=True)
    for path in (site.folder / "volumes").rglob("*"):
        shutil.chown(path, user, user)
    (site.folder / "hosts").write_text("127.0.0.1 localhost postgres\n")
    open_to_all(site.folder)
    password = secrets.token_hex(16)
    values = {
        "backend-secret": secrets.token_hex(16),
        "console-token": secrets.token_hex(16),
        "database-password": password,
        "pgpass": f"postgres:5432:reconciler:reconciler:{password}",
    }
    assert set(values) == set(compose()["secrets"])
    for name, value in values.items():
        path = site.folder / "secrets" / name
        path.write_text(value)
        shutil.chown(path, user, user)
        path.chmod(0o600)


@contextmanager
def _network() -> Iterator[int]:
    command = ["unshare", "--net", sys.executable, "-c", _NETWORK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        try:
            yield holder.pid
        finally:
            holder.stdin.close()


@contextmanager
def _postgresql(site: Site) -> Iterator[None]:
    """As the service `postgres` starts it: the database and the user of its variables, and the password of its secret."""
    variables = compose()["services"]["postgres"]["environment"]
    user, data = variables["POSTGRES_USER"], site.folder / "database"
    data.mkdir()
    password = site.folder / "database-password"
    shutil.copy(site.folder / "secrets" / "database-password", password)
    for path in (data, password):
        shutil.chown(path, "nobody", "nogroup")
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    made = [binary("initdb"), "--no-sync", *shlex.split(variables["POSTGRES_INITDB_ARGS"]), "--auth-local=trust"]
    made += ["-U", user, f"--pwfile={password}", "-D", str(data)]
    subprocess.run([*as_nobody, *made], check=True, capture_output=True, cwd="/")
    inside = ["nsenter", f"--net=/proc/{site.network}/ns/net", *as_nobody]
    server = [
        binary("postgres"),
        "-D",
        str(data),
        "-k",
        str(data),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ]
    with (site.folder / "postgres.log").open("wb") as log:
        site.processes["postgres"] = subprocess.Popen([*inside, *server], stdout=log, stderr=log, cwd="/")
    try:
        probe = [binary("pg_isready"), *compose()["services"]["postgres"]["healthcheck"]["test"][2:]]
        ask = [*inside, *probe]
        site.wait("postgres", lambda: subprocess.run(ask, capture_output=True, check=False, cwd="/").returncode == 0)
        createdb = [binary("createdb"), "-h", str(data), "-U", user, variables["POSTGRES_DB"]]
        subprocess.run([*as_nobody, *createdb], check=True, capture_output=True, cwd="/")
        yield
    finally:
        process = site.processes.pop("postgres")
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _end(site: Site) -> None:
    for name in [name for name in site.processes if name != "postgres"]:
        process = site.processes.pop(name)
        process.kill()
        process.wait()
