"""One bucket for the requests of several clients: a watcher's, over all shops. Halved after a 429, raised again slowly.

In: requests that are about to leave, and how each was answered. Out: a pause, if one is due. What the rate is, is decided in
`core/watch/request_rate.py`.
"""

from __future__ import annotations

from typing import Final

import anyio

from reconciler.core.watch.request_rate import RequestRate
from reconciler.ports import Clock

_BURST: Final = 1.0
"""Seconds: so much of what was not used may leave at once."""
_TOO_MANY: Final = 429


class SharedRate:
    """Implements ports.watch.SharedPace. Waiting is in the order of arrival."""

    def __init__(self, clock: Clock, requests_per_second: float) -> None:
        self._clock = clock
        self._rate = RequestRate.full(requests_per_second, clock.monotonic())
        self._free = clock.monotonic()
        self._queue = anyio.Lock()
        self._throttled = 0

    @property
    def rate(self) -> float:
        return self._rate.now

    @property
    def throttled(self) -> int:
        return self._throttled

    async def wait(self) -> None:
        """Returns when the next request may leave."""
        async with self._queue:
            pause = self._free - _BURST - self._clock.monotonic()
            if pause > 0:
                await self._clock.sleep(pause)
            self._free = max(self._free, self._clock.monotonic()) + 1 / self._rate.now

    def answered(self, status: int | None) -> None:
        """`status` is None where no answer came."""
        at = self._clock.monotonic()
        if status == _TOO_MANY:
            self._throttled += 1
            self._rate = self._rate.throttled(at)
        else:
            self._rate = self._rate.raised(at)
