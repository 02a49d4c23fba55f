"""Shops that a killed run left unfinished: each is read, and reopened if that run closed it.

In: the unfinished shops of the journal. Out: one result per shop: what was known, found and done. It finishes nothing else:
remaining writes are left to the next plan, made from the present state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.closure_owner import UNKNOWN_ORIGIN, ClosureOrigin, ClosureOwner
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.runs.events import (
    ClosureSuperseded,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopStarted,
)
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Backend, BackendError, Clock, EventJournal, LeaseHeld, Leases, UnfinishedShop, WriteRequest
from reconciler.workflows.execution.closure import ReopenRetry, WaitNotice, unheard
from reconciler.workflows.execution.lease import RENEW_EVERY, LeaseRenewer, lease_renewer
from reconciler.workflows.execution.reopening import closed_by, closure_origin_of
from reconciler.workflows.execution.shop_lease import ShopLease
from reconciler.workflows.execution.steps import STATUS

RECOVERY_SECONDS: Final = 60.0
"""Seconds for which a shop that cannot be read or reopened is retried, with growing waits."""


@frozen
class RecoveryContext:
    """Everything a recovery needs. `left` reads again what is unfinished of a shop: what was read before its lease was acquired
    may have been settled since, and the shop closed by its merchant. `on_wait` hears of each shop that has to wait, why, and for
    how many seconds at most.
    """

    backend: Backend
    journal: EventJournal
    leases: Leases
    clock: Clock
    left: Callable[[ShopKey], Sequence[UnfinishedShop]]
    key: str
    seconds: float = RECOVERY_SECONDS
    renew_every: float = RENEW_EVERY
    on_wait: WaitNotice = unheard


async def resume(left: Sequence[UnfinishedShop], context: RecoveryContext) -> tuple[RecoveredShop, ...]:
    """Each shop once, under its lease, also if several runs left it. One that another run recovered in between is not among them.

    All at the same time, since a shop that waits for its turn waits closed.
    """
    shops = {shop.shop: shop for shop in left}
    recovered: dict[ShopKey, RecoveredShop | None] = {}
    await context.journal.record(RunStarted(fingerprint="", shops=len(shops)))
    async with lease_renewer(context.clock, every=context.renew_every) as keeper, anyio.create_task_group() as group:

        async def look_after(shop: UnfinishedShop) -> None:
            recovered[shop.shop] = await _one(shop, context, keeper)

        for shop in shops.values():
            group.start_soon(look_after, shop)
    await context.journal.record(RunFinished())
    return tuple(resumed for key in shops if (resumed := recovered[key]) is not None)


async def _one(left: UnfinishedShop, context: RecoveryContext, keeper: LeaseRenewer) -> RecoveredShop | None:
    try:
        lease = ShopLease(lease=await context.leases.acquire(left.shop))
    except LeaseHeld:
        return _recovered_shop(left, left.closed, RecoveryOutcome.LOCKED)
    recovered: RecoveredShop | None = None
    async with keeper.hold(lease):
        owed = context.left(left.shop)
        if owed:
            recovered = await _under(_PendingShop.of(owed), context, lease)
    return recovered


@frozen
class _PendingShop:
    """What all runs together left open of one shop; `last` is the newest of them."""

    last: UnfinishedShop
    closed: bool
    closing_keys: frozenset[str]
    disputed: bool
    closed_since: datetime | None

    def closed_ms(self, now: datetime) -> int | None:
        """Since the first closing, also if several runs failed to reopen the shop. Clocks of hosts may differ a little."""
        return None if self.closed_since is None else max(0, (now - self.closed_since) // timedelta(milliseconds=1))

    @classmethod
    def of(cls, owed: Sequence[UnfinishedShop]) -> _PendingShop:
        return cls(
            last=owed[-1],
            closed=any(shop.closed for shop in owed),
            closing_keys=frozenset().union(*(shop.closing_keys for shop in owed)),
            disputed=any(shop.disputed for shop in owed),
            closed_since=min((shop.closed_since for shop in owed if shop.closed_since is not None), default=None),
        )


async def _under(pending: _PendingShop, context: RecoveryContext, lease: ShopLease) -> RecoveredShop:
    """If the lease is lost, another run recovers the shop."""
    left = pending.last
    await context.journal.record(ShopStarted(shop=left.shop))
    retry = ReopenRetry(
        clock=context.clock,
        seconds=context.seconds,
        give_up=lambda: not lease.held,
        on_wait=lambda error: context.on_wait(left.shop, error.text, context.seconds),
    )
    found = await retry.retry(partial(_look_and_reopen, pending, context, lease))
    if not lease.held:
        return _recovered_shop(left, pending.closed, RecoveryOutcome.LOCKED)
    if not isinstance(found, BackendError):
        if found.reopened:
            closed_ms = pending.closed_ms(context.clock.now())
            await context.journal.record(ShopReopened(shop=left.shop, closed_ms=closed_ms))
        elif found.why is not None:
            await context.journal.record(ClosureSuperseded(shop=left.shop, why=found.why))
        await context.journal.record(ShopFinished(shop=left.shop))
        return _recovered_shop(left, pending.closed, found.outcome, found.why, status=found.status)
    error = diagnostic(found.code, found.text, shop=left.shop)
    if not pending.closed:
        return _recovered_shop(left, pending.closed, RecoveryOutcome.UNREADABLE, error)
    why = _still_closed(left.shop, error)
    await context.journal.record(ReopenFailed(shop=left.shop, why=why))
    return _recovered_shop(left, pending.closed, RecoveryOutcome.LEFT_CLOSED, why)


@frozen
class _Found:
    """What was found, and the shop's present status. `why` says that another actor closed it, so that it was left closed."""

    outcome: RecoveryOutcome
    status: StorefrontStatus
    reopened: bool = False
    why: Diagnostic | None = None


async def _look_and_reopen(pending: _PendingShop, context: RecoveryContext, lease: ShopLease) -> _Found:
    """Also where the shop is read as open: the acknowledged write gives a new version, under which a closing that is still on its
    way can no longer land.
    """
    shop = pending.last.shop
    observed = await _observe(shop, context.backend)
    read = observed.reads[STATUS.kind]
    if isinstance(read, Unknown):
        raise BackendError(read.reason.summary)
    before = StorefrontStatus(str(observed.value(STATUS)))
    origin = UNKNOWN_ORIGIN
    if before is StorefrontStatus.CLOSED:
        origin = await closure_origin_of(context.backend, shop, pending.closing_keys)
    if not pending.closed and not origin.by_key:
        return _Found(outcome=RecoveryOutcome.INTACT, status=before)
    # A closing by this client under another key may be one whose intent the journal has lost: it is ours to open.
    if origin.owner is ClosureOwner.OTHER and not origin.by_run:
        return _Found(outcome=RecoveryOutcome.INTACT, status=before, why=_closed_by_other(shop, origin))
    if pending.disputed and before is StorefrontStatus.CLOSED and origin.owner is not ClosureOwner.OURS:
        raise BackendError(msg("it is unknown whether that run or someone else closed it"))
    await _reopen(shop, read.version, context, lease)
    reopened = RecoveryOutcome.INTACT if before is StorefrontStatus.OPEN else RecoveryOutcome.REOPENED
    return _Found(outcome=reopened, status=StorefrontStatus.OPEN, reopened=True)


async def _reopen(shop: ShopKey, version: str, context: RecoveryContext, lease: ShopLease) -> None:
    values = {STATUS.field: StorefrontStatus.OPEN}
    await context.backend.execute(
        WriteRequest(
            shop=shop,
            kind=STATUS.kind,
            values=values,
            version=version,
            key=context.key,
            fence=lease.fence,
            valid_until=lease.valid_until,
        )
    )


def _closed_by_other(shop: ShopKey, origin: ClosureOrigin) -> Diagnostic:
    return diagnostic(codes.CLOSED_BY_OTHER, closed_by(origin), shop=shop)


async def _observe(shop: ShopKey, backend: Backend) -> Observed:
    async for observed in backend.observe([shop]):
        return observed
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")


def _recovered_shop(
    left: UnfinishedShop,
    closed: bool,
    outcome: RecoveryOutcome,
    why: Diagnostic | None = None,
    *,
    status: StorefrontStatus | None = None,
) -> RecoveredShop:
    return RecoveredShop(
        shop=left.shop,
        run=left.run.run,
        outcome=outcome,
        pending_writes=len(left.pending_writes),
        closed=closed,
        status=status,
        reason=why,
    )


def _still_closed(shop: ShopKey, error: Diagnostic | None) -> Diagnostic:
    reason = error.summary if error else msg("it did not answer")
    return diagnostic(
        codes.LEFT_CLOSED,
        msg(
            "An interrupted run may have left the shop CLOSED, and it could not be reopened: {reason}",
            reason=reason,
        ),
        hint=msg("Open it in the admin screens, or run `reconciler resume` again when the backend answers"),
        shop=shop,
    )
