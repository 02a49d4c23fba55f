"""The story of an apply: a plan that was approved, shop by shop, step by step.

Within a shop strictly in order; many shops at once. Each step is an event before (the intent) and after (the outcome), and the
journal has recorded it before the next request leaves. However a bracket ends, the shop is put back as it was. One shop's
failure is that shop's alone. Where the journal fails, nothing new is begun, and what was done is reported all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import anyio

from reconciler.core.events import Event, RunFinished, RunStarted, ShopAgreed, ShopSkipped
from reconciler.core.guards import Allowed
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.report import Report, fold
from reconciler.ports import Backend, Clock, Held, Journal, Leases, Progress, Unusable
from reconciler.ports.health import Health
from reconciler.workflows.apply_shop import ShopRun, Tell
from reconciler.workflows.chronicle import Chronicle, unkept
from reconciler.workflows.closed_time import LONGEST, ClosedTime
from reconciler.workflows.gate import Gate
from reconciler.workflows.hours import Hours
from reconciler.workflows.stop import Stop
from reconciler.workflows.turn import Turn, held_by
from reconciler.workflows.waves import Course, Walk, together

_TOGETHER: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who takes part in an apply. `in_flight` shops are worked on at once; `new_key` gives each write its own idempotency key.

    `longest_closed` is in seconds: when a shop has been closed for so long, only its reopening is still tried. Without a `course`
    all shops are one wave that nothing halts. `allowed` is what guards were told of, which some are asked about again on the way.
    """

    backend: Backend
    journal: Journal
    new_key: Callable[[], str]
    leases: Leases
    clock: Clock
    watchers: tuple[Progress, ...] = ()
    in_flight: int = 16
    longest_closed: float = LONGEST
    stop: Stop = field(default_factory=Stop)
    course: Course | None = None
    allowed: Allowed = field(default_factory=Allowed)
    health: Health | None = None


async def apply(plan: Plan, crew: Crew, agreed: Sequence[ShopAgreed] = ()) -> Report:
    """Applies every shop of the plan that nothing stops; a finding on the plan itself stops them all.

    `agreed` is what was seen of shops in which nothing is to be written. Where another run is in the middle of such a shop, that
    nothing is left to be written is its doing, and the shop counts as refused.
    """
    chronicle = Chronicle(journal=crew.journal, fail=crew.stop.give_up)
    gate = None if crew.course is None else Gate(tolerance=crew.course.tolerance)

    async def tell(event: Event) -> None:
        await chronicle.record(event)
        if gate is not None:
            gate.see(event)
        for watcher in crew.watchers:
            # A progress bar that cannot be drawn must not stop a shop from being reopened.
            with suppress(Exception):
                watcher.see(event)

    work = [shop for shop in plan.shops if shop.steps]
    await tell(RunStarted(fingerprint=plan.fingerprint, shops=len(work)))
    held = any(finding.stops for finding in plan.findings)
    busy = {living.shop: living for living in _living(crew)}
    await _remember([seen for seen in agreed if seen.shop not in busy], tell, crew.stop)
    places = anyio.CapacityLimiter(crew.in_flight)
    brackets = _brackets(crew.course)
    sellers: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def one(shop: ShopPlan) -> None:
        async with brackets if shop.bracket else nullcontext(), places:
            if not (crew.stop.requested or (gate is not None and gate.shut)):
                run = ShopRun(
                    plan=shop,
                    backend=crew.backend,
                    tell=tell,
                    new_key=crew.new_key,
                    time=ClosedTime(clock=crew.clock, longest=crew.longest_closed),
                    hours=Hours(clock=crew.clock, allowed=crew.allowed),
                    sellers=sellers,
                    stop=crew.stop,
                )
                await Turn(leases=crew.leases, clock=crew.clock).take(run)

    interrupted = True
    try:
        for shop in plan.shops:
            if not shop.steps and not shop.blocked and shop.shop in busy:
                await tell(ShopSkipped(shop=shop.shop, why=(held_by(busy[shop.shop], shop),)))
        for shop in work:
            if held or shop.blocked:
                await tell(ShopSkipped(shop=shop.shop, why=()))
        ready = [shop for shop in work if not (held or shop.blocked)]
        if crew.course is None or gate is None:
            await together(ready, one)
        else:
            await Walk(
                course=crew.course,
                backend=crew.backend,
                clock=crew.clock,
                stop=crew.stop,
                gate=gate,
                tell=tell,
                health=crew.health,
            ).through(ready, one)
        interrupted = crew.stop.asked
    finally:
        with anyio.CancelScope(shield=True):
            await tell(RunFinished(interrupted=interrupted))
            await chronicle.settle()
    report = fold(plan, chronicle.events)
    return report if crew.stop.why is None else replace(report, findings=(*report.findings, crew.stop.why))


def _living(crew: Crew) -> Sequence[Held]:
    """Where they cannot be read, nothing is begun that would have to know of them."""
    try:
        return crew.leases.all()
    except Unusable as error:
        crew.stop.give_up(unkept(error))
        return ()


def _brackets(course: Course | None) -> AbstractAsyncContextManager[object]:
    """The places for shops that are closed for their changes. A shop has its place before it takes one of those in flight, so
    that shops which stay open are not kept waiting behind it.
    """
    if course is None or course.closed is None:
        return nullcontext()
    return anyio.CapacityLimiter(course.closed)


async def _remember(agreed: Sequence[ShopAgreed], tell: Tell, stop: Stop) -> None:
    """Many at once, so that the journal can write them down together."""
    for start in range(0, len(agreed), _TOGETHER):
        if stop.why is not None:
            return
        async with anyio.create_task_group() as group:
            for seen in agreed[start : start + _TOGETHER]:
                group.start_soon(tell, seen)
