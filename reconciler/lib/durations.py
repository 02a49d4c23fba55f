"""Lengths of time as people write them: `90s`, `10m`, `1h`, `3d`."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration_seconds(word: str) -> int:
    """Raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", word)
    if match is None:
        raise ValueError(word)
    return int(match[1]) * _UNITS[match[2]]


def duration_word(seconds: int) -> str:
    """As it would be written: in the longest unit without a rest."""
    return next(f"{seconds // size}{unit}" for unit, size in reversed(_UNITS.items()) if seconds % size == 0)
