"""Bugs of reopening: a shop that a run closed stays closed, or a shop is opened that another run closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import anyio

from reconciler.adapters.store.runs import unfinished
from reconciler.core.drift.closure_owner import ClosureOrigin, ClosureOwner
from reconciler.core.model.state import Known
from reconciler.core.runs.events import ShopFinished, ShopReopened
from reconciler.core.runs.recovery import RecoveryOutcome
from reconciler.core.values import StorefrontStatus
from reconciler.ports import BackendError, Conflict, WriteResult
from reconciler.workflows.execution import (
    closure,
    recovery,
    shop,
    step_writer,
)
from reconciler.workflows.execution.reopening import Reopener, is_closed
from reconciler.workflows.execution.steps import STATUS
from tools.modelcheck.planted.planting import Patch, bug


@bug("takeover")
def no_shield() -> Sequence[Patch]:
    """A cancelled run does not finish its reopening."""

    class Unshielded(anyio.CancelScope):
        def __new__(cls, **_options: Any) -> Any:
            return anyio.CancelScope()

    class Library:
        CancelScope = Unshielded

    return [(shop, "anyio", Library)]


@bug("outages")
def pending_forgotten() -> Sequence[Patch]:
    """A reopening that failed is settled at the end of the shop."""
    inner = unfinished.ShopProgress.apply

    def apply(self: Any, event: Any) -> Any:
        applied = inner(self, event)
        return replace(applied, closed=False) if isinstance(event, ShopFinished) else applied

    return [(unfinished.ShopProgress, "apply", apply)]


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
