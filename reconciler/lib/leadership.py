"""A duty that one process at a time has; the others wait, and one of them gets the duty when it ends.

In: how the duty is acquired, and the work. Out: the work, done while the duty is held and cancelled when it is lost. That only
avoids duplicate work: two may still be at it for a moment, so what they do has to bear it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

import anyio

from reconciler.lib.frozen_class import frozen
from reconciler.lib.lease_renewal import Renewal
from reconciler.lib.timeouts import Timer

STANDBY: Final = 5.0
_RENEW: Final = 15.0
_AGAIN: Final = 2.0
_MARGIN: Final = timedelta(seconds=5)


class Holding(Protocol):
    @property
    def fence(self) -> int: ...

    @property
    def expires(self) -> datetime: ...


class Duty(Protocol):
    """A lease that is held."""

    @property
    def held(self) -> Holding: ...

    async def renew(self) -> None: ...

    async def release(self) -> None: ...


@frozen
class Leadership:
    """`acquire` and `renew` raise `taken` if another process has the duty, `failed` if that cannot be found out. `on_elected`
    gets the number of the lease; `on_lost` is called where the work is cancelled, `on_ended` each time this process leads no
    more. The lease is renewed every `renew` seconds: at most a third of what it lasts.
    """

    acquire: Callable[[], Awaitable[Duty]]
    taken: type[Exception]
    failed: type[Exception]
    clock: Timer
    on_elected: Callable[[int], None]
    on_lost: Callable[[], None]
    on_ended: Callable[[], None]
    standby: float = STANDBY
    renew: float = _RENEW

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Until it is cancelled, or the work ends."""
        while not await self.hold(await self._acquired(), work):
            pass

    async def hold(self, duty: Duty, work: Callable[[], Awaitable[None]]) -> bool:
        """The work under a duty that was acquired. Whether it ended without being cancelled, since the duty was lost."""
        self.on_elected(duty.held.fence)
        try:
            return await self._while_held(duty, work)
        finally:
            self.on_ended()
            await self._give_back(duty)

    async def _acquired(self) -> Duty:
        while True:
            with suppress(self.taken, self.failed):
                return await self.acquire()
            await self.clock.sleep(self.standby)

    async def _while_held(self, duty: Duty, work: Callable[[], Awaitable[None]]) -> bool:
        ended = False
        renewal = Renewal(
            renew=duty.renew, expires=lambda: duty.held.expires, taken=self.taken, failed=self.failed,
            every=self.renew, again=min(_AGAIN, self.renew), margin=min(_MARGIN, timedelta(seconds=self.renew)),
        )  # fmt: skip
        async with anyio.create_task_group() as group:

            async def renewing() -> None:
                await renewal.until_lost(self.clock)
                self.on_lost()
                group.cancel_scope.cancel()

            group.start_soon(renewing)
            await work()
            ended = True
            group.cancel_scope.cancel()
        return ended

    async def _give_back(self, duty: Duty) -> None:
        with anyio.CancelScope(shield=True), suppress(self.failed, self.taken):
            await duty.release()
