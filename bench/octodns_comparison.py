"""`make bench-octodns`: a check of a fleet in sync, by `reconciler drift` and by `octodns-sync`, over one HTTP store.

python -m bench.octodns_comparison FOLDER_OF_OCTODNS [UNITS]

Whole processes, as a schedule would start them. As many zones as shops, one record per field that a manifest declares, in files
of about the same size; neither side writes anything, and neither is paced. octoDNS runs in its default configuration, and then in
configurations that may be faster: several workers, the store's pages instead of a request per zone, no order of keys enforced, no
log. The tool is compared with the fastest of them and with the default.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.fleet import write_fleet
from bench.octodns_zones import records, zone_name
from bench.stub_admin_api import first_integration, integrations
from bench.stub_client import serving
from bench.timing import Figure

UNITS = 10_000
COLD, WARM = 3, 3
ROOT = Path(__file__).parent.parent
TOOL = str(Path(sys.executable).parent / "reconciler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How octoDNS is run."""

    workers: int = 1
    pages: bool = False
    eased: bool = True

    def __str__(self) -> str:
        asked = "pages" if self.pages else "one by one"
        return f"{self.workers} worker{'s' * (self.workers > 1)}, {asked}" if self.eased else "default"


DEFAULT = Way(eased=False)
WAYS = (DEFAULT, *(Way(workers=workers, pages=pages) for pages in (False, True) for workers in (1, 4)))


@dataclass(frozen=True, slots=True)
class Took:
    """Elapsed and CPU seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """octoDNS in one configuration, and the tool right after it, so that a noisy machine affects both."""

    way: Way
    theirs: Took
    cold: Took
    warm: Took

    def figures(self, units: int) -> list[Figure]:
        return [
            Figure(
                name=f"octodns-sync of {units:,} zones, {self.way} ({clock})",
                floor=f"drift, {ours},",
                subject_seconds=(getattr(self.theirs, clock),),
                floor_seconds=(getattr(took, clock),),
            )
            for ours, took in (("cold", self.cold), ("warm", self.warm))
            for clock in ("wall", "cpu")
        ]


def main(octodns: Path, units: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_fleet(folder / "tool" / "shops", units)
        _write_zones(folder / "zones", units)
        with serving(units) as port:
            _settle(folder / "tool", port)
            print(f"{units:,} units: elapsed and CPU seconds of octodns-sync")
            rounds = [_round(octodns, folder, port, way) for way in WAYS]
    quickest = min(rounds, key=lambda one: one.theirs.cpu)
    for one in (quickest, rounds[0]):
        for figure in one.figures(units):
            print(figure.line())


def _round(octodns: Path, folder: Path, port: int, way: Way) -> Round:
    theirs = _sync(octodns, folder, port, way)
    print(f"{theirs.wall:9.2f} {theirs.cpu:9.2f}   {way}", flush=True)
    cold, warm = _drifts(folder / "tool")
    return Round(way=way, theirs=theirs, cold=cold, warm=warm)


def _settle(folder: Path, port: int) -> None:
    (folder / "reconciler.yaml").write_text(
        f"backend: {{url: 'http://127.0.0.1:{port}/', client_id: bench, client_secret: 'ref+env://BENCH_SECRET'}}\n"
        "pace: {requests_per_second: 1000}\n"
    )


def _drifts(folder: Path) -> tuple[Took, Took]:
    """Cold: without a cache. Warm: with the cache of an earlier check. Medians."""
    cold = []
    for _ in range(COLD):
        shutil.rmtree(folder / ".reconciler", ignore_errors=True)
        cold.append(_drift(folder))
    return _median(cold), _median([_drift(folder) for _ in range(WARM)])


def _drift(folder: Path) -> Took:
    return _run([TOOL, "drift"], folder, os.environ | {"BENCH_SECRET": "bench-secret"})


def _median(took: list[Took]) -> Took:
    return Took(statistics.median(one.wall for one in took), statistics.median(one.cpu for one in took))


def _sync(octodns: Path, folder: Path, port: int, way: Way) -> Took:
    config = folder / "octodns.yaml"
    given = {"workers": way.workers, "pages": way.pages, "ordered": not way.eased}
    written = {name: json.dumps(value) for name, value in given.items()}
    config.write_text(_CONFIG.format(port=port, zones=folder / "zones", **written))
    words = [str(octodns / "bin" / "octodns-sync"), "--config-file", str(config), *["--quiet"] * way.eased]
    return _run(words, folder, os.environ | {"PYTHONPATH": str(ROOT)})


_CONFIG = """\
manager: {{max_workers: {workers}}}
providers:
  files:
    class: octodns.provider.yaml.YamlProvider
    directory: {zones}
    enforce_order: {ordered}
    escaped_semicolons: false
  store: {{class: bench.octodns_provider.StoreProvider, port: {port}, pages: {pages}}}
zones:
  '*': {{sources: [files], targets: [store]}}
"""


def _run(words: list[str], folder: Path, environment: dict[str, str]) -> Took:
    """Refuses a run that found a difference or failed: it would not be comparable."""
    before, started_at = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    took, after = time.perf_counter() - started_at, resource.getrusage(resource.RUSAGE_CHILDREN)
    said = done.stdout + done.stderr
    if done.returncode or ("No changes were planned" not in said and "none in" not in said):
        raise RuntimeError(f"{words[0]} ended with {done.returncode}:\n{said[-2000:]}")
    return Took(took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _write_zones(folder: Path, count: int) -> None:
    folder.mkdir()
    for answer in integrations(range(count), first_integration()):
        found = records(answer).items()
        lines = (f"{name}:\n  type: TXT\n  value: {json.dumps(value)}\n" for name, value in found)
        (folder / f"{zone_name(answer['shopKey'])}yaml").write_text("---\n" + "".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else UNITS)
