"""The turns of one process in a rate that all workers of a fleet share.

In: requests that are about to leave, and how each was answered. Out: a pause, if one is due. Turns are taken from the store
in portions of a moment, not one for each request. Where the store cannot be used the process goes on at the rate it knew:
what it has started, above all a closed shop, has to be finished.
"""

from __future__ import annotations

import asyncio
from typing import Final

import anyio
import anyio.to_thread

from reconciler.ports import Clock, SetupError
from reconciler.ports.fleet.shared_limits import SharedRequests

_PORTION: Final = 0.25
"""Seconds of the present rate that are taken at once."""
_TOO_MANY: Final = 429


class FleetRate:
    """Implements ports.watch.RequestPacer. Waiting is in the order of arrival. `rate`: requests a second of all workers
    together.
    """

    def __init__(self, clock: Clock, shared: SharedRequests, requests_per_second: float) -> None:
        self._clock = clock
        self._shared = shared
        self.rate = requests_per_second
        self.throttled = 0
        self._left = 0
        self._taken = 0.0
        self._queue = anyio.Lock()
        self._halving: set[asyncio.Future[None]] = set()

    async def wait(self) -> None:
        async with self._queue:
            if self._left < 1 or self._clock.monotonic() - self._taken > 2 * _PORTION:
                await self._take()
            self._left -= 1

    def answered(self, status: int | None) -> None:
        """The others learn of a refusal with their next portion."""
        if status != _TOO_MANY:
            return
        self.throttled += 1
        self._left = 0
        halving = asyncio.ensure_future(self._halve())
        self._halving.add(halving)
        halving.add_done_callback(self._halving.discard)

    async def _take(self) -> None:
        """What is left of a portion that is no longer fresh is not used: others may have had to slow down since."""
        await self._settle()
        count = max(1, round(self.rate * _PORTION))
        try:
            granted = await anyio.to_thread.run_sync(self._shared.take, count)
        except SetupError:
            self._left = 1
            pause = 1 / self.rate
        else:
            self.rate, self._left, pause = granted.per_second, granted.count, granted.wait
        if pause > 0:
            await self._clock.sleep(pause)
        self._taken = self._clock.monotonic()

    async def _settle(self) -> None:
        """A refusal is recorded before more is taken."""
        if self._halving:
            await asyncio.wait(self._halving)

    async def _halve(self) -> None:
        try:
            self.rate = await anyio.to_thread.run_sync(self._shared.halve)
        except SetupError:
            self.rate /= 2
