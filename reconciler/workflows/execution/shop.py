"""One shop of an apply: its steps in order, the read-back, and the reopening after any outcome."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio

from reconciler.core.drift.closure_owner import ClosureOwner
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.guards import closes_with
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.events import (
    Event,
    ReopenFailed,
    ShopEvent,
    ShopFinished,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
)
from reconciler.core.values import Origin
from reconciler.lib.event_log import log_context
from reconciler.lib.tracing import span
from reconciler.ports import Backend, BackendError
from reconciler.ports.executor import RunControl
from reconciler.workflows.execution.closure import ClosureTimer, WaitNotice, unheard
from reconciler.workflows.execution.errors import (
    internal_error_diagnostic,
    prediction_missed,
    step_error_diagnostic,
)
from reconciler.workflows.execution.reopening import Reopener, is_closed
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.execution.shop_reader import ShopReader
from reconciler.workflows.execution.step_writer import RecordIntent, StepWriter, WriteAttempt
from reconciler.workflows.execution.steps import (
    expected_after_switch,
    expected_final,
    matches,
)
from reconciler.workflows.maintenance_window import MaintenanceWindow

Tell = Callable[[Event], Coroutine[Any, Any, None]]
Note = Callable[[ShopEvent], Coroutine[Any, Any, None]]


@dataclass(slots=True, kw_only=True)
class ShopExecution:
    """The run of one shop's steps. `shop` is what is known of it by reading and by the backend's answers.

    `control` is what it shares with the other shops of the run, `lease` the right to write it. `time` is how long the shop has
    been closed by us, `hours` whether it may be closed now. `emit` returns once the event cannot be lost, `emit_lazily` leaves it
    to be kept with the next one that is emitted, `emit_intent` keeps it only while the lease is held. `origins` are the places of
    what the manifest declares, where they are known.
    """

    plan: ShopPlan
    backend: Backend
    emit: Tell
    emit_lazily: Note
    emit_intent: RecordIntent
    new_key: Callable[[], str]
    time: ClosureTimer
    hours: MaintenanceWindow
    control: RunControl
    lease: ShopLease
    origins: Mapping[str, Origin] = field(default_factory=dict)
    on_wait: WaitNotice = unheard
    missed: set[FieldRef] = field(default_factory=set)
    shop: ShopReader = field(init=False)
    reopener: Reopener = field(init=False)
    writer: StepWriter = field(init=False)

    def __post_init__(self) -> None:
        self.shop = ShopReader(plan=self.plan, backend=self.backend, time=self.time)
        self.reopener = Reopener(
            plan=self.plan, backend=self.backend, shop=self.shop, time=self.time, lease=self.lease,
            stop=self.control.stop, new_key=self.new_key, on_wait=self.on_wait,
        )  # fmt: skip
        self.writer = StepWriter(
            plan=self.plan, backend=self.backend, shop=self.shop, time=self.time, lease=self.lease, control=self.control,
            reopener=self.reopener, emit=self.emit, emit_intent=self.emit_intent,
        )  # fmt: skip

    async def run(self) -> None:
        """Emits everything as events, raises nothing of the backend's."""
        shop = str(self.plan.shop)
        with span("apply shop", {"reconciler.shop": shop}), log_context(shop=shop):
            await self._run()

    async def _run(self) -> None:
        self.shop.versions = dict(self.plan.versions)
        untimely = self.hours.refusal(self.plan)
        if untimely is not None:
            await self.emit(ShopSkipped(shop=self.plan.shop, why=(untimely,)))
            return
        await self._emit(ShopStarted(shop=self.plan.shop))
        try:
            await self._steps()
        finally:
            if self.shop.closed:
                with anyio.CancelScope(shield=True):
                    await self._reopen_until_done()
        await self.emit(ShopFinished(shop=self.plan.shop))

    async def _emit(self, event: ShopEvent) -> None:
        """Emits an event that is stored with the next write, or the end of the shop. For a shop that is closed for its changes
        it is on disk at once: what a killed run did there must be known.
        """
        if self.plan.bracket:
            await self.emit(event)
        else:
            await self.emit_lazily(event)

    async def _steps(self) -> None:
        for index, step in enumerate(self.plan.steps):
            if self.control.stop.requested or not self.lease.held:
                return
            self.shop.remaining_steps = self.plan.steps[index:]
            if not await self._attempt(index, step):
                return

    async def _attempt(self, index: int, step: Step) -> bool:
        """Whether the step was done; if not, the reason is emitted."""
        untimely = self.hours.refusal(self.plan) if closes_with(self.plan, step) else None
        happened: bool | None = False
        try:
            if untimely is None:
                await self._step(index, step)
                return True
            why = untimely
        except BackendError as error:
            why, happened = step_error_diagnostic(error, self.plan, step, self.origins), error.happened
        except Exception as fault:  # noqa: BLE001  # an adapter's fault is this shop's alone, and says nothing of the world
            why, happened = internal_error_diagnostic(fault, self.plan), None
        await self._emit(StepFailed(shop=self.plan.shop, step=index, why=why, happened=happened))
        return False

    async def _step(self, index: int, step: Step) -> None:
        if step.action is StepKind.VERIFY:
            last = index == len(self.plan.steps) - 1
            await self._verify(last=last)
            seals = self.shop.seals_at(ref for ref, _ in self.plan.predicted) if last else ()
            await self._emit(StepDone(shop=self.plan.shop, step=index, seals=seals))
            return
        request_id = await self.writer.write(WriteAttempt(index=index, step=step, key=self.new_key()))
        closed_ms = self.time.end() if step.action is StepKind.REOPEN else None
        self.shop.closed = self.shop.closed and step.action is not StepKind.REOPEN
        await self._emit(
            StepDone(
                shop=self.plan.shop,
                step=index,
                version=self.shop.versions.get(step.kind),
                request_id=request_id,
                seals=self.shop.seals_at(step.refs),
                closed_ms=closed_ms,
            )
        )

    async def _verify(self, *, last: bool) -> None:
        """Reads back. A missed prediction is emitted, and does not stop the reopening."""
        observed = await self.shop.observe(happened=False)
        for ref, predicted in expected_final(self.plan) if last else expected_after_switch(self.plan):
            found_value = observed.value(ref)
            if ref not in self.missed and not matches(predicted, found_value, ref):
                self.missed.add(ref)
                await self._emit(prediction_missed(ref, predicted, found_value, self.plan))
        if last and self.plan.bracket and is_closed(observed):
            await self._reopen_again()
        if last and not self.missed:
            await self._emit(ShopVerified(shop=self.plan.shop))

    async def _reopen_again(self) -> None:
        """The reopening was acknowledged, but the shop is closed: ours to open, unless another actor closed it."""
        if (await self.reopener.origin()).owner is not ClosureOwner.OTHER:
            self.shop.closed = True
            self.time.begin()

    async def _reopen_until_done(self) -> None:
        ended = await self.reopener.until_done()
        self.shop.closed = isinstance(ended, ReopenFailed)
        await self.emit(ended)
