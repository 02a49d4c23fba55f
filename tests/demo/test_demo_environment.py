"""The environment that `make run` saves for later commands: it works in any folder, and no shell keeps it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from demo import run as demo


def test_the_demos_environment_is_one_commands_and_holds_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "store" / "with"
    monkeypatch.setattr(demo, "STORE", script.parent)
    monkeypatch.setattr(demo, "WITH", script)
    own = demo.prepare()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    reported = subprocess.run([script, "env"], cwd=elsewhere, text=True, capture_output=True, check=True, timeout=30)
    seen = dict(line.split("=", 1) for line in reported.stdout.splitlines() if line.startswith("RECONCILER_"))

    assert Path(seen["RECONCILER_CONFIG"]).is_file()
    assert all(Path(value).is_absolute() for value in seen.values())
    assert {name: own[name] for name in seen} == seen
    assert script.stat().st_mode & 0o077 == 0
    assert "RECONCILER_CONFIG" not in os.environ
