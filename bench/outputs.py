"""A plan of a fleet in which every shop changes, with all outputs as files, compared with the plan alone in the same run.

CPU seconds and peak memory of the process `reconciler plan`. The backend is another process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.fleet import write_fleet
from bench.stub_client import serving
from bench.timing import Figure
from reconciler.cli.shell.output_kinds import supported_kinds

SHOPS = 5_000
LARGE = 100_000
RUNS = 3
_SETTINGS = """\
backend: {{url: 'http://127.0.0.1:{port}', client_id: bench, client_secret: ref+env://BENCH_SECRET}}
environment: production
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    seconds: float
    kilobytes: int


def measure(folder: Path) -> list[Figure]:
    return [_of_fleet(folder, SHOPS, RUNS)]


def scale(folder: Path) -> list[Figure]:
    """Takes minutes."""
    return [_of_fleet(folder, LARGE, 1)]


def _of_fleet(folder: Path, shops: int, runs: int) -> Figure:
    for path in write_fleet(folder / "shops", shops):
        path.write_text(
            path.read_text().replace("pre_order: true ", "pre_order: false").replace("でお支払い", "で支払う")
        )
    kinds = [kind for kind in supported_kinds("plan") if kind not in ("text", "concise")]
    files = {kind: folder / f"plan.{kind}" for kind in kinds}
    with serving(shops) as port:
        (folder / "reconciler.yaml").write_text(_SETTINGS.format(port=port))
        pairs = [(_plan(folder, files), _plan(folder, {})) for _ in range(runs)]
    for kind, file in files.items():
        print(f"{file.stat().st_size / 1e6:9.2f} MB  {kind}, {shops:,} changed shops", flush=True)
    peak = max(used.kilobytes for used, _ in pairs)
    alone = max(used.kilobytes for _, used in pairs)
    print(f"{peak / 1024:9.0f} MiB  peak memory with all outputs, {alone / 1024:.0f} MiB without", flush=True)
    return Figure(
        name=f"plan of {shops:,} changed shops, all outputs (CPU)",
        floor="the plan alone",
        subject_seconds=tuple(used.seconds for used, _ in pairs),
        floor_seconds=tuple(used.seconds for _, used in pairs),
    )


def _plan(folder: Path, files: dict[str, Path]) -> _Used:
    """What a process uses that plans and writes the files; text on stdout in any case."""
    words = [sys.executable, "-m", "reconciler", "plan", "--no-pager", "--allow", "fleet-share"]
    words += [word for kind, file in files.items() for word in ("-o", f"{kind}={file}")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILER_")}
    with (folder / "plan.text").open("wb") as stdout:
        process = subprocess.Popen(
            words, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, env={**clean, "BENCH_SECRET": "bench-secret"}
        )
        _, status, usage = os.wait4(process.pid, 0)
    assert process.stderr is not None
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(process.stderr.read().decode())
    process.stderr.close()
    process.returncode = 0
    return _Used(seconds=usage.ru_utime + usage.ru_stime, kilobytes=usage.ru_maxrss)
