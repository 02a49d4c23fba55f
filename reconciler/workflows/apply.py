"""The story of an apply: a plan that was approved, shop by shop, step by step.

Within a shop strictly in order; many shops at once. Each step is an event before (the intent) and after (the outcome), and the
journal has recorded it before the next request leaves. However a bracket ends, the shop is put back as it was. One shop's
failure is that shop's alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import anyio

from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.events import Event, RunFinished, RunStarted, ShopSkipped
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.report import Report, fold
from reconciler.core.texts import say
from reconciler.ports import Backend, Clock, Journal, Leases, Progress
from reconciler.workflows.apply_shop import ShopRun
from reconciler.workflows.stop import Stop
from reconciler.workflows.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who takes part in an apply. `in_flight` shops are worked on at once; `new_key` gives each write its own idempotency key."""

    backend: Backend
    journal: Journal
    new_key: Callable[[], str]
    leases: Leases
    clock: Clock
    watchers: tuple[Progress, ...] = ()
    in_flight: int = 16
    stop: Stop = field(default_factory=Stop)


async def apply(plan: Plan, crew: Crew) -> Report:
    """Applies every shop of the plan that nothing stops; a finding on the plan itself stops them all."""
    events: list[Event] = []

    async def tell(event: Event) -> None:
        await crew.journal.record(event)
        events.append(event)
        for watcher in crew.watchers:
            # A progress bar that cannot be drawn must not stop a shop from being reopened.
            with suppress(Exception):
                watcher.see(event)

    work = [shop for shop in plan.shops if shop.steps]
    await tell(RunStarted(fingerprint=plan.fingerprint, shops=len(work)))
    held = tuple(finding for finding in plan.findings if finding.stops)
    places = anyio.CapacityLimiter(crew.in_flight)
    sellers: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def one(shop: ShopPlan) -> None:
        async with places:
            if not crew.stop.requested:
                run = ShopRun(
                    plan=shop, backend=crew.backend, tell=tell, new_key=crew.new_key, sellers=sellers, stop=crew.stop
                )
                await Turn(leases=crew.leases, clock=crew.clock).take(run)

    interrupted = True
    try:
        async with anyio.create_task_group() as group:
            for shop in work:
                if held or shop.blocked:
                    await tell(ShopSkipped(shop=shop.shop, why=(_held(shop),) if held else ()))
                else:
                    group.start_soon(one, shop)
        interrupted = crew.stop.requested
    finally:
        with anyio.CancelScope(shield=True):
            await tell(RunFinished(interrupted=interrupted))
    return fold(plan, events)


def _held(shop: ShopPlan) -> Diagnostic:
    return found(
        codes.RUN_HELD, say("Not applied: the whole run is held by a guard"), shop=shop.shop, origin=shop.origin
    )
