"""What starting the tool costs, against starting Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.measure import Figure, compare

RUNS = 15


def measure(_folder: Path) -> list[Figure]:
    tool = str(Path(sys.executable).parent / "reconciler")
    nothing = [sys.executable, "-c", "pass"]
    return [
        compare(f"reconciler {option}", _run([tool, option]), "python -c pass", _run(nothing), RUNS)
        for option in ("--help", "--version")
    ]


def _run(command: list[str]):  # noqa: ANN202  # a closure of no arguments
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
