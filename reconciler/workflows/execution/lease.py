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


@frozen(kw_only=False)
class _HeldLease:
    lease: ShopLease
    renewal: Renewal


class LeaseRenewer:
    """Renews each lease for as long as it is held.

    Every `every` seconds the leases that have come since are renewed for the first time, and have a task of their own from then
    on: nearly all are given back before.
    """

    def __init__(self, clock: Clock, tasks: TaskGroup, every: float = RENEW_EVERY) -> None:
        self._clock = clock
        self._tasks = tasks
        self._every = every
        self._new: dict[int, _HeldLease] = {}
        self._renewing: dict[int, anyio.CancelScope] = {}
        self._some = anyio.Event()
        self._pause = anyio.CancelScope()

    @asynccontextmanager
    async def hold(
        self, lease: ShopLease, fail: Callable[[Exception], None] = lambda _error: None
    ) -> AsyncIterator[None]:
        """The lease learns when it is another's or may be; `fail` is called each time it cannot be renewed."""
        renewal = Renewal(
            renew=lease.lease.renew, expires=lambda: lease.info.expires, taken=LeaseHeld, failed=SetupError,
            every=self._every, again=self._every, on_failure=fail,
        )  # fmt: skip
        held = _HeldLease(lease, renewal)
        log_event("lease-taken", shop=lease.info.shop)
        self._new[id(held)] = held
        self._some.set()
        try:
            yield
        finally:
            self._new.pop(id(held), None)
            if (renewing := self._renewing.pop(id(held), None)) is not None:
                renewing.cancel()
            if not self._new:
                self._pause.cancel()
            with anyio.CancelScope(shield=True), suppress(SetupError):  # it ends without a cancellation
                await lease.lease.release()

    async def renew_all(self) -> None:
        """Runs until it is cancelled."""
        while True:
            if not self._new:
                self._some = anyio.Event()
                await self._some.wait()
                continue
            with anyio.CancelScope() as self._pause:
                await self._clock.sleep(self._every)
                for number, held in self._new.items():
                    self._renewing[number] = scope = anyio.CancelScope()
                    self._tasks.start_soon(self._renew, held, scope)
                self._new = {}

    async def _renew(self, held: _HeldLease, scope: anyio.CancelScope) -> None:
        with scope:
            held.lease.lose(taken=await held.renewal.until_lost(self._clock, due=True))
            log_event("lease-lost", level="warning", shop=held.lease.info.shop, state=held.lease.state.value)


@asynccontextmanager
async def lease_renewer(clock: Clock, *, every: float = RENEW_EVERY) -> AsyncIterator[LeaseRenewer]:
    """`every`: seconds between two renewals; a quarter of the time that a lease lives."""
    async with anyio.create_task_group() as group:
        renewer = LeaseRenewer(clock, group, every)
        group.start_soon(renewer.renew_all)
        yield renewer
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
