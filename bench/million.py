"""`python -m bench million`: validate, drift and plan of 1,000,000 shops in a divided tree, each as a whole process.

Memory is the peak of the command and its children, CPU their user and system time. The backend is the stub of the other
benchmarks, in a process that is not counted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.fleet import write_fleet
from bench.stub_client import serving
from bench.timing import Figure

SHOPS = 1_000_000
COMMANDS = ("validate", "drift", "plan")
_SETTINGS = """\
backend: {{url: "http://127.0.0.1:{port}", client_id: bench, client_secret: ref+env://RECONCILER_BENCH_SECRET}}
pace: {{requests_per_second: 50}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCost:
    command: str
    mebibytes: float
    cpu_seconds: float
    wall_seconds: float

    def line(self) -> str:
        used = f"{self.mebibytes:7,.0f} MiB, {self.cpu_seconds:6.1f} s CPU, {self.wall_seconds:6.1f} s"
        return f"{used}  {self.command} of the fleet"


def measure(folder: Path) -> list[Figure]:
    for cost in costs(folder, SHOPS):
        print(cost.line(), flush=True)
    return []


def costs(folder: Path, shops: int) -> Iterator[CheckCost]:
    """Raises RuntimeError where a command finds anything: the fleet is valid and in sync."""
    write_fleet(folder / "shops", shops, divided=True)
    with serving(shops) as port:
        (folder / "reconciler.yaml").write_text(_SETTINGS.format(port=port))
        for command in COMMANDS:
            yield _cost(folder, command)


def _cost(folder: Path, command: str) -> CheckCost:
    words = [sys.executable, "-m", "reconciler", command, "-c", str(folder / "reconciler.yaml")]
    start = time.monotonic()
    child = os.posix_spawn(sys.executable, words, {**os.environ, "RECONCILER_BENCH_SECRET": "bench-secret"})
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"`{command}` ended with {os.waitstatus_to_exitcode(status)}")
    return CheckCost(
        command=command,
        mebibytes=used.ru_maxrss / 1024,
        cpu_seconds=used.ru_utime + used.ru_stime,
        wall_seconds=time.monotonic() - start,
    )
