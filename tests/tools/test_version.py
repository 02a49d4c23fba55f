"""The version is written once, in `reconciler/__init__.py`. The distribution, the command and every document read it there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from reconciler import __version__
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.run_info import run_info

ROOT = Path(__file__).parents[2]
TUTORIAL = ("docs/tutorial/1-install.md", "docs/ja/tutorial/1-install.md")


def test_the_distribution_has_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "reconciler.__version__"}
    assert version("reconciler") == __version__


def test_the_command_prints_it() -> None:
    command = [sys.executable, "-m", "reconciler", "--version"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert ended.stdout == f"reconciler {__version__}\n"


def test_a_run_records_it() -> None:
    assert run_info(ROOT, "plan", "sha256:0", SystemClock(), {}).version == __version__


def test_no_other_source_file_or_page_repeats_it() -> None:
    """A page may name a former release. `make release` sets the version where the tutorial prints it."""
    files = [*ROOT.glob("reconciler/**/*.py"), *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "pyproject.toml"]
    files.remove(ROOT / "CHANGELOG.md")
    repeated = re.compile(rf"(?<![\d.])(?<!release[- ])(?<!リリース ){re.escape(__version__)}(?![\d.])")

    places = [path.relative_to(ROOT).as_posix() for path in files if repeated.search(path.read_text(encoding="utf-8"))]
    assert [place for place in places if place not in TUTORIAL] == ["reconciler/__init__.py"]
