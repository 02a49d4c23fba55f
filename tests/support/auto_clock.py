"""A clock whose time passes while all tasks are idle: a test needs no real waits to see the state after five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio.lowlevel

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
_QUIET = 30
"""Turns of the event loop without another task waking: more than a backend in memory needs for a response."""


def elapsed(moment: datetime) -> float:
    """Seconds from START: the `monotonic` of a test's clock if its time of day is not set."""
    return (moment - START).total_seconds()


class PassingClock:
    """Implements ports.Clock. The next sleeper wakes once all other tasks are idle."""

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
