"""Leases of shops: renewed for as long as their work takes, and always released.

`LeaseRenewer` renews all leases of a run together, so that they share one disk sync; it decides nothing about the work.
`LeasedExecution` runs one shop of an apply under its lease: one that another run holds refuses the shop before anything is
written, and a lost one ends the shop after the current step.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import anyio
from anyio.abc import TaskGroup

from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.events import ShopSkipped
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.lease_renewal import Renewal
from reconciler.ports import Clock, LeaseHeld, Leases, SetupError
from reconciler.ports.executor import StopRequest
from reconciler.workflows.execution.recorder import recording_failed_diagnostic
from reconciler.workflows.execution.shop import ShopExecution, Tell
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.other_runs import lease_held_diagnostic

RENEW_EVERY: Final = 15.0
"""Seconds; well within the time that a lease lives."""


@frozen
class LeaseRenewer:
    """Renews each lease in a task of its own, for as long as it is held."""

    clock: Clock
    tasks: TaskGroup
    every: float = RENEW_EVERY

    @asynccontextmanager
    async def hold(
        self, lease: ShopLease, fail: Callable[[Exception], None] = lambda _error: None
    ) -> AsyncIterator[None]:
        """The lease learns when it is another's or may be; `fail` is called each time it cannot be renewed."""
        scope = anyio.CancelScope()
        renewal = Renewal(
            renew=lease.lease.renew, expires=lambda: lease.info.expires, taken=LeaseHeld, failed=SetupError,
            every=self.every, again=self.every, on_failure=fail,
        )  # fmt: skip
        log_event("lease-taken", shop=lease.info.shop)
        self.tasks.start_soon(self._renew, renewal, lease, scope)
        try:
            yield
        finally:
            scope.cancel()
            with anyio.CancelScope(shield=True), suppress(SetupError):  # it ends without a cancellation
                await lease.lease.release()

    async def _renew(self, renewal: Renewal, lease: ShopLease, scope: anyio.CancelScope) -> None:
        with scope:
            lease.lose(taken=await renewal.until_lost(self.clock))
            log_event("lease-lost", level="warning", shop=lease.info.shop, state=lease.state.value)


@asynccontextmanager
async def lease_renewer(clock: Clock, *, every: float = RENEW_EVERY) -> AsyncIterator[LeaseRenewer]:
    """`every`: seconds between two renewals; a quarter of the time that a lease lives."""
    async with anyio.create_task_group() as group:
        yield LeaseRenewer(clock=clock, tasks=group, every=every)
        group.cancel_scope.cancel()


@frozen
class LeasedExecution:
    leases: Leases
    keeper: LeaseRenewer

    async def run(
        self, shop: ShopPlan, start: Callable[[ShopLease], ShopExecution], tell: Tell, stop: StopRequest
    ) -> None:
        """Emits everything as events, raises nothing of the backend's."""
        try:
            lease = ShopLease(lease=await self.leases.acquire(shop.shop))
        except SetupError as error:
            stop.abort(recording_failed_diagnostic(error))
            return
        except LeaseHeld as held:
            await tell(ShopSkipped(shop=shop.shop, why=(lease_held_diagnostic(held.by, shop),)))
            return
        async with self.keeper.hold(lease, lambda error: stop.abort(recording_failed_diagnostic(error))):
            await start(lease).run()
