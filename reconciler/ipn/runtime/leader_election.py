"""One process at a time works on an inbox; the others wait and continue when it ends.

In: leases, the name of the duty, the work. Out: the work, done while the lease is held and ended when it is lost. The lease only
avoids duplicate work. Compare-and-set, at the inbox and at the backend, keeps an order from being paid twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import anyio
import structlog

from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.lib.lease_renewal import Renewal
from reconciler.ports import Clock, Lease, LeaseHeld, Leases, SetupError
from reconciler.ports.leases import DutyKey

WORK: Final = DutyKey("ipn-work")
_STANDBY: Final = 5.0
_RENEW: Final = 15.0
_AGAIN: Final = 2.0
_MARGIN: Final = timedelta(seconds=5)
_log = structlog.get_logger()


class LeaderElection:
    def __init__(self, leases: Leases, clock: Clock, watch: WorkerObserver, duty: DutyKey = WORK) -> None:
        self._leases = leases
        self._clock = clock
        self._watch = watch
        self._duty = duty

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Until it is cancelled, or the work ends."""
        while True:
            lease = await self._taken()
            _log.info("leader-elected", duty=str(self._duty), fence=lease.held.fence)
            self._watch.leads(True)
            try:
                if await self._while_held(lease, work):
                    return
            finally:
                self._watch.leads(False)
                await self._give_back(lease)

    async def _taken(self) -> Lease:
        while True:
            with suppress(LeaseHeld, SetupError):
                return await self._leases.acquire(self._duty)
            await self._clock.sleep(_STANDBY)

    async def _while_held(self, lease: Lease, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work ended without being cancelled."""
        ended = False
        renewal = Renewal(
            renew=lease.renew, expires=lambda: lease.held.expires, taken=LeaseHeld, failed=SetupError,
            every=_RENEW, again=_AGAIN, margin=_MARGIN,
        )  # fmt: skip
        async with anyio.create_task_group() as group:

            async def renewing() -> None:
                await renewal.until_lost(self._clock)
                _log.warning("lease-lost", duty=str(self._duty))
                group.cancel_scope.cancel()

            group.start_soon(renewing)
            await work()
            ended = True
            group.cancel_scope.cancel()
        return ended

    async def _give_back(self, lease: Lease) -> None:
        with anyio.CancelScope(shield=True), suppress(SetupError, LeaseHeld):
            await lease.release()
