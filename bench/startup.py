"""The start of the tool compared with that of Python: itself, each command up to its parsed arguments, and a plan of one shop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.fleet import write_fleet
from bench.stub_client import serving
from bench.timing import Figure, compare
from reconciler.cli.app import COMMANDS

RUNS = 9
_SETTINGS = (
    "backend: {{url: 'http://127.0.0.1:{port}', client_id: bench, client_secret: ref+env://RECONCILER_BENCH_SECRET}}\n"
)


def measure(folder: Path) -> list[Figure]:
    tool = str(Path(sys.executable).parent / "reconciler")
    nothing = [sys.executable, "-c", "pass"]
    started = [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)]
    starts = [
        compare(f"reconciler {' '.join(words)}", _run([tool, *words]), "python -c pass", _run(nothing), RUNS)
        for words in started
    ]
    return [*starts, _plan_of_one_shop(folder, tool, nothing)]


def _plan_of_one_shop(folder: Path, tool: str, nothing: list[str]) -> Figure:
    """Against the stub of a backend, with one change."""
    [manifest] = write_fleet(folder / "shops", 1)
    manifest.write_text(manifest.read_text().replace("amazon-pay@", "billing@"))
    with serving(1) as port:
        (folder / "reconciler.yaml").write_text(_SETTINGS.format(port=port))
        planning = [tool, "plan", "-c", str(folder / "reconciler.yaml")]
        environment = os.environ | {"RECONCILER_BENCH_SECRET": "bench-secret"}
        return compare("reconciler plan, one shop", _run(planning, environment), "python -c pass", _run(nothing), RUNS)


def _run(command: list[str], environment: dict[str, str] | None = None) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
