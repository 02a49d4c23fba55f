"""A wake-up call for one task, by others of its process: `ring` never blocks, `wait` ends at the next ring or after some time.

A ring while nobody waits is kept, so that work which came meanwhile is not slept over.
"""

from __future__ import annotations

import anyio

from reconciler.ports import Clock


class WakeupEvent:
    def __init__(self) -> None:
        self._rung = anyio.Event()

    def set(self) -> None:
        self._rung.set()

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Whoever is woken looks at what there is to do: several rings may be one."""
        async with anyio.create_task_group() as group:

            async def time_out() -> None:
                await clock.sleep(seconds)
                group.cancel_scope.cancel()

            group.start_soon(time_out)
            await self._rung.wait()
            group.cancel_scope.cancel()
        self._rung = anyio.Event()
