"""One shop of an apply: its steps in order, read back, and the bracket closed whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import anyio

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import IPN_ENDPOINT
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.events import (
    Event,
    ReopenFailed,
    ShopEvent,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.ports import Backend, BackendError, Conflict, WriteResult
from reconciler.ports.executor import RunControl
from reconciler.workflows.execution.closure import READ_TIMEOUT, ClosureTimer, ReopenRetry
from reconciler.workflows.execution.errors import (
    JournalUnavailable,
    StaleFieldError,
    internal_error_diagnostic,
    last_attempt_error,
    left_closed,
    prediction_missed,
    step_error_diagnostic,
)
from reconciler.workflows.execution.shop_reader import ShopReader
from reconciler.workflows.execution.steps import (
    STATUS,
    effect_visible,
    expected_after_switch,
    expected_final,
    first_changed_field,
    is_of_another_seller,
    matches,
    seals_in,
    step_values,
    write_request,
)
from reconciler.workflows.maintenance_window import MaintenanceWindow

Tell = Callable[[Event], Coroutine[Any, Any, None]]
Note = Callable[[ShopEvent], Coroutine[Any, Any, None]]

WRITE_ATTEMPTS: Final = 3


@dataclass(slots=True, kw_only=True)
class ShopExecution:
    """The run of one shop's steps. `shop` is what is known of it by reading and by the backend's answers.

    `control` is what it shares with the other shops of the run. `lease_lost` is set when another run has the lease. `time` is how
    long the shop has been closed by us, `hours` whether it may be closed now. `emit` returns once the event cannot be lost,
    `emit_lazily` leaves it to be kept with the next one that is emitted.
    """

    plan: ShopPlan
    backend: Backend
    emit: Tell
    emit_lazily: Note
    new_key: Callable[[], str]
    time: ClosureTimer
    hours: MaintenanceWindow
    control: RunControl
    missed: set[FieldRef] = field(default_factory=set)
    lease_lost: bool = False
    shop: ShopReader = field(init=False)

    def __post_init__(self) -> None:
        self.shop = ShopReader(plan=self.plan, backend=self.backend, time=self.time)

    async def run(self) -> None:
        """Tells everything, raises nothing of the backend's."""
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
        """Tells what the next write, or the end of the shop, will wait for in any case. Of a shop that is closed for its changes
        it is on the disk at once: what a run that was cut off did there is not guessed at.
        """
        if self.plan.bracket:
            await self.emit(event)
        else:
            await self.emit_lazily(event)

    async def _steps(self) -> None:
        for index, step in enumerate(self.plan.steps):
            if self.control.stop.requested or self.lease_lost:
                return
            self.shop.remaining_steps = self.plan.steps[index:]
            if not await self._attempt(index, step):
                return

    async def _attempt(self, index: int, step: Step) -> bool:
        """Whether the step was done; if not, what kept it from that is told."""
        untimely = self.hours.refusal(self.plan) if step.action is StepKind.CLOSE else None
        happened: bool | None = False
        try:
            if untimely is None:
                await self._step(index, step)
                return True
            why = untimely
        except BackendError as error:
            why, happened = step_error_diagnostic(error, self.plan, step), error.happened
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
        key = self.new_key()
        await self.emit(StepStarted(shop=self.plan.shop, step=index, key=key))
        async with self._turn(step):
            if self.control.stop.why is not None:
                raise JournalUnavailable(self.control.stop.why.summary)
            request_id = await self._write(step, key)
        self.shop.closed = self.shop.closed and step.action is not StepKind.REOPEN
        if step.action is StepKind.CLOSE:
            self.shop.closing_version = self.shop.versions.get(step.kind)
        elif not self.shop.closed:
            self.shop.closing_version = None
        await self._emit(
            StepDone(
                shop=self.plan.shop,
                step=index,
                version=self.shop.versions.get(step.kind),
                request_id=request_id,
                seals=self.shop.seals_at(step.refs),
                closed_ms=self.time.end() if step.action is StepKind.REOPEN else None,
            )
        )

    def _turn(self, step: Step) -> AbstractAsyncContextManager[object]:
        """Shops of one seller share its list of endpoints: they write it in turn, not against each other."""
        if step.kind == IPN_ENDPOINT.name and self.plan.endpoint_target:
            return self.control.seller_turn(self.plan.endpoint_target[0])
        return nullcontext()

    async def _write(self, step: Step, key: str) -> str | None:
        """Writes, and where it is not known whether that happened, or somebody else wrote first, looks before going on."""
        attempts = 0
        while True:
            attempts += 1
            try:
                receipt = await self._execute(step, key)
            except BackendError as error:
                if error.happened is False and not isinstance(error, Conflict):
                    raise
                self.shop.closing_version = None if step.kind == STATUS.kind else self.shop.closing_version
                if await self._already_applied(step, error):
                    return error.request_id
                if attempts == WRITE_ATTEMPTS:
                    raise last_attempt_error(step, error) from error.__cause__
            else:
                self.shop.versions[step.kind] = receipt.now.version
                self.shop.seals |= seals_in(step.kind, receipt.now.value)
                return receipt.request_id

    async def _execute(self, step: Step, key: str) -> WriteResult:
        """Once a closing was sent the shop counts as closed by us, until it is certain that it did not happen."""
        before = self.shop.closed
        write = partial(self.backend.execute, write_request(step, self.plan, self.shop.versions, key))
        if step.action is StepKind.REOPEN:
            return await self.time.with_reopen_timeout(write)
        if step.action is StepKind.CLOSE:
            self.shop.closed = True
            self.time.begin()
        try:
            return await self.time.with_deadline(write, happened=None)
        except BackendError as error:
            if error.happened is False and not before:
                self.shop.closed = False
                self.time.end()
            raise

    async def _already_applied(self, step: Step, error: BackendError) -> bool:
        """Whether what `step` writes stands already. If not, it can be written again unless somebody moved it."""
        observed = await self.shop.observe(happened=error.happened)
        if step.kind == IPN_ENDPOINT.name and is_of_another_seller(self.plan, observed):
            self.shop.versions.pop(step.kind, None)
            return False
        moved = first_changed_field(step, self.plan, observed, closed=self.shop.closed)
        if moved is not None:
            text = msg("{label} was changed by somebody else since the plan", label=moved.display_name)
            raise StaleFieldError(text, happened=error.happened) from error
        if step.action is StepKind.REOPEN:
            # An open shop may be one from before our closing, or one that our closing is still on its way to.
            return False
        wishes = step_values(step, self.plan)
        return all(matches(want, observed.value(ref), ref) for ref, (_, want) in wishes.items()) and effect_visible(
            step, self.plan, observed
        )

    async def _verify(self, *, last: bool) -> None:
        """Reads back. What is not as predicted is told, and does not stop the shop from being reopened."""
        observed = await self.shop.observe(happened=False)
        for ref, predicted in expected_final(self.plan) if last else expected_after_switch(self.plan):
            found_value = observed.value(ref)
            if ref not in self.missed and not matches(predicted, found_value, ref):
                self.missed.add(ref)
                await self._emit(prediction_missed(ref, predicted, found_value, self.plan))
        if last and not self.missed:
            await self._emit(ShopVerified(shop=self.plan.shop))

    async def _reopen_until_done(self) -> None:
        """Reopens the shop that we closed, or may have closed: again and again, for as long as the bracket itself might have
        lasted. Where the lease is lost, the shop is another run's to look after, and not waited for.
        """
        patience = ReopenRetry(
            clock=self.time.clock,
            seconds=self.time.longest,
            give_up=lambda: self.control.stop.forced or self.lease_lost,
        )
        error = await patience.retry(self._reopen)
        if error is not None:
            await self.emit(ReopenFailed(shop=self.plan.shop, why=left_closed(self.plan, error)))
            return
        self.shop.closed = False
        await self.emit(ShopReopened(shop=self.plan.shop, closed_ms=self.time.end()))

    async def _reopen(self) -> None:
        """Only the backend's word for our own reopening settles it, also where the shop is read as open: that may be a late
        read, or our closing may still be on its way. The acknowledged write gives a new version, under which it cannot land.

        If the shop cannot be read, it is tried blindly: If-Match keeps a reopening from undoing anything newer.
        """
        own, self.shop.closing_version = self.shop.closing_version, None
        if own is None:
            with suppress(BackendError):
                await self.time.with_reopen_timeout(self.shop.read, seconds=READ_TIMEOUT)
        else:
            self.shop.versions[STATUS.kind] = own
        reopen = write_request(
            Step(action=StepKind.REOPEN, kind=STATUS.kind), self.plan, self.shop.versions, self.new_key()
        )
        await self.time.with_reopen_timeout(partial(self.backend.execute, reopen))
