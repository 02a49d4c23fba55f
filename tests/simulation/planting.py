"""A fault that is planted in the tool makes a judge complain in one of a few short stories."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]
Tell = Callable[[int], object]
"""The story of a seed. Raises AssertionError where a judge complains."""


def check_that_it_is_found(
    plant: Plant, complaint: str, tell: Tell, seeds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`complaint` is a pattern of what the judge says."""
    plant(monkeypatch)
    said = next(filter(None, (_complaint(tell, seed) for seed in seeds)), "nothing was found")
    assert re.search(complaint, said), said


def _complaint(tell: Tell, seed: int) -> str | None:
    try:
        tell(seed)
    except AssertionError as complaint:
        return str(complaint)
    return None
