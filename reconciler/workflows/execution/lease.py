"""Leases that are renewed for as long as their work takes, and given back whatever happens.

In: leases, a clock, and who is to be told where one is lost, or where the store fails. It decides nothing about the work. All
leases of a run are renewed together, so that they share one trip to the disk.

One shop's turn in an apply: under its lease, from the first step to the last.

In: the shop's run. A lease that another run holds refuses the shop before anything is written; a lease that is lost ends the
run after the step it is at. It decides nothing about what is written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.events import ShopSkipped
from reconciler.ports import Clock, Lease, LeaseHeld, LeaseInfo, Leases, SetupError
from reconciler.workflows.execution.recorder import recording_failed_diagnostic
from reconciler.workflows.execution.shop import ShopExecution

RENEW_EVERY: Final = 15.0
"""Seconds; well within the time that a lease lives."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    lease: Lease
    lose: Callable[[], None]
    fail: Callable[[SetupError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRenewer:
    """`leases` are those in hand that nobody has lost; `keeping` renews them."""

    clock: Clock
    leases: set[_Kept] = field(default_factory=set)

    @asynccontextmanager
    async def hold(
        self, lease: Lease, lose: Callable[[], None], fail: Callable[[SetupError], None] = lambda _error: None
    ) -> AsyncIterator[None]:
        """`lose` is told once, when the lease is another's or may be; `fail` each time it cannot be renewed."""
        kept = _Kept(lease, lose, fail)
        self.leases.add(kept)
        try:
            yield
        finally:
            self.leases.discard(kept)
            with anyio.CancelScope(shield=True), suppress(SetupError):  # it ends by itself
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
        except SetupError as error:
            # What was begun is ended under what is left of the lease; then the shop is anybody's.
            kept.fail(error)
            if kept.lease.held.expires <= self.clock.now():
                self._lose(kept)

    def _lose(self, kept: _Kept) -> None:
        if kept in self.leases:
            self.leases.discard(kept)
            kept.lose()


@asynccontextmanager
async def lease_renewer(clock: Clock) -> AsyncIterator[LeaseRenewer]:
    keeper = LeaseRenewer(clock=clock)
    async with anyio.create_task_group() as group:
        group.start_soon(keeper.renew)
        yield keeper
        group.cancel_scope.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedExecution:
    leases: Leases
    keeper: LeaseRenewer

    async def run(self, run: ShopExecution) -> None:
        """Tells everything, raises nothing of the backend's."""
        try:
            lease = await self.leases.acquire(run.plan.shop)
        except SetupError as error:
            run.stop.abort(recording_failed_diagnostic(error))
            return
        except LeaseHeld as held:
            await run.emit(ShopSkipped(shop=run.plan.shop, why=(lease_held_diagnostic(held.by, run.plan),)))
            return

        def lose() -> None:
            run.lease_lost = True

        async with self.keeper.hold(lease, lose, lambda error: run.stop.abort(recording_failed_diagnostic(error))):
            await run.run()


def warn_busy_shops(plan: Plan, held: Sequence[LeaseInfo]) -> Plan:
    """The plan with a warning at each shop that another run is writing: what is planned, or that nothing is, will not last."""
    busy = {living.shop: living for living in held}
    shops = (_marked(shop, busy[shop.shop]) if shop.shop in busy else shop for shop in plan.shops)
    return replace(plan, shops=tuple(shops))


def _marked(shop: ShopPlan, held: LeaseInfo) -> ShopPlan:
    warning = replace(lease_held_diagnostic(held, shop), severity=Severity.WARNING)
    return replace(shop, findings=sort_diagnostics((*shop.findings, warning)))


def lease_held_diagnostic(held: LeaseInfo, plan: ShopPlan) -> Diagnostic:
    return diagnostic(
        codes.LEASE_HELD,
        msg(
            "The shop is being written by {owner} (run {run}) until {expires}",
            owner=held.owner,
            run=held.run,
            expires=held.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
        hint=msg("Wait for that run to end; a run that was killed gives its shops back by itself"),
        shop=plan.shop,
        origin=plan.origin,
    )
