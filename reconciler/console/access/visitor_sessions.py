"""Sessions of those who signed in, in the memory of the process: they end with it, with their time, and by signing out.

In: a clock. Out: random tokens, of which only digests are kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from reconciler.ports import Clock

MOST_SESSIONS: Final = 1_000
"""Beyond, the oldest one ends."""


class VisitorSessions:
    def __init__(self, clock: Clock, lifetime: timedelta) -> None:
        self._clock = clock
        self._lifetime = lifetime.total_seconds()
        self._ends: dict[bytes, float] = {}

    def start(self) -> str:
        now = self._clock.monotonic()
        self._ends = {each: end for each, end in self._ends.items() if end > now}
        while len(self._ends) >= MOST_SESSIONS:
            del self._ends[next(iter(self._ends))]
        token = secrets.token_urlsafe(32)
        self._ends[_digest(token)] = now + self._lifetime
        return token

    def knows(self, token: str) -> bool:
        return bool(token) and self._ends.get(_digest(token), 0.0) > self._clock.monotonic()

    def end(self, token: str) -> None:
        self._ends.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    """The look-up compares digests: how long it takes says nothing about a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
