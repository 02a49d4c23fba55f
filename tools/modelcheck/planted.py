"""Bugs that are planted on purpose, to see that the checker finds them: each replaces one part of the product's code.

Each function gives the patches of one bug, and its docstring says what is wrong. That the checker finds nothing in the product is
worth as much as what it finds here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import anyio
from sqlalchemy import false

from reconciler.adapters.backend import HttpBackend
from reconciler.adapters.backend.http import client, interpret, oauth
from reconciler.adapters.backend.http.messages import NoResponse
from reconciler.adapters.store.runs import journal, leases, projection, unfinished
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.core.drift.closure_owner import ClosureOrigin, ClosureOwner
from reconciler.core.model.state import Known
from reconciler.core.runs.events import ShopFinished, ShopReopened
from reconciler.core.runs.recovery import RecoveryOutcome
from reconciler.core.values import StorefrontStatus
from reconciler.ports import BackendError, Conflict, SetupError, Unauthorised, WriteRequest, WriteResult
from reconciler.workflows.execution import (
    closure,
    recorder,
    recovery,
    shop,
    shop_lease,
    shop_reader,
    step_writer,
)
from reconciler.workflows.execution.reopening import Reopener, is_closed
from reconciler.workflows.execution.shop_lease import LeaseState
from reconciler.workflows.execution.steps import STATUS, write_request
from tools.modelcheck.planting import BUGS, Patch, PlantedBug, bug, planted

__all__ = ["BUGS", "PlantedBug", "planted"]


@bug("takeover")
def expired_lease() -> Sequence[Patch]:
    """A write leaves although its lease has run out."""
    return [(client.Client, "_require_valid", lambda _self, _call: None)]


@bug("takeover")
def no_fence_check() -> Sequence[Patch]:
    """The lease is not checked when an intent is recorded."""

    async def record_intent(self: Any, event: Any, _lease: Any) -> None:
        await self._submit(event)

    return [(StoreJournal, "record_intent", record_intent), *expired_lease()]


@bug("rivals")
def two_writers() -> Sequence[Patch]:
    """A lease is granted although another run holds it."""
    return [
        (leases, "_lives", lambda _row, _now, _here: False),
        (journal, "lost_leases", lambda _connection, _claimed: {}),
    ]


@bug("takeover")
def no_shield() -> Sequence[Patch]:
    """A cancelled run does not finish its reopening."""

    class Unshielded(anyio.CancelScope):
        def __new__(cls, **_options: Any) -> Any:
            return anyio.CancelScope()

    class Library:
        CancelScope = Unshielded

    return [(shop, "anyio", Library)]


@bug("one-apply")
def released_before_reopening() -> Sequence[Patch]:
    """The lease is given back before the shop is reopened."""
    inner = shop.ShopExecution._reopen_until_done

    async def reopen(self: Any) -> None:
        await self.lease.lease.release()
        await inner(self)

    return [(shop.ShopExecution, "_reopen_until_done", reopen)]


@bug("one-apply")
def foreign_412_believed() -> Sequence[Patch]:
    """Any error status counts as a refusal by the backend."""
    return [(interpret, "is_refusal", lambda answer, _body: answer.status >= 400)]


@bug("one-apply")
def answer_not_read() -> Sequence[Patch]:
    """An answer is believed without what it holds."""
    return [(HttpBackend, "_require_written", lambda _self, _write, _call, _written: None)]


@bug("outages")
def pending_forgotten() -> Sequence[Patch]:
    """A reopening that failed is settled at the end of the shop."""
    inner = unfinished.ShopProgress.apply

    def apply(self: Any, event: Any) -> Any:
        applied = inner(self, event)
        return replace(applied, closed=False) if isinstance(event, ShopFinished) else applied

    return [(unfinished.ShopProgress, "apply", apply)]


@bug("one-apply")
def no_intent() -> Sequence[Patch]:
    """A write leaves without an intent in the journal."""

    async def record_intent(_self: Any, _event: Any, _lease: Any) -> None:
        """Nothing is recorded."""

    return [(recorder.EventRecorder, "record_intent", record_intent)]


@bug("one-apply")
def store_failure_ignored() -> Sequence[Patch]:
    """An intent that could not be recorded does not stop the write."""

    async def keep_intent(self: Any, event: Any, lease: Any) -> None:
        with suppress(SetupError):
            await self.journal.record_intent(event, lease)

    return [(recorder.EventRecorder, "_keep_intent", keep_intent)]


async def _always_ours(*_arguments: Any) -> ClosureOrigin:
    return ClosureOrigin(owner=ClosureOwner.OURS, by_key=True)


@bug("takeover")
def recovery_opens_any() -> Sequence[Patch]:
    """A recovery opens a shop no matter who closed it."""
    return [(recovery, "closure_origin_of", _always_ours)]


@bug("takeover")
def recovery_does_nothing() -> Sequence[Patch]:
    """A recovery takes each shop for open and settles it."""

    async def settle(*_arguments: Any) -> Any:
        return recovery._Found(outcome=RecoveryOutcome.INTACT, status=StorefrontStatus.OPEN)

    return [(recovery, "_look_and_reopen", settle)]


@bug("takeover")
def lost_lease_opens_any() -> Sequence[Patch]:
    """A run that lost its lease opens a shop that it reads as closed."""

    async def require(_self: Any) -> None:
        """No matter who closed it."""

    return [(Reopener, "_require_own_closure", require)]


@bug("tokens")
def refusal_for_good() -> Sequence[Patch]:
    """A refused token renewal is remembered for ever."""

    async def once(self: Any) -> None:
        if not isinstance(self._failure, Unauthorised):
            await self._fetch_once()

    return [(oauth.TokenCache, "_fetch_persistently", once)]


@bug("outages")
def unrenewable_is_taken() -> Sequence[Patch]:
    """A lease that cannot be renewed counts as taken by another run."""

    def lose(self: Any, *, taken: bool) -> None:  # noqa: ARG001
        self.state = LeaseState.TAKEN

    return [(shop_lease.ShopLease, "lose", lose)]


@bug("outages")
def gives_up_early() -> Sequence[Patch]:
    """A reopening is tried three times only."""

    async def again(_self: Any, tries: int, _error: BackendError) -> bool:
        return tries < closure.MIN_ATTEMPTS

    return [(closure.ReopenRetry, "_again", again)]


@bug("network")
def read_believed() -> Sequence[Patch]:
    """A shop that is read as open counts as reopened."""
    inner = Reopener._attempt

    async def attempt(self: Any) -> Any:
        if not is_closed(await self.shop.read()):
            return ShopReopened(shop=self.plan.shop, closed_ms=self.time.end())
        return await inner(self)

    return [(Reopener, "_attempt", attempt)]


@bug("succession")
def settles_others() -> Sequence[Patch]:
    """A run settles what another run left pending."""
    return [
        (projection.RunProjection, "_overtaken", lambda _self, _shop: false()),
        (projection.RunProjection, "_closed_by_others", lambda _self, _shop: []),
    ]


@bug("one-apply")
def sent_again() -> Sequence[Patch]:
    """An acknowledged write is sent again."""
    inner = step_writer.StepWriter._execute

    async def execute(self: Any, attempt: Any) -> Any:
        await inner(self, attempt)
        return await inner(self, attempt)

    return [(step_writer.StepWriter, "_execute", execute)]


@bug("one-apply")
def unplanned_field() -> Sequence[Patch]:
    """A write holds a field that was not planned."""
    inner = write_request

    def request(*arguments: Any, **options: Any) -> WriteRequest:
        made = inner(*arguments, **options)
        if made.kind != "amazon_settings":
            return made
        return replace(made, values={**made.values, "notification_email": "default@shop.example"})

    return [(step_writer, "write_request", request)]


@bug("one-apply")
def lost_means_not_done() -> Sequence[Patch]:
    """A write without an answer counts as not done."""
    inner = interpret.no_response_error

    def error(call: Any, silence: NoResponse, address: str) -> Any:
        found = inner(call, silence, address)
        found.happened = False
        return found

    return [(client, "no_response_error", error)]


@bug("edits")
def moved_field_overwritten() -> Sequence[Patch]:
    """A field that was changed since the plan is overwritten."""
    return [
        (step_writer, "first_changed_field", lambda *_arguments, **_options: None),
        (shop_reader, "changed_kinds", lambda *_arguments, **_options: set()),
    ]


@bug("one-apply")
def closing_forgotten() -> Sequence[Patch]:
    """A closing without an answer is not reopened."""
    inner = step_writer.StepWriter._execute

    async def execute(self: Any, attempt: Any) -> Any:
        try:
            return await inner(self, attempt)
        except BackendError as error:
            if not isinstance(error, Conflict):
                self._forget_closing()
            raise

    return [(step_writer.StepWriter, "_execute", execute)]


@bug("one-apply")
def conflict_believed() -> Sequence[Patch]:
    """A conflict on reopening counts as reopened."""
    inner = Reopener._put_open

    async def put_open(self: Any, version: str, key: str) -> Any:
        try:
            return await inner(self, version, key)
        except Conflict:
            # It was moved: taken for a sign that it is open by now.
            return WriteResult(kind=STATUS.kind, now=Known(None, version))

    return [(Reopener, "_put_open", put_open)]
