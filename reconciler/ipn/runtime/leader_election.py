"""One process at a time works on an inbox; the others wait and continue when it ends.

In: leases, the name of the duty, the work. Out: the work, done while the lease is held and ended when it is lost. The lease only
avoids duplicate work. Compare-and-set, at the inbox and at the backend, keeps an order from being paid twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.lib.leadership import Leadership
from reconciler.ports import Clock, LeaseHeld, Leases, SetupError
from reconciler.ports.leases import DutyKey

WORK: Final = DutyKey("ipn-work")
_log = structlog.get_logger()


class LeaderElection:
    def __init__(self, leases: Leases, clock: Clock, watch: WorkerObserver, duty: DutyKey = WORK) -> None:
        self._watch = watch
        self._duty = duty
        self._leadership = Leadership(
            acquire=lambda: leases.acquire(duty),
            taken=LeaseHeld,
            failed=SetupError,
            clock=clock,
            on_elected=self._elected,
            on_lost=lambda: _log.warning("lease-lost", duty=str(duty)),
            on_ended=lambda: watch.leads(False),
        )

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Until it is cancelled, or the work ends."""
        await self._leadership.run(work)

    def _elected(self, fence: int) -> None:
        _log.info("leader-elected", duty=str(self._duty), fence=fence)
        self._watch.leads(True)
