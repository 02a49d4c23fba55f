"""The start of the tool, compared with the start of Python: itself, and each command up to its parsed arguments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.timing import Figure, compare
from reconciler.cli.app import COMMANDS

RUNS = 9


def measure(_folder: Path) -> list[Figure]:
    tool = str(Path(sys.executable).parent / "reconciler")
    nothing = [sys.executable, "-c", "pass"]
    started = [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)]
    return [
        compare(f"reconciler {' '.join(words)}", _run([tool, *words]), "python -c pass", _run(nothing), RUNS)
        for words in started
    ]


def _run(command: list[str]):  # noqa: ANN202  # a closure of no arguments
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
