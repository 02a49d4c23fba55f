"""PostgreSQL on a host: on its address for the others, without passwords, and on a socket for the judge."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hosts.network import NET, Host
from tests.hosts.programs import Program
from tests.support.postgres import binary
from tests.support.waiting import wait_until

_AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


class DatabaseServer:
    """`address` is the URL for other hosts, `here` that for this process, which is on none."""

    def __init__(self, host: Host, folder: Path, log: Path) -> None:
        self._host = host
        self._data = folder / "data"
        self._socket = folder
        self._log = log
        self._program: Program | None = None
        self.address = f"postgresql://tests@{host.address}/store"
        self.here = f"postgresql://tests@/store?host={folder}"

    def create(self) -> None:
        words = [
            "initdb",
            "-U",
            "tests",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
            str(self._data),
        ]
        self._as_nobody(*words)
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all tests {NET}.0/24 trust\n")
        self.start()
        self._as_nobody("createdb", "-U", "tests", "-h", str(self._socket), "store")

    def start(self) -> None:
        """And wait until it answers."""
        options = ("listen_addresses=*", f"unix_socket_directories={self._socket}", "fsync=off", "max_connections=200")
        settings = [word for option in options for word in ("-c", option)]
        server = [*_AS_NOBODY, _found("postgres"), "-D", str(self._data), *settings]
        self._program = self._host.start(server, Path("/"), self._log)
        wait_until(self._answers)

    def crash(self) -> None:
        """SIGQUIT: sessions are dropped, nothing is written out; the next start recovers."""
        assert self._program is not None
        self._program.send(signal.SIGQUIT)
        self._program.wait(60)

    def end(self) -> None:
        """SIGINT: sessions are dropped, and no shared memory stays behind."""
        assert self._program is not None
        self._program.send(signal.SIGINT)
        self._program.wait(60)

    def restart(self) -> None:
        self.crash()
        self.start()

    def _answers(self) -> bool:
        assert self._program is not None
        assert self._program.running, self._program.output
        asked = [_found("pg_isready"), "-q", "-h", str(self._socket), "-U", "tests"]
        return subprocess.run(asked, check=False).returncode == 0

    def _as_nobody(self, name: str, *words: str) -> None:
        command = [*_AS_NOBODY, _found(name), *words]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@contextmanager
def database_server(host: Host, log: Path) -> Iterator[DatabaseServer]:
    """Its folder has a short path, as that of a socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    shutil.chown(folder, "nobody", "nogroup")
    server = DatabaseServer(host, folder, log)
    try:
        server.create()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder)


def _found(name: str) -> str:
    path = binary(name)
    assert path is not None, name
    return path
