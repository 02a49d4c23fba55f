"""A copy of an example fleet that works with a backend of the test, and the tool run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FLEETS = ("github-fleet", "gitlab-fleet", "kubernetes", "single-host")

each_fleet = pytest.mark.parametrize("name", FLEETS)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILER_")}
    return kept | {"PYTHONUTF8": "1", "LANG": "C.UTF-8"} | more


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "reconciler", *words]


def ran(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # our tool
        command(*words), cwd=folder, env=environment(**more), capture_output=True, text=True, check=False, timeout=300
    )


def fleet(name: str, folder: Path, url: str) -> Path:
    """A copy of an example that uses the backend at `url`, and a store of its own."""
    copy = folder / name
    shutil.copytree(EXAMPLES / name, copy)
    settings = yaml.safe_load((copy / "reconciler.yaml").read_text(encoding="utf-8"))
    settings["manifests"], settings["store"] = "shops", ".reconciler/journal.db"
    settings["backend"] |= {"url": url, "client_secret": "ref+env://RECONCILER_BACKEND_SECRET"}
    settings.pop("ipn", None)
    (copy / "reconciler.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return copy
