"""A PostgreSQL server for the tests: on a Unix socket in a temporary folder, no port, no password.

Needs Debian's `postgresql` (or its binaries on the PATH) and the driver of the extra `postgres`; says which of them is missing.
Without it the tests are skipped, or fail where `TESTS_WANT_POSTGRESQL` is set, as it is where what is wanted was installed.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

WANTED = "TESTS_WANT_POSTGRESQL"
DEBIAN = Path("/usr/lib/postgresql")


@contextmanager
def running() -> Iterator["Cluster"]:
    demand_postgresql()
    server = Cluster()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def demand_postgresql() -> None:
    why = missing()
    if why:
        (pytest.fail if os.environ.get(WANTED) else pytest.skip)(why)


def missing() -> str | None:
    try:
        import psycopg  # noqa: F401, PLC0415  # asked for, not used
    except ImportError:
        return "psycopg is not installed: pip install 'reconciler[postgres]'"
    return None if binary("initdb") else "no PostgreSQL server: apt-get install postgresql"


def binary(name: str) -> str | None:
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


class Cluster:
    """`fresh()` is the URL of an empty database."""

    def __init__(self) -> None:
        # The server refuses to run as root, and a socket's path has room for some hundred characters only.
        self._user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        if self._user:
            shutil.chown(self._folder, **self._user)
        self._names = (f"store_{number}" for number in count())

    def start(self) -> None:
        self._run(
            "initdb", "-U", "tests", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", self._data
        )
        self._launch()

    def stop(self) -> None:
        self._halt()
        shutil.rmtree(self._folder)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """As after a crash: all connections are lost, and no new one is made."""
        self._halt()
        try:
            yield
        finally:
            self._launch()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """All processes of the server are stopped, as on a stalled disk: its socket still takes connections, nothing answers."""
        stop_server(self.pid)
        try:
            yield
        finally:
            continue_server(self.pid)

    @contextmanager
    def asking_for_passwords(self, role: str) -> Iterator[None]:
        """Of this role; the others need none."""
        rules = Path(self._data) / "pg_hba.conf"
        usual = rules.read_text()
        rules.write_text(f"local all {role} scram-sha-256\n{usual}")
        self._run("pg_ctl", "-D", self._data, "reload")
        try:
            yield
        finally:
            rules.write_text(usual)
            self._run("pg_ctl", "-D", self._data, "reload")

    @property
    def pid(self) -> int:
        return int((Path(self._data) / "postmaster.pid").read_text().split()[0])

    def fresh(self) -> str:
        name = next(self._names)
        self._run("createdb", "-U", "tests", "-h", str(self._folder), name)
        return f"postgresql://tests@/{name}?host={self._folder}"

    def _launch(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off"
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "30", "-l", str(log), "-o", options, "start")

    def _halt(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, name: str, *arguments: str) -> None:
        # Into a file: a server started here would hold a pipe open.
        with (self._folder / "out").open("a+") as out:
            command = [binary(name), *arguments]
            done = subprocess.run(command, stdout=out, stderr=out, cwd=self._folder, check=False, **self._user)
            if done.returncode:
                raise RuntimeError(f"{name}: {(self._folder / 'out').read_text()}")


def stop_server(server: int) -> None:
    os.kill(server, signal.SIGSTOP)
    for process in _children(server):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)


def continue_server(server: int) -> None:
    for process in (server, *_children(server)):
        with suppress(ProcessLookupError):  # it was about to end
            os.kill(process, signal.SIGCONT)


def _children(server: int) -> list[int]:
    """By the fourth field of their state: the text before it may contain blanks."""
    found = []
    for state in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(state.read_text().rpartition(")")[2].split()[1]) == server:
                found.append(int(state.parent.name))
    return found
