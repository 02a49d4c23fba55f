"""How long until something is tried again. In: how often it was tried. Out: a time. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=6)


def after(tries: int, *, first: timedelta = FIRST, longest: timedelta = LONGEST) -> timedelta:
    """The first pause after no earlier try, then twice as long each time, up to the longest."""
    doubled: int = 2 ** min(tries, 20)
    return min(first * doubled, longest)
