"""Programs whose clock is wrong: time of day only, so that what they wait for takes as long as it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1",)


def missing() -> str | None:
    return None if _library() else "no faketime: apt-get install faketime"


def wrong_by(seconds: int) -> Mapping[str, str]:
    """Variables of a program whose clock is that far ahead, or behind where negative."""
    if seconds == 0:
        return {}
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(Path(__file__).with_name("wrong_clock")),
    }


def _library() -> Path | None:
    found = [path for pattern in _LIBRARIES for path in Path("/").glob(pattern.lstrip("/"))]
    return found[0] if found else None
