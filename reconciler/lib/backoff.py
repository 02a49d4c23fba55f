"""How long to wait before trying again: twice as long after each failure, up to a limit. Pure."""

from __future__ import annotations

from typing import Final

_MOST_DOUBLINGS: Final = 30
"""More would only make large numbers: every limit is reached long before."""


def backoff(failures: int, *, first: float, longest: float) -> float:
    """Seconds to wait after so many failures: `first` after one, then doubled each time, never more than `longest`."""
    return min(first * float(2 ** min(max(failures - 1, 0), _MOST_DOUBLINGS)), longest)
