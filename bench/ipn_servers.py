"""The servers of `bench.ipn`, each a process of its own: sidecars, one that only verifies, one that does nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.support.sns_signer import SELLER, TOPIC_PATTERN, Signer, certificate_url

SHOP = "kyoto-tea"
PATH = f"/amazon-pay/{SHOP}"
SIGNER = Signer(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2099, 1, 1, tzinfo=UTC))


@contextmanager
def sidecar(folder: Path) -> Iterator[tuple[int, int]]:
    _settings(folder)
    with _serving(folder, "--port", "0") as served:
        yield served


@contextmanager
def processes(folder: Path) -> Iterator[int]:
    """Two sidecars that receive on one port, and one that processes. The port."""
    _settings(folder)
    with (
        _serving(folder, "--port", "0"),
        _serving(folder, "--port", "0", "--share-port", "--receive-only") as (port, _),
        _serving(folder, "--port", str(port), "--share-port", "--receive-only"),
    ):
        yield port


def _settings(folder: Path) -> None:
    pinned = folder / "certificates"
    pinned.mkdir(parents=True)
    (pinned / certificate_url().rpartition("/")[2]).write_bytes(SIGNER.pem)
    identity = {"sellerId": SELLER, "merchantSiteUrl": f"https://ipn.platform.example{PATH}"}
    (folder / "seed.json").write_text(json.dumps({"shops": [{"shopKey": SHOP, "amazonSettings": identity}]}))
    (folder / "reconciler.yaml").write_text(
        "embedded: {seed: seed.json}\n"
        f'ipn:\n  topics: ["{TOPIC_PATTERN}"]\n  certificates: certificates\n  poll_minutes: 10080\n'
    )


@contextmanager
def _serving(folder: Path, *options: str) -> Iterator[tuple[int, int]]:
    words = [sys.executable, "-m", "reconciler", "serve", "ipn", "--ops-port", "0", *options]
    with (
        subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as process,
        _ended(process),
    ):
        assert process.stderr is not None
        line = process.stderr.readline()
        with (
            subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL),  # its log is not read here
            _ended(process),
        ):
            yield int(line.partition("127.0.0.1:")[2].partition("/")[0]), process.pid


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """With the block, whatever happens in it."""
    try:
        yield
        process.terminate()
        process.wait(60)
    finally:
        process.kill()


@contextmanager
def verifying(folder: Path) -> Iterator[int]:
    certificate_file = folder / "certificate.pem"
    certificate_file.write_bytes(SIGNER.pem)
    with _printing_its_port("bench.ipn_verifying_server", PATH, str(certificate_file)) as port:
        yield port


@contextmanager
def nothing_served(shared: int = 0) -> Iterator[int]:
    """`shared`: the port of another one, which it shares."""
    with _printing_its_port("bench.ipn_null_server", str(shared)) as port:
        yield port


@contextmanager
def _printing_its_port(*words: str) -> Iterator[int]:
    with (
        subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True) as process,
        _ended(process),
    ):
        assert process.stdout is not None
        yield int(process.stdout.readline())
