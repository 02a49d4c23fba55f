"""Drift of a fleet in sync, cold and warm, compared with bare parsing, bare fetching and bare stat calls of the same.

CPU seconds of this process: the backend is another one, and what it takes is its own affair. A child measures memory.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import anyio

from bench.fleet import write_fleet
from bench.manifests import bare_parse
from bench.native_floor import bare_native
from bench.stub_admin_api import PAGE
from bench.stub_client import bare_fetch, config, serving
from bench.timing import Figure, compare
from reconciler.adapters.backend import HttpObserver
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.files.sync_cache import SyncCacheFile
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.secrets import SecretResolver
from reconciler.cli import relax_gc
from reconciler.core.model.selection import Selection
from reconciler.workflows.drift.check import check_drift

SHOPS = 10_000
RUNS = 5
SIZES = (1_000, 10_000, 100_000)


class Later(SystemClock):
    """A later time: the cache does not trust manifests that were just written."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=1)


def measure(folder: Path) -> list[Figure]:
    return [*of_fleet(folder, SHOPS, RUNS)]


def of_fleet(folder: Path, shops: int, runs: int) -> list[Figure]:
    relax_gc()
    paths = write_fleet(folder / "shops", shops)
    measured = partial(compare, runs=runs, clock=time.process_time)
    with serving(shops) as port:
        cold = measured(
            f"drift of {shops:,} unchanged shops, cold (CPU)",
            lambda: drift(folder, shops, port, warm=False),
            "bare parse and bare fetch",
            lambda: (bare_parse(paths), anyio.run(bare_fetch, port)),
        )
        native = measured(
            f"the same, {shops:,} shops (CPU)",
            lambda: drift(folder, shops, port, warm=False),
            "native parse, compiled schema, bare fetch",
            lambda: (bare_native(paths), anyio.run(bare_fetch, port)),
        )
        drift(folder, shops, port, warm=True)
        warm = measured(
            f"drift of {shops:,} unchanged shops, warm (CPU)",
            lambda: drift(folder, shops, port, warm=True),
            "bare stat, reading the cache, bare fetch",
            lambda: (_stat(paths), (folder / "standing").read_bytes(), anyio.run(bare_fetch, port)),
        )
        print(f"{_kilobytes(folder, shops, port):7.1f} KB  memory per shop, cold, {shops:,} shops", flush=True)
    return [cold, native, warm]


def scale(folder: Path) -> list[Figure]:
    """Time and memory per shop at each size: growth faster than the fleet would show."""
    figures = []
    for shops in SIZES:
        for figure in of_fleet(folder / str(shops), shops, 1):
            print(f"{1e6 * figure.subject_seconds[0] / shops:7.1f} us  per shop, {figure.name}", flush=True)
            figures.append(figure)
    return figures


def drift(folder: Path, shops: int, port: int, *, warm: bool) -> None:
    anyio.run(_drift, folder, shops, port, warm)


async def _drift(folder: Path, shops: int, port: int, warm: bool) -> None:
    memory = SyncCacheFile(folder / "standing", folder / "shops", "bench", Later()) if warm else None
    async with HttpObserver(config(port), SystemClock()) as observer:
        found = await check_drift(
            Selection(), ManifestFolder(folder / "shops"), SecretResolver(folder), observer, memory=memory
        )
        if len(found.shops) != shops or found.drifted or found.all_findings:
            raise RuntimeError("nothing should have drifted")
        if len(observer.requests) > shops / PAGE + 2:
            raise RuntimeError(f"{len(observer.requests)} requests")


def _stat(paths: list[Path]) -> None:
    for path in paths:
        path.stat()


def _kilobytes(folder: Path, shops: int, port: int) -> float:
    """Peak memory of a process for the fleet, per shop."""
    words = [sys.executable, "-m", "bench.drift", str(folder), str(shops), str(port)]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def _child(folder: Path, shops: int, port: int) -> None:
    relax_gc()
    before = _held("VmRSS")
    drift(folder, shops, port, warm=False)
    print((_held("VmHWM") - before) / shops)


def _held(name: str) -> int:
    """KB of this process. `getrusage` would report the parent's peak if that was higher."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0])


if __name__ == "__main__":
    _child(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
