"""Leases that are renewed for as long as their work takes, and given back whatever happens.

In: leases, a clock, and who is to be told where one is lost, or where the store fails. It decides nothing about the work. All
leases of a run are renewed together, so that they share one trip to the disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import anyio

from reconciler.ports import Clock, Lease, LeaseHeld, Unusable

RENEW_EVERY: Final = 15.0
"""Seconds; well within the time that a lease lives."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    lease: Lease
    lose: Callable[[], None]
    fail: Callable[[Unusable], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """`leases` are those in hand that nobody has lost; `keeping` renews them."""

    clock: Clock
    leases: set[_Kept] = field(default_factory=set)

    @asynccontextmanager
    async def kept(
        self, lease: Lease, lose: Callable[[], None], fail: Callable[[Unusable], None] = lambda _error: None
    ) -> AsyncIterator[None]:
        """`lose` is told once, when the lease is another's or may be; `fail` each time it cannot be renewed."""
        kept = _Kept(lease, lose, fail)
        self.leases.add(kept)
        try:
            yield
        finally:
            self.leases.discard(kept)
            with anyio.CancelScope(shield=True), suppress(Unusable):  # it ends by itself
                await lease.release()

    async def renew(self) -> None:
        while True:
            await self.clock.sleep(RENEW_EVERY)
            async with anyio.create_task_group() as group:
                for kept in tuple(self.leases):
                    group.start_soon(self._renew, kept)

    async def _renew(self, kept: _Kept) -> None:
        """What is given back meanwhile is nobody's loss."""
        try:
            await kept.lease.renew()
        except LeaseHeld:
            self._lose(kept)
        except Unusable as error:
            # What was begun is ended under what is left of the lease; then the shop is anybody's.
            kept.fail(error)
            if kept.lease.held.expires <= self.clock.now():
                self._lose(kept)

    def _lose(self, kept: _Kept) -> None:
        if kept in self.leases:
            self.leases.discard(kept)
            kept.lose()


@asynccontextmanager
async def keeping(clock: Clock) -> AsyncIterator[Keeper]:
    keeper = Keeper(clock=clock)
    async with anyio.create_task_group() as group:
        group.start_soon(keeper.renew)
        yield keeper
        group.cancel_scope.cancel()
