"""The servers of `bench.ipn`, each a process of its own: sidecars, one that only verifies, one that does nothing."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.support.sns_signer import SELLER, TOPIC_PATTERN, Signer, certificate_url

SHOP = "kyoto-tea"
SECRET = "RECONCILER_BACKEND_SECRET"
PASSWORD = "a-secret-of-the-benchmark-only"
PATH = f"/amazon-pay/{SHOP}"
SIGNER = Signer(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2099, 1, 1, tzinfo=UTC))


class Served(NamedTuple):
    """`pid` 0: there are several processes."""

    port: int
    pid: int = 0

    def cpu_seconds(self) -> float:
        """What its threads have computed so far; NaN where the kernel does not say."""
        try:
            return (
                sum(
                    int((task / "schedstat").read_text().split()[0])
                    for task in Path(f"/proc/{self.pid}/task").iterdir()
                )
                / 1e9
            )
        except OSError:
            return math.nan

    def memory(self) -> float:
        """MB that it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def sidecar(folder: Path) -> Iterator[Served]:
    """Of an embedded backend that runs in it; it should get no request."""
    _settings(folder, "")
    with _serving(folder, "--port", "0") as served:
        yield served


@contextmanager
def working_sidecar(folder: Path) -> Iterator[Served]:
    """As in production: the backend is another process."""
    with _backend(folder) as backend:
        _settings(folder, backend)
        with _serving(folder, "--port", "0") as served:
            yield served


@contextmanager
def processes(folder: Path) -> Iterator[Served]:
    """Two sidecars that receive on one port, one that processes, and a backend. Which receivers take part is not measured."""
    with _backend(folder) as backend:
        _settings(folder, backend)
        with (
            _serving(folder, "--port", "0"),
            _serving(folder, "--port", "0", "--share-port", "--receive-only") as (port, *_),
            _serving(folder, "--port", str(port), "--share-port", "--receive-only"),
        ):
            yield Served(port)


def _settings(folder: Path, backend: str) -> None:
    pinned = folder / "certificates"
    pinned.mkdir(parents=True)
    (pinned / certificate_url().rpartition("/")[2]).write_bytes(SIGNER.pem)
    _write_seed(folder)
    (folder / "reconciler.yaml").write_text(
        f"{backend}embedded: {{seed: seed.json}}\n"
        f'ipn:\n  topics: ["{TOPIC_PATTERN}"]\n  certificates: certificates\n  poll_minutes: 10080\n'
    )


@contextmanager
def _backend(folder: Path) -> Iterator[str]:
    """The embedded one, served. What to set in order to use it: without a pace, so that the worker is what takes the time."""
    own = folder / "backend"
    own.mkdir(parents=True)
    _write_seed(own)
    (own / "reconciler.yaml").write_text("embedded: {seed: seed.json}\n")
    with started(own, "serve", "backend", "--port", "0") as (port, *_):
        yield (
            f"backend: {{url: 'http://127.0.0.1:{port}/', client_id: reconciler, client_secret: 'ref+env://{SECRET}'}}\n"
            "pace: {requests_per_second: 1000}\n"
        )


def _write_seed(folder: Path) -> None:
    identity = {"sellerId": SELLER, "merchantSiteUrl": f"https://ipn.platform.example{PATH}"}
    (folder / "seed.json").write_text(json.dumps({"shops": [{"shopKey": SHOP, "amazonSettings": identity}]}))


@contextmanager
def _serving(folder: Path, *options: str) -> Iterator[Served]:
    with started(folder, "serve", "ipn", "--ops-port", "0", *options) as served:
        yield served


@contextmanager
def started(folder: Path, *words: str, variables: Mapping[str, str] | None = None) -> Iterator[Served]:
    """The port and the process id, once it listens. `variables` are added to its environment."""
    command = [sys.executable, "-m", "reconciler", *words]
    environment = os.environ | {SECRET: PASSWORD} | dict(variables or {})
    with (
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process,
        _ended(process),
    ):
        assert process.stderr is not None
        line = ""
        while "127.0.0.1:" not in line:
            line = process.stderr.readline()
        with (
            subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL),  # its log is not read here
            _ended(process),
        ):
            yield Served(int(line.partition("127.0.0.1:")[2].partition("/")[0].split()[0]), process.pid)


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ends with the block, also where the block raises."""
    try:
        yield
        process.terminate()
        process.wait(60)
    finally:
        process.kill()


@contextmanager
def verifying(folder: Path) -> Iterator[Served]:
    folder.mkdir(parents=True)
    certificate_file = folder / "certificate.pem"
    certificate_file.write_bytes(SIGNER.pem)
    with printing_its_port("bench.ipn_verifying_server", PATH, str(certificate_file)) as served:
        yield served


@contextmanager
def nothing_served(shared: int = 0) -> Iterator[Served]:
    """`shared`: the port of another one, which it shares."""
    with printing_its_port("bench.ipn_null_server", str(shared)) as served:
        yield served


@contextmanager
def printing_its_port(*words: str) -> Iterator[Served]:
    with (
        subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True) as process,
        _ended(process),
    ):
        assert process.stdout is not None
        yield Served(int(process.stdout.readline()), process.pid)
