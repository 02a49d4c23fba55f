"""The environment that `make run` saves for later commands: it works in any folder, and no shell keeps it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def test_the_demos_environment_is_one_commands_and_holds_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("demo_run", ROOT / "demo" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
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
