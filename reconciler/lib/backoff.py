"""How long to wait before trying again: longer after each failure, up to a limit. Pure."""

from __future__ import annotations

from typing import Final

_MOST_STEPS: Final = 30
"""More would only make large numbers: every limit is reached long before."""


def backoff(failures: int, *, first: float, longest: float, factor: int = 2) -> float:
    """Seconds to wait after so many failures: `first` after one, then `factor` times as long each time, at most `longest`."""
    return min(first * float(factor ** min(max(failures - 1, 0), _MOST_STEPS)), longest)
