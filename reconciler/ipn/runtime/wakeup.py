"""A wake-up call for one task, by others of its process: `ring` never blocks, `wait` ends at the next ring or after some time.

A ring without a waiter is kept, so that new work is not missed.
"""

from __future__ import annotations

from contextlib import suppress

import anyio

from reconciler.lib.timeouts import DeadlineExceeded, with_deadline
from reconciler.ports import Clock


class WakeupEvent:
    def __init__(self) -> None:
        self._rung = anyio.Event()

    def set(self) -> None:
        self._rung.set()

    async def wait(self, clock: Clock, seconds: float) -> None:
        """The woken task checks all work: several rings may be merged into one."""
        with suppress(DeadlineExceeded):
            await with_deadline(clock, clock.monotonic() + seconds, self._rung.wait)
        self._rung = anyio.Event()
