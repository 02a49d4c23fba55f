"""A clock on which time passes when nothing else goes on: a test waits for nothing, and sees what comes after five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio.lowlevel

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
_QUIET = 30
"""Turns of the event loop in which nobody else woke: more than a backend in memory takes for an answer."""


def elapsed(moment: datetime) -> float:
    """Seconds from START: what a test's clock gives as `monotonic` when nobody sets its time of day."""
    return (moment - START).total_seconds()


class PassingClock:
    """Implements ports.Clock. Whoever is to wake first does so once all the others have come to rest."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start
        self._sleepers: list[datetime] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        self._sleepers.append(until)
        try:
            while self.time < until:
                await self._rest()
                if until <= min(self._sleepers):
                    self.time = max(self.time, until)
        finally:
            self._sleepers.remove(until)

    async def _rest(self) -> None:
        for _ in range(_QUIET):
            await anyio.lowlevel.checkpoint()
