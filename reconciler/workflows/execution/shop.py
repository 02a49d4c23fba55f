"""One shop of an apply: its steps in order, read back, and the bracket closed whatever happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import anyio

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import IPN_ENDPOINT
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.events import (
    Event,
    ReopenFailed,
    Seals,
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
from reconciler.core.values import SealedSecret
from reconciler.ports import Backend, BackendError, Conflict, Unexpected, WriteResult
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.closure import READ_TIMEOUT, ClosureTimer, ReopenRetry
from reconciler.workflows.execution.errors import (
    JournalUnavailable,
    ShopUnreadable,
    StaleFieldError,
    diagnose,
    internal_error_diagnostic,
    last_attempt_error,
    left_closed,
    prediction_missed,
)
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
    """The run of one shop's steps. `versions` follows what the backend answers; `closed` is whether we (may) have closed it.

    `ahead` are the steps still to be done, the present one first. `sellers` are the turns at lists that shops share. `lost` is
    set when the lease is somebody else's now. `own` is the storefront's version by our own acknowledged closing: no read, which
    may come late, is trusted over it. `time` is how long the shop has been closed by us, `hours`
    whether it may be closed now; `seals` are those that were read last. `tell` returns once the event cannot be lost, `note`
    leaves it to be kept with the next one that is told.
    """

    plan: ShopPlan
    backend: Backend
    emit: Tell
    emit_lazily: Note
    new_key: Callable[[], str]
    time: ClosureTimer
    hours: MaintenanceWindow
    sellers: Mapping[str, anyio.Lock] = field(default_factory=lambda: defaultdict(anyio.Lock))
    versions: dict[str, str] = field(default_factory=dict)
    missed: set[FieldRef] = field(default_factory=set)
    seals: dict[FieldRef, SealedSecret] = field(default_factory=dict)
    remaining_steps: tuple[Step, ...] = ()
    closed: bool = False
    closing_version: str | None = None
    lease_lost: bool = False
    stop: StopToken = field(default_factory=StopToken)

    async def run(self) -> None:
        """Tells everything, raises nothing of the backend's."""
        self.versions = dict(self.plan.versions)
        untimely = self.hours.refusal(self.plan)
        if untimely is not None:
            await self.emit(ShopSkipped(shop=self.plan.shop, why=(untimely,)))
            return
        await self._emit(ShopStarted(shop=self.plan.shop))
        try:
            await self._steps()
        finally:
            if self.closed:
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
            if self.stop.requested or self.lease_lost:
                return
            self.remaining_steps = self.plan.steps[index:]
            untimely = self.hours.refusal(self.plan) if step.action is StepKind.CLOSE else None
            if untimely is not None:
                await self._emit(StepFailed(shop=self.plan.shop, step=index, why=untimely, happened=False))
                return
            try:
                await self._step(index, step)
            except BackendError as error:
                why = diagnose(error, self.plan, step)
                await self._emit(StepFailed(shop=self.plan.shop, step=index, why=why, happened=error.happened))
                return
            except Exception as fault:  # noqa: BLE001  # an adapter's fault is this shop's alone, and says nothing of the world
                await self._emit(
                    StepFailed(
                        shop=self.plan.shop, step=index, why=internal_error_diagnostic(fault, self.plan), happened=None
                    )
                )
                return

    async def _step(self, index: int, step: Step) -> None:
        if step.action is StepKind.VERIFY:
            last = index == len(self.plan.steps) - 1
            await self._verify(last=last)
            seals = self._seals_at(ref for ref, _ in self.plan.predicted) if last else ()
            await self._emit(StepDone(shop=self.plan.shop, step=index, seals=seals))
            return
        key = self.new_key()
        await self.emit(StepStarted(shop=self.plan.shop, step=index, key=key))
        async with self._turn(step):
            if self.stop.why is not None:
                raise JournalUnavailable(self.stop.why.summary)
            request_id = await self._write(step, key)
        self.closed = self.closed and step.action is not StepKind.REOPEN
        self.closing_version = (
            self.versions.get(step.kind)
            if step.action is StepKind.CLOSE
            else self.closing_version
            if self.closed
            else None
        )
        await self._emit(
            StepDone(
                shop=self.plan.shop,
                step=index,
                version=self.versions.get(step.kind),
                request_id=request_id,
                seals=self._seals_at(step.refs),
                closed_ms=self.time.end() if step.action is StepKind.REOPEN else None,
            )
        )

    def _seals_at(self, refs: Iterable[FieldRef]) -> Seals:
        """What the backend shows of the secrets among `refs`, as it was read last."""
        return tuple((ref, self.seals[ref]) for ref in refs if ref in self.seals)

    def _turn(self, step: Step) -> AbstractAsyncContextManager[object]:
        """Shops of one seller share its list of endpoints: they write it in turn, not against each other."""
        if step.kind == IPN_ENDPOINT.name and self.plan.endpoint_target:
            return self.sellers[self.plan.endpoint_target[0]]
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
                self.closing_version = None if step.kind == STATUS.kind else self.closing_version
                if await self._already_applied(step, error):
                    return error.request_id
                if attempts == WRITE_ATTEMPTS:
                    raise last_attempt_error(step, error) from error.__cause__
            else:
                self.versions[step.kind] = receipt.now.version
                self.seals |= seals_in(step.kind, receipt.now.value)
                return receipt.request_id

    async def _execute(self, step: Step, key: str) -> WriteResult:
        """Once a closing was sent the shop counts as closed by us, until it is certain that it did not happen."""
        before = self.closed
        write = partial(self.backend.execute, write_request(step, self.plan, self.versions, key))
        if step.action is StepKind.REOPEN:
            return await self.time.with_reopen_timeout(write)
        if step.action is StepKind.CLOSE:
            self.closed = True
            self.time.begin()
        try:
            return await self.time.with_deadline(write, happened=None)
        except BackendError as error:
            if error.happened is False and not before:
                self.closed = False
                self.time.end()
            raise

    async def _already_applied(self, step: Step, error: BackendError) -> bool:
        """Whether what `step` writes stands already. If not, it can be written again unless somebody moved it."""
        observed = await self._observe(happened=error.happened)
        if step.kind == IPN_ENDPOINT.name and is_of_another_seller(self.plan, observed):
            self.versions.pop(step.kind, None)
            return False
        moved = first_changed_field(step, self.plan, observed, closed=self.closed)
        if moved is not None:
            text = msg("{label} was changed by somebody else since the plan", label=moved.display_name)
            raise StaleFieldError(text, happened=error.happened) from error
        if step.action is StepKind.REOPEN:
            return (
                False  # an open shop may be one from before our closing, or one that our closing is still on its way to
            )
        wishes = step_values(step, self.plan)
        return all(matches(want, observed.value(ref), ref) for ref, (_, want) in wishes.items()) and effect_visible(
            step, self.plan, observed
        )

    async def _verify(self, *, last: bool) -> None:
        """Reads back. What is not as predicted is told, and does not stop the shop from being reopened."""
        observed = await self._observe(happened=False)
        for ref, predicted in expected_final(self.plan) if last else expected_after_switch(self.plan):
            found_value = observed.value(ref)
            if ref not in self.missed and not matches(predicted, found_value, ref):
                self.missed.add(ref)
                await self._emit(prediction_missed(ref, predicted, found_value, self.plan))
        if last and not self.missed:
            await self._emit(ShopVerified(shop=self.plan.shop))

    async def _observe(self, *, happened: bool | None) -> Observed:
        """The shop as it stands, whole. If it cannot be read, `happened` is what stays true of the write in question."""
        try:
            observed = await self.time.with_deadline(self._look, happened=happened)
            for read in observed.reads.values():
                if isinstance(read, Unknown):
                    raise ShopUnreadable(read.reason)
        except BackendError as error:
            error.happened = happened
            raise
        return observed

    async def _look(self) -> Observed:
        observed = Observed.unknown(self.plan.shop, diagnose(Unexpected(msg("the backend said nothing")), self.plan))
        async for answer in self.backend.observe([self.plan.shop]):
            observed = answer
        self._take_versions(observed)
        for kind, read in observed.reads.items():
            self.seals |= seals_in(kind, read.value) if isinstance(read, Known) else {}
        return observed

    def _take_versions(self, observed: Observed) -> None:
        """The versions of what is still to be written, so that the next write is not refused for what the last one moved.

        Where something that is still to be written was moved by somebody else, the old version stays: its write is refused.
        """
        old = {
            step.kind
            for step in self.remaining_steps
            if first_changed_field(step, self.plan, observed, closed=self.closed) is not None
        }
        if self.closing_version is not None:
            old.add(STATUS.kind)
        if is_of_another_seller(self.plan, observed):
            old.add(IPN_ENDPOINT.name)
        for kind, read in observed.reads.items():
            if isinstance(read, Known) and kind not in old:
                self.versions[kind] = read.version

    async def _reopen_until_done(self) -> None:
        """Reopens the shop that we closed, or may have closed: again and again, for as long as the bracket itself might have
        lasted. Where the lease is lost, the shop is another run's to look after, and not waited for.
        """
        patience = ReopenRetry(
            clock=self.time.clock, seconds=self.time.longest, give_up=lambda: self.stop.forced or self.lease_lost
        )
        error = await patience.retry(self._reopen)
        if error is not None:
            await self.emit(ReopenFailed(shop=self.plan.shop, why=left_closed(self.plan, error)))
            return
        self.closed = False
        await self.emit(ShopReopened(shop=self.plan.shop, closed_ms=self.time.end()))

    async def _reopen(self) -> None:
        """Only the backend's word for our own reopening settles it, also where the shop is read as open: that may be a late
        read, or our closing may still be on its way. The acknowledged write gives a new version, under which it cannot land.

        If the shop cannot be read, it is tried blindly: If-Match keeps a reopening from undoing anything newer.
        """
        own, self.closing_version = self.closing_version, None
        if own is None:
            with suppress(BackendError):
                await self.time.with_reopen_timeout(self._look, seconds=READ_TIMEOUT)
        else:
            self.versions[STATUS.kind] = own
        reopen = write_request(Step(action=StepKind.REOPEN, kind=STATUS.kind), self.plan, self.versions, self.new_key())
        await self.time.with_reopen_timeout(partial(self.backend.execute, reopen))
