"""Limits the requests per second of each shop. In: a lane's name. Out: a pause, if one is due.

Our own code instead of aiolimiter: that uses the event loop's clock, while every wait of this tool goes through the
`Clock` port (a test with its own clock would otherwise really sleep); and it allows a burst of a whole period, while the
platform requires the requests of one client to be spaced.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import anyio

from reconciler.ports import Clock

_KEPT: Final = 4096


class _Lane:
    """Waiting is in the order of arrival, one at a time, so no pause is longer than one gap however the clock is set."""

    __slots__ = ("free", "queue")

    def __init__(self, free: datetime) -> None:
        self.free = free
        self.queue = anyio.Lock()


class RateLimiter:
    def __init__(self, clock: Clock, requests_per_second: float | None) -> None:
        self._clock = clock
        self._gap = 1 / requests_per_second if requests_per_second else 0.0
        self._step = timedelta(seconds=self._gap)
        self._lanes: dict[str, _Lane] = {}

    async def wait(self, lane: str) -> None:
        """Returns when a request of this lane may leave."""
        if not self._gap:
            return
        mine = self._lane(lane)
        now = self._clock.now()
        if mine.free <= now and not mine.queue.locked():
            mine.free = now + self._step
            return
        async with mine.queue:
            pause = min((mine.free - self._clock.now()).total_seconds(), self._gap)
            if pause > 0:
                await self._clock.sleep(pause)
            mine.free = self._clock.now() + self._step

    def _lane(self, name: str) -> _Lane:
        if name not in self._lanes:
            self._forget_idle()
            self._lanes[name] = _Lane(self._clock.now())
        return self._lanes[name]

    def _forget_idle(self) -> None:
        """A hundred thousand shops pass by once each; a lane that owes no pause is like one that was never seen."""
        if len(self._lanes) < _KEPT:
            return
        now = self._clock.now()
        self._lanes = {n: lane for n, lane in self._lanes.items() if lane.queue.locked() or lane.free > now}
