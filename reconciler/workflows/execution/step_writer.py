"""One write of a shop's plan, from its intent to the backend's acknowledgement.

In: a step, the shop as it was read, its lease. Out: the backend's id of the request, or a BackendError that says whether the
write took place. If that is unknown, or another client wrote first, the shop is read before the next attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.closure_owner import ClosureOwner
from reconciler.core.model.kinds import IPN_ENDPOINT
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.events import Event, StepStarted
from reconciler.ports import (
    Backend,
    BackendError,
    Conflict,
    LeaseExpired,
    LeaseHeld,
    LeaseInfo,
    LeaseSuperseded,
    WriteResult,
)
from reconciler.ports.executor import RunControl
from reconciler.workflows.execution.closure import ClosureTimer
from reconciler.workflows.execution.errors import (
    ChangesAlreadyMade,
    ClosedByOther,
    JournalUnavailable,
    StaleFieldError,
    closure_superseded,
    last_attempt_error,
    lease_taken,
)
from reconciler.workflows.execution.reopening import LEASE_LOST, Reopener, is_closed
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.execution.shop_reader import ShopReader
from reconciler.workflows.execution.steps import (
    STATUS,
    all_changes_made,
    effect_visible,
    first_changed_field,
    is_of_another_seller,
    matches,
    needs_closure,
    seals_in,
    step_values,
    write_request,
)

RecordIntent = Callable[[StepStarted, LeaseInfo], Coroutine[Any, Any, None]]

WRITE_ATTEMPTS: Final = 3
_ALREADY_MADE: Final = msg(
    "All changes of this shop were made by someone else after the plan was created: nothing is left to write"
)
_CLOSURE_NEEDLESS: Final = msg(
    "The changes for which the shop would be closed were made by someone else after the plan was created: it was not closed"
)


@dataclass(slots=True, kw_only=True)
class WriteAttempt:
    """One step that writes. `unknown`: an earlier attempt may have taken place. `key` names all its attempts."""

    index: int
    step: Step
    key: str
    unknown: bool = False


@dataclass(slots=True, kw_only=True)
class StepWriter:
    plan: ShopPlan
    backend: Backend
    shop: ShopReader
    time: ClosureTimer
    lease: ShopLease
    control: RunControl
    reopener: Reopener
    emit: Callable[[Event], Coroutine[Any, Any, None]]
    emit_intent: RecordIntent

    async def write(self, attempt: WriteAttempt) -> str | None:
        """The backend's id of the request that took place. Raises BackendError."""
        async with self._turn(attempt.step):
            return await self._write(attempt)

    def _turn(self, step: Step) -> AbstractAsyncContextManager[object]:
        """Shops of one seller share its list of endpoints: they write it in turn, not against each other."""
        if step.kind == IPN_ENDPOINT.name and self.plan.endpoint_target:
            return self.control.seller_turn(self.plan.endpoint_target[0])
        return nullcontext()

    async def _write(self, attempt: WriteAttempt) -> str | None:
        """Writes, and reads before it continues if it is unknown whether that happened, or if another client wrote first.

        Each attempt has its own intent, recorded only while the lease is held.
        """
        for number in range(1, WRITE_ATTEMPTS + 1):
            try:
                await self._record_intent(attempt)
                return (await self._execute(attempt)).request_id
            except ClosedByOther as error:
                await self._release_closure(error)
                raise
            except BackendError as error:
                refused = error.happened is False and not isinstance(error, Conflict)
                error.happened = None if attempt.unknown and refused else error.happened
                attempt.unknown = attempt.unknown or error.happened is None
                if refused:
                    raise
                if await self._already_applied(attempt, error):
                    return error.request_id
                if number == WRITE_ATTEMPTS:
                    raise last_attempt_error(attempt.step, error, unknown=attempt.unknown) from error.__cause__
        raise AssertionError("the last attempt returns or raises")

    async def _record_intent(self, attempt: WriteAttempt) -> None:
        """Raises LeaseSuperseded, JournalUnavailable: then nothing may be sent."""
        intent = StepStarted(shop=self.plan.shop, step=attempt.index, key=attempt.key)
        try:
            await self.emit_intent(intent, self.lease.info)
        except LeaseHeld as held:
            self.lease.lose(taken=True)
            raise LeaseSuperseded(lease_taken(held.by)) from None
        if not self.lease.held:
            raise LeaseSuperseded(LEASE_LOST)
        if self.control.stop.why is not None:
            raise JournalUnavailable(self.control.stop.why.summary)

    async def _execute(self, attempt: WriteAttempt) -> WriteResult:
        """Once a closing was sent the shop counts as closed by us, until it is certain that it did not happen."""
        step, before = attempt.step, self.shop.closed
        if step.action is StepKind.REOPEN:
            return await self.reopener.once(attempt.key)
        if step.action is StepKind.CLOSE:
            self.reopener.closing_keys.add(attempt.key)
            self.shop.closed = True
            self.time.begin()
        lease = self.lease
        write = write_request(
            step, self.plan, self.shop.versions, attempt.key, fence=lease.fence, valid_until=lease.valid_until
        )
        try:
            written = await self.time.with_deadline(partial(self.backend.execute, write), happened=None)
        except BackendError as error:
            if isinstance(error, LeaseSuperseded | LeaseExpired):
                lease.lose(taken=isinstance(error, LeaseSuperseded))
            if error.happened is False and not before and not isinstance(error, Conflict):
                self._forget_closing()
            raise
        self.shop.versions[step.kind] = written.now.version
        self.shop.seals |= seals_in(step.kind, written.now.value)
        if step.action is StepKind.CLOSE:
            self.shop.closing_version = written.now.version
        return written

    def _forget_closing(self) -> None:
        """The shop is certainly not closed by us."""
        if self.shop.closed:
            self.shop.closed = False
            self.time.end()

    async def _release_closure(self, error: ClosedByOther) -> None:
        self._forget_closing()
        await self.emit(closure_superseded(self.plan, error))

    async def _already_applied(self, attempt: WriteAttempt, error: BackendError) -> bool:
        """Whether what the step writes is there already. If not, it can be written again unless it has changed."""
        step = attempt.step
        if step.action is StepKind.REOPEN:
            # It reads the shop itself. Only the backend's acknowledgement counts, not that the shop is read as open.
            return False
        observed = await self.shop.observe(happened=error.happened)
        if isinstance(error, Conflict) and not attempt.unknown:
            self._check_outdated(attempt, observed)
        if step.action is StepKind.CLOSE:
            return await self._closing_took_place(attempt, observed, error)
        if step.kind == IPN_ENDPOINT.name and is_of_another_seller(self.plan, observed):
            self.shop.versions.pop(step.kind, None)
            return False
        moved = first_changed_field(step, self.plan, observed, closed=self.shop.closed)
        if moved is not None:
            raise self._stale(moved, error.happened) from error
        written = step_values(step, self.plan)
        return all(matches(want, observed.value(ref), ref) for ref, (_, want) in written.items()) and effect_visible(
            step, self.plan, observed
        )

    def _check_outdated(self, attempt: WriteAttempt, observed: Observed) -> None:
        """Another client wrote since the plan was made. A shop is not closed for what that client has done already.

        Raises ChangesAlreadyMade where nothing is left, StaleFieldError where only what needs no closure is left.
        """
        closing = next((n for n, step in enumerate(self.plan.steps) if step.action is StepKind.CLOSE), None)
        if closing is None or closing < attempt.index or is_closed(observed):
            return
        if all_changes_made(self.plan, observed):
            self._forget_closing()
            raise ChangesAlreadyMade(_ALREADY_MADE, happened=False)
        if not needs_closure(self.plan, closing, observed):
            self._forget_closing()
            raise StaleFieldError(_CLOSURE_NEEDLESS, happened=False)

    async def _closing_took_place(self, attempt: WriteAttempt, observed: Observed, error: BackendError) -> bool:
        """A refusal for a moved version may be the answer to a repetition of our own closing that a proxy sent."""
        if not is_closed(observed):
            if not attempt.unknown:
                self._forget_closing()
            return False
        origin = await self.reopener.origin()
        if origin.owner is ClosureOwner.OTHER:
            self._forget_closing()
            raise self._stale(STATUS, False) from error
        if origin.owner is ClosureOwner.UNKNOWN and isinstance(error, Conflict):
            self.reopener.disputed = True
            raise self._stale(STATUS, None) from error
        if origin.by_key:
            self.shop.closing_version = self.shop.versions.get(STATUS.kind)
        return True

    def _stale(self, moved: FieldRef, happened: bool | None) -> StaleFieldError:
        text = msg("{label} was changed by someone else after the plan was created", label=moved.full_name)
        return StaleFieldError(text, happened=happened)
