"""How often a source may try a token: five wrong ones within a quarter of an hour."""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from typing import Final

from reconciler.ports import Clock

MOST_WRONG: Final = 5
WITHIN: Final = 900.0
"""Seconds."""
_SOURCES: Final = 10_000


class SignInAttempts:
    """Remembers when each source was wrong. Of too many sources the oldest are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, source: str) -> int:
        """Seconds until the next attempt is looked at; 0: now."""
        recent = self._recent(source)
        if len(recent) < MOST_WRONG:
            return 0
        return max(1, ceil(recent[-MOST_WRONG] + WITHIN - self._clock.monotonic()))

    def count_wrong(self, source: str) -> None:
        self._wrong[source] = [*self._recent(source), self._clock.monotonic()]
        self._wrong.move_to_end(source)
        while len(self._wrong) > _SOURCES:
            self._wrong.popitem(last=False)

    def forget(self, source: str) -> None:
        self._wrong.pop(source, None)

    def _recent(self, source: str) -> list[float]:
        start = self._clock.monotonic() - WITHIN
        return [each for each in self._wrong.get(source, ()) if each > start]
