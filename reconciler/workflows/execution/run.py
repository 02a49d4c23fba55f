"""Applies an approved plan, shop by shop, step by step.

Within a shop strictly in order; many shops at once. Each step is an event before (the intent) and after (the outcome), and the
journal has recorded it before the next write is sent. After any end of a closure the shop is restored. The failure of one shop
does not affect others. If the journal fails, nothing new starts, and what was done is still reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import field, replace
from functools import partial
from typing import Final

import anyio

from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.events import (
    Event,
    GuardsOverridden,
    RunFinished,
    RunStarted,
    ShopEvent,
    ShopInSync,
    ShopSkipped,
    StepStarted,
)
from reconciler.core.runs.report import Report, fold
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Backend, Clock, Journal, LeaseInfo, Leases, ProgressListener, SetupError
from reconciler.ports.executor import Executor, RunControl, ShopTask, StopRequest
from reconciler.ports.runtime import ShopHealthProbe
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.closure import MAX_CLOSED_SECONDS, ClosureTimer, WaitNotice, unheard
from reconciler.workflows.execution.halt import HaltMonitor
from reconciler.workflows.execution.lease import RENEW_EVERY, LeasedExecution, lease_renewer
from reconciler.workflows.execution.local_execution import LocalExecutor, LocalRunControl
from reconciler.workflows.execution.recorder import EventRecorder, recording_failed_diagnostic
from reconciler.workflows.execution.shop import ShopExecution, Tell
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.execution.waves import Rollout, WaveRunner
from reconciler.workflows.maintenance_window import MaintenanceWindow
from reconciler.workflows.other_runs import lease_held_diagnostic

_CHUNK_SIZE: Final = 256


@frozen
class ApplyContext:
    """Everything an apply needs. `in_flight` shops run at once; `new_key` gives each write its own idempotency key.

    `longest_closed` and `renew_every` (of leases) are in seconds: after that time of closure only the reopening is still tried.
    Without a `course` all shops are one wave that nothing halts. `allowed` are the allowances, which some guards check again
    during the run; `overrides` is what they let pass. `control` is shared with other processes; None:
    this process applies all of it. `origins` are the places in the manifests, by shop and dotted name. `on_wait` hears
    of each shop whose reopening has to wait, why, and for how many seconds at most.
    """

    backend: Backend
    journal: Journal
    new_key: Callable[[], str]
    leases: Leases
    clock: Clock
    watchers: tuple[ProgressListener, ...] = ()
    in_flight: int = 16
    longest_closed: float = MAX_CLOSED_SECONDS
    renew_every: float = RENEW_EVERY
    stop: StopRequest = field(default_factory=StopToken)
    executor: Executor = field(default_factory=LocalExecutor)
    course: Rollout | None = None
    allowed: AllowList = field(default_factory=AllowList)
    health: ShopHealthProbe | None = None
    overrides: GuardsOverridden | None = None
    control: RunControl | None = None
    origins: Mapping[ShopKey, Mapping[str, Origin]] = field(default_factory=dict)
    on_wait: WaitNotice = unheard


async def apply(plan: Plan, context: ApplyContext, agreed: Sequence[ShopInSync] = ()) -> Report:
    """Applies every shop of the plan that nothing stops; a finding on the plan itself stops them all.

    `agreed` is what was seen of shops in which nothing is to be written. Where another run is in the middle of such a shop, that
    nothing is left to be written is its doing, and the shop counts as refused.
    """
    run = _ApplyRun.of(plan, context)
    await run.tell(RunStarted(fingerprint=plan.fingerprint, shops=len(run.work)))
    if context.overrides is not None:
        await run.tell(context.overrides)
    busy = {living.shop: living for living in _active_leases(context)}
    await _remember([seen for seen in agreed if seen.shop not in busy], run.tell, context.stop)
    interrupted = True
    try:
        await run.report_skipped(busy)
        await run.execute()
        interrupted = context.stop.signalled
    finally:
        with anyio.CancelScope(shield=True):
            await run.tell(RunFinished(interrupted=interrupted))
            await run.chronicle.flush()
    report = fold(plan, run.control.events())
    if context.stop.why is None:
        return report
    return replace(report, findings=(*report.findings, context.stop.why), recording_failed=True)


@frozen
class _ApplyRun:
    """`control` is what the shops of the run share."""

    plan: Plan
    context: ApplyContext
    control: RunControl
    chronicle: EventRecorder
    gate: HaltMonitor | None

    @classmethod
    def of(cls, plan: Plan, context: ApplyContext) -> _ApplyRun:
        course = context.course
        closures = None if course is None else course.closed
        control = context.control or LocalRunControl(in_flight=context.in_flight, closures=closures, stop=context.stop)
        return cls(
            plan=plan,
            context=context,
            control=control,
            chronicle=EventRecorder(journal=context.journal, fail=control.stop.abort, keep=control.add_event),
            gate=None if course is None else HaltMonitor(tolerance=course.tolerance, counts=control.counts),
        )

    @property
    def work(self) -> Sequence[ShopPlan]:
        return [shop for shop in self.plan.shops if shop.steps]

    @property
    def ready(self) -> Sequence[ShopPlan]:
        """Those in which something is to be written, and that nothing holds."""
        held = any(finding.blocking for finding in self.plan.findings)
        return [] if held else [shop for shop in self.work if not shop.blocked]

    async def tell(self, event: Event) -> None:
        await self.chronicle.record(event)
        self._show(event)

    async def tell_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        await self.chronicle.record_intent(event, lease)
        self._show(event)

    async def note(self, event: ShopEvent) -> None:
        await self.chronicle.record_lazily(event)
        self._show(event)

    def _show(self, event: Event) -> None:
        if self.gate is not None:
            self.gate.on_event(event)
        for watcher in self.context.watchers:
            # A progress bar that cannot be drawn must not stop a shop from being reopened.
            with suppress(Exception):
                watcher.on_event(event)

    async def report_skipped(self, busy: Mapping[ShopKey, LeaseInfo]) -> None:
        """Reports for each shop that does not start why: another run is writing it, or something holds it."""
        for shop in self.plan.shops:
            if not shop.steps and not shop.blocked and shop.shop in busy:
                await self.tell(ShopSkipped(shop=shop.shop, why=(lease_held_diagnostic(busy[shop.shop], shop),)))
        ready = {shop.shop for shop in self.ready}
        for shop in self.work:
            if shop.shop not in ready:
                why = tuple(finding for finding in (*shop.findings, *self.plan.findings) if finding.blocking)
                await self.tell(ShopSkipped(shop=shop.shop, why=why))

    async def execute(self) -> None:
        """All at once, or wave by wave."""
        async with lease_renewer(self.context.clock, every=self.context.renew_every) as keeper:
            turn = LeasedExecution(leases=self.context.leases, keeper=keeper)
            await self._walk(partial(self._one, turn))

    async def _walk(self, one: ShopTask) -> None:
        context = self.context
        if context.course is None or self.gate is None:
            await context.executor.run(self.ready, one)
            return
        walk = WaveRunner(
            course=context.course,
            backend=context.backend,
            clock=context.clock,
            stop=context.stop,
            gate=self.gate,
            executor=context.executor,
            tell=self.tell,
            health=context.health,
        )
        await walk.run(self.ready, one)

    async def _one(self, turn: LeasedExecution, shop: ShopPlan) -> None:
        closure = self.control.closure_slot(shop.shop) if shop.bracket else nullcontext()
        async with closure, self.control.shop_slot():
            if not (self.context.stop.requested or (self.gate is not None and self.gate.halted)):
                await turn.run(shop, partial(self._shop_run, shop), self.tell, self.context.stop)

    def _shop_run(self, shop: ShopPlan, lease: ShopLease) -> ShopExecution:
        context = self.context
        return ShopExecution(
            plan=shop,
            backend=context.backend,
            emit=self.tell,
            emit_lazily=self.note,
            emit_intent=self.tell_intent,
            new_key=context.new_key,
            time=ClosureTimer(clock=context.clock, longest=context.longest_closed),
            hours=MaintenanceWindow(clock=context.clock, allowed=context.allowed),
            control=self.control,
            lease=lease,
            origins=context.origins.get(shop.shop, {}),
            on_wait=context.on_wait,
        )


def _active_leases(context: ApplyContext) -> Sequence[LeaseInfo]:
    """If they cannot be read, nothing that depends on them starts."""
    try:
        return context.leases.all()
    except SetupError as error:
        context.stop.abort(recording_failed_diagnostic(error))
        return ()


async def _remember(agreed: Sequence[ShopInSync], tell: Tell, stop: StopRequest) -> None:
    """Many at once, so that the journal can write them down together."""
    for start in range(0, len(agreed), _CHUNK_SIZE):
        if stop.why is not None:
            return
        async with anyio.create_task_group() as group:
            for seen in agreed[start : start + _CHUNK_SIZE]:
                group.start_soon(tell, seen)
