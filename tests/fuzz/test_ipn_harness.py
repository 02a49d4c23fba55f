"""The coverage-guided fuzzer over the parsers, in a process of its own.

atheris has no wheel for every machine. Where it has one, `make soak` installs it (the extra `soak`), and to be without it is a
failure.
"""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

RUNS = 1_000_000
ROOMS = (
    "envelope",
    "address",
    "signature",
    "certificate",
    "identity",
    "notice",
    "details",
    "ids",
    "money",
    "strict_json",
)


def has_a_wheel() -> bool:
    """As the extra says it of this machine."""
    wanted = [Requirement(line) for line in metadata.requires("reconciler") or ()]
    return any(
        one.name == "atheris" and one.marker is not None and one.marker.evaluate({"extra": "soak"}) for one in wanted
    )


@pytest.mark.soak
@pytest.mark.skipif(not has_a_wheel(), reason="atheris has no wheel for this machine or Python")
def test_nothing_but_a_refusal_is_ever_raised_and_no_signature_is_good_for_anything_else(tmp_path):
    harness = Path(__file__).with_name("ipn_harness.py")
    ran = subprocess.run(
        [sys.executable, str(harness), str(RUNS), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    print(next(line for line in ran.stderr.splitlines() if "DONE" in line))
    assert f"Done {RUNS} runs" in ran.stderr
    for room in ROOMS:
        assert f"Instrumenting reconciler.ipn.{room}\n" in ran.stderr, "a room that is not seen is not explored"
