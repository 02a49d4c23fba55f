"""The coverage-guided fuzzer over the parsers, in a process of its own. atheris has no wheel everywhere, so it is optional."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = 200_000


@pytest.mark.soak
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed (pip install atheris)"
)
def test_nothing_but_a_refusal_is_ever_raised(tmp_path):
    harness = Path(__file__).with_name("ipn_harness.py")
    ran = subprocess.run(
        [sys.executable, str(harness), str(RUNS), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    assert f"Done {RUNS} runs" in ran.stderr
