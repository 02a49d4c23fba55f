"""Work that is started again when it ends unexpectedly, later after each failure, and given up after many.

In: the work, what it may fail of, a clock. Out: nothing once it was asked to stop; `WorkerGaveUp` after many failures in a row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.lib.timeouts import Timer


class WorkerGaveUp(Exception):
    """`cause` is the last failure, None where the work ended without one."""

    def __init__(self, cause: Exception | None) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


@frozen
class Restarts:
    """`first` and `longest`: seconds before a restart. Work that lasted `healthy` seconds failed for the first time. After `most`
    failures in a row it is given up: what started the process may do better.
    """

    first: float = 1.0
    longest: float = 30.0
    healthy: float = 60.0
    most: int = 10


@frozen
class Supervision:
    """`expected` are the errors of which the work may end. `on_failure` gets one, or None, and the seconds until the restart."""

    clock: Timer
    stopping: anyio.Event
    expected: tuple[type[Exception], ...]
    on_failure: Callable[[Exception | None, float], None]
    restarts: Restarts = Restarts()

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Until `stopping` is set, which the work watches as well. Raises WorkerGaveUp."""
        failures = 0
        while not self.stopping.is_set():
            started = self.clock.monotonic()
            error = await self._error_of(work)
            if self.stopping.is_set():
                return
            lasted = self.clock.monotonic() - started
            failures = 1 if lasted >= self.restarts.healthy else failures + 1
            if failures >= self.restarts.most:
                raise WorkerGaveUp(error)
            wait = backoff(failures, first=self.restarts.first, longest=self.restarts.longest)
            self.on_failure(error, wait)
            await self._pause(wait)

    async def _error_of(self, work: Callable[[], Awaitable[None]]) -> Exception | None:
        try:
            await work()
        except self.expected as error:
            return error
        return None

    async def _pause(self, seconds: float) -> None:
        async with anyio.create_task_group() as group:

            async def stopped() -> None:
                await self.stopping.wait()
                group.cancel_scope.cancel()

            group.start_soon(stopped)
            await self.clock.sleep(seconds)
            group.cancel_scope.cancel()
