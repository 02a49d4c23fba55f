"""After a run that was cut off: look at the shops it left, and reopen those it closed.

In: what the journal has as unfinished. Out: one line a shop: what was known, what was found, what was done. It finishes nothing
else: what is still to be written is the next plan's matter, made from the world as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.results.command import WrittenRun
from reconciler.core.results.recovery_result import RecoveryResult
from reconciler.core.runs.events import ReopenFailed, RunFinished, RunStarted, ShopFinished, ShopReopened, ShopStarted
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import Origin, ShopKey, StorefrontStatus
from reconciler.ports import Backend, BackendError, Clock, Journal, LeaseHeld, Leases, UnfinishedShop, WriteRequest
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.lease import LeaseRenewer, lease_renewer
from reconciler.workflows.execution.steps import STATUS
from reconciler.workflows.session import Session
from reconciler.workflows.unrecorded_recovery import BestEffortJournal, BestEffortLeases, RecordingTrouble

ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryContext:
    """Who takes part in a resume. `left` reads anew what is unfinished of a shop: what was read before its lease was had may have
    been settled since, and the shop closed by its merchant.
    """

    backend: Backend
    journal: Journal
    leases: Leases
    clock: Clock
    left: Callable[[ShopKey], Sequence[UnfinishedShop]]
    key: str


async def resume(left: Sequence[UnfinishedShop], rescue: RecoveryContext) -> tuple[RecoveredShop, ...]:
    """Each shop once, under its lease, however many runs left it. One that another run looked after meanwhile is not among them.

    All at a time, since a shop that waits for its turn waits closed.
    """
    shops = {shop.shop: shop for shop in left}
    recovered: dict[ShopKey, RecoveredShop | None] = {}
    await rescue.journal.record(RunStarted(fingerprint="", shops=len(shops)))
    async with lease_renewer(rescue.clock) as keeper, anyio.create_task_group() as group:

        async def look_after(shop: UnfinishedShop) -> None:
            recovered[shop.shop] = await _one(shop, rescue, keeper)

        for shop in shops.values():
            group.start_soon(look_after, shop)
    await rescue.journal.record(RunFinished())
    return tuple(resumed for key in shops if (resumed := recovered[key]) is not None)


async def recover_before_apply(session: Session) -> tuple[RecoveredShop, ...]:
    """Every apply begins with this. Raises as `recover_runs` does."""
    recovered = (await recover_runs(session)).recovered
    _notify(session, recovered)
    return recovered


def _notify(session: Session, recovered: Sequence[RecoveredShop]) -> None:
    for shop in recovered:
        session.listener.on_recovered(shop)


async def recover_runs(session: Session) -> RecoveryResult:
    """Recovers what killed runs left. Where nothing is unfinished, no backend is asked.

    Raises BackendError where nothing at all can be read, SetupError where the store cannot be used; KeyboardInterrupt, once all
    shops were looked at, where a stop was requested meanwhile.
    """
    with session.store.history() as history:
        left = () if history is None else tuple(history.unfinished())
    return await _recover(session, left) if left else RecoveryResult()


async def _recover(session: Session, left: tuple[UnfinishedShop, ...]) -> RecoveryResult:
    info, trouble = session.new_run("resume", ""), RecordingTrouble()
    with session.store.open() as store:
        async with session.write() as backend:
            context = RecoveryContext(
                backend=backend,
                journal=BestEffortJournal(journal=store.journal(info, _nothing_planned(left)), trouble=trouble),
                leases=BestEffortLeases(leases=store.leases(info), clock=session.clock, trouble=trouble),
                clock=session.clock,
                left=store.history().unfinished,
                key=session.new_write_key(),
            )
            recovered, stopped = await _until_forced(session, left, context)
    if stopped:
        _notify(session, recovered)
        raise KeyboardInterrupt
    return RecoveryResult(
        recovered=recovered,
        diagnostics=trouble.diagnostics(),
        requests=tuple(backend.requests),
        written=WrittenRun(run=info.run),
    )


async def _until_forced(
    session: Session, left: Sequence[UnfinishedShop], context: RecoveryContext
) -> tuple[tuple[RecoveredShop, ...], bool]:
    """Recovery begins nothing new, so a request to stop lets it finish; a second one cuts it off, and what was not reached stays
    pending. Returns whether a stop was requested.
    """
    stop, results = StopToken(), list[tuple[RecoveredShop, ...]]()
    with anyio.CancelScope() as scope:
        async with session.stop_signals.listening(stop.request, scope.cancel):
            results.append(await resume(left, context))
    if not results:
        raise KeyboardInterrupt
    return results[0], stop.signalled


def _nothing_planned(left: Sequence[UnfinishedShop]) -> Plan:
    """What the journal of a recovery is about: the shops, and no writes."""
    shops = sorted({shop.shop for shop in left})
    return build_plan(ShopPlan(shop=shop, origin=Origin(str(shop))) for shop in shops)


def block_recovering_shops(plan: Plan, recovered: Sequence[RecoveredShop]) -> Plan:
    """A shop that still waits to be reopened is not written: a run that finishes it would settle what is owed to it."""
    owed = {
        resumed.shop: resumed
        for resumed in recovered
        if resumed.outcome in (RecoveryOutcome.LEFT_CLOSED, RecoveryOutcome.LOCKED)
    }
    return replace(
        plan, shops=tuple(_held(shop, owed[shop.shop]) if shop.shop in owed else shop for shop in plan.shops)
    )


def left_closed_diagnostics(recovered: Sequence[RecoveredShop]) -> tuple[Diagnostic, ...]:
    """Why each shop that could not be reopened still is closed."""
    return tuple(
        resumed.reason
        for resumed in recovered
        if resumed.outcome is RecoveryOutcome.LEFT_CLOSED and resumed.reason is not None
    )


def _held(plan: ShopPlan, resumed: RecoveredShop) -> ShopPlan:
    return replace(plan, findings=sort_diagnostics((*plan.findings, resumed.reason or _at_work(resumed.shop))))


def _at_work(shop: ShopKey) -> Diagnostic:
    return diagnostic(
        codes.LEASE_HELD,
        msg("A run that was cut off left the shop unfinished, and another run is looking after it"),
        hint=msg("Wait for that run to end; a run that was killed gives its shops back by itself"),
        shop=shop,
    )


async def _one(left: UnfinishedShop, rescue: RecoveryContext, keeper: LeaseRenewer) -> RecoveredShop | None:
    try:
        lease = await rescue.leases.acquire(left.shop)
    except LeaseHeld:
        return _told(left, left.closed, RecoveryOutcome.LOCKED)
    lost: list[bool] = []
    recovered: RecoveredShop | None = None
    async with keeper.hold(lease, lambda: lost.append(True)):
        owed = rescue.left(left.shop)
        if owed:
            recovered = await _under(owed[-1], any(shop.closed for shop in owed), rescue, lost)
    return recovered


async def _under(left: UnfinishedShop, closed: bool, rescue: RecoveryContext, lost: Sequence[bool]) -> RecoveredShop:
    """Where the lease is lost, the shop is another run's to look after."""
    await rescue.journal.record(ShopStarted(shop=left.shop))
    error: Diagnostic | None = None
    for _ in range(ATTEMPTS):
        if lost:
            return _told(left, closed, RecoveryOutcome.LOCKED)
        try:
            outcome, status = await _look_and_reopen(left.shop, closed, rescue)
        except BackendError as caught:
            error = diagnostic(caught.code, caught.text, shop=left.shop)
            continue
        except Exception as fault:  # noqa: BLE001  # whatever it is, the next shop is looked after all the same
            error = diagnostic(codes.FAULT, msg("An internal fault: {kind}", kind=type(fault).__name__), shop=left.shop)
            continue
        if closed:
            await rescue.journal.record(ShopReopened(shop=left.shop))
        await rescue.journal.record(ShopFinished(shop=left.shop))
        return _told(left, closed, outcome, status=status)
    if not closed:
        return _told(left, closed, RecoveryOutcome.UNREADABLE, error)
    why = _still_closed(left.shop, error)
    await rescue.journal.record(ReopenFailed(shop=left.shop, why=why))
    return _told(left, closed, RecoveryOutcome.LEFT_CLOSED, why)


async def _look_and_reopen(
    shop: ShopKey, closed: bool, rescue: RecoveryContext
) -> tuple[RecoveryOutcome, StorefrontStatus]:
    """What was found, and as what the shop stands now."""
    observed = await _observe(shop, rescue.backend)
    read = observed.reads[STATUS.kind]
    if isinstance(read, Unknown):
        raise BackendError(read.reason.summary)
    before = StorefrontStatus(str(observed.value(STATUS)))
    if not closed:
        return RecoveryOutcome.INTACT, before
    # Also where it is read as open: the acknowledged write gives a new version, under which a closing that is still on its
    # way can no longer land.
    values = {STATUS.field: StorefrontStatus.OPEN}
    await rescue.backend.execute(
        WriteRequest(shop=shop, kind=STATUS.kind, values=values, version=read.version, key=rescue.key)
    )
    return (
        RecoveryOutcome.INTACT if before is StorefrontStatus.OPEN else RecoveryOutcome.REOPENED,
        StorefrontStatus.OPEN,
    )


async def _observe(shop: ShopKey, backend: Backend) -> Observed:
    async for observed in backend.observe([shop]):
        return observed
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")


def _told(
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
            "A run that was cut off may have left the shop CLOSED, and it could not be reopened: {reason}",
            reason=reason,
        ),
        hint=msg("Open it in the admin screens, or run resume again once the backend answers"),
        shop=shop,
    )
