"""After a killed run: read its unfinished shops, and reopen those it closed.

In: a session. Out: a result with the outcome of each shop, and a plan without the shops that still wait to be reopened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.results.command import WrittenRun
from reconciler.core.results.recovery_result import RecoveryResult
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.event_log import log_context, log_event
from reconciler.ports import UnfinishedShop
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.recovery import RECOVERY_SECONDS, RecoveryContext, resume
from reconciler.workflows.other_runs import notify_wait
from reconciler.workflows.session import Session
from reconciler.workflows.unrecorded_recovery import (
    BestEffortJournal,
    BestEffortLeases,
    BestEffortUnfinished,
    RecordingTrouble,
)


async def recover_before_apply(session: Session) -> tuple[RecoveredShop, ...]:
    """Every apply starts with this. Raises as `recover_runs` does."""
    recovered = (await recover_runs(session)).recovered
    _notify(session, recovered)
    return recovered


def _notify(session: Session, recovered: Sequence[RecoveredShop]) -> None:
    for shop in recovered:
        session.listener.on_recovered(shop)


async def recover_runs(session: Session) -> RecoveryResult:
    """Recovers the shops of killed runs. If nothing is unfinished, no backend is read.

    Raises BackendError if nothing at all can be read, SetupError if the store cannot be used; KeyboardInterrupt, once all
    shops were read, if a stop was requested during the recovery.
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
                left=BestEffortUnfinished(read=store.history().unfinished, before=left, trouble=trouble).of,
                key=session.new_write_key(),
                seconds=min(RECOVERY_SECONDS, session.execution.longest_closed),
                renew_every=session.execution.renew_every,
                on_wait=partial(notify_wait, session),
            )
            with log_context(run=info.run):
                recovered, stopped = await _until_forced(session, left, context)
                _log(recovered)
    if stopped:
        _notify(session, recovered)
        raise KeyboardInterrupt
    return RecoveryResult(
        recovered=recovered,
        diagnostics=trouble.diagnostics(),
        requests=tuple(backend.requests),
        written=WrittenRun(run=info.run),
    )


def _log(recovered: Sequence[RecoveredShop]) -> None:
    for shop in recovered:
        quiet = shop.outcome in (RecoveryOutcome.REOPENED, RecoveryOutcome.INTACT)
        log_event(
            "shop-recovered",
            level="info" if quiet else "warning",
            shop=shop.shop,
            outcome=shop.outcome.value,
            code=None if shop.reason is None else shop.reason.code.number,
            left_by=shop.run,
        )


async def _until_forced(
    session: Session, left: Sequence[UnfinishedShop], context: RecoveryContext
) -> tuple[tuple[RecoveredShop, ...], bool]:
    """Recovery starts nothing new, so a request to stop lets it finish; a second one cancels it, and what was not reached stays
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
        msg("An interrupted run left the shop unfinished, and another run is recovering it"),
        hint=msg("Wait for that run to end; the shops of a killed run are released automatically"),
        shop=shop,
    )
