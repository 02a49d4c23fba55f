"""Debian's `promtool`, which checks and tests rules as Prometheus evaluates them.

Without it the tests are skipped, or fail where `TESTS_WANT_PROMETHEUS` is set, as it is where it was installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WANTED = "TESTS_WANT_PROMETHEUS"


def demand_promtool() -> None:
    if shutil.which("promtool") is None:
        (pytest.fail if os.environ.get(WANTED) else pytest.skip)("no promtool: apt-get install prometheus")


def promtool(*words: str, folder: Path) -> tuple[int, str]:
    """Its exit code, and all that it printed."""
    done = subprocess.run(["promtool", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr
