"""A lease that is renewed for as long as its work takes, and given back whatever happens.

In: a lease, a clock, and who is to be told where it is lost, or where the store fails. It decides nothing about the work.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import anyio

from reconciler.ports import Clock, Lease, LeaseHeld, Unusable

RENEW_EVERY: Final = 15.0
"""Seconds; well within the time that a lease lives."""


@asynccontextmanager
async def kept(
    lease: Lease, clock: Clock, lose: Callable[[], None], fail: Callable[[Unusable], None] = lambda _error: None
) -> AsyncIterator[None]:
    """`lose` is told once, when the lease is another's or may be; `fail` each time it cannot be renewed."""
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_renew, lease, clock, lose, fail)
            yield
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True), suppress(Unusable):  # it ends by itself
            await lease.release()


async def _renew(lease: Lease, clock: Clock, lose: Callable[[], None], fail: Callable[[Unusable], None]) -> None:
    while True:
        await clock.sleep(RENEW_EVERY)
        try:
            await lease.renew()
        except LeaseHeld:
            lose()
            return
        except Unusable as error:
            # What was begun is ended under what is left of the lease; then the shop is anybody's.
            fail(error)
            if lease.held.expires <= clock.now():
                lose()
                return
