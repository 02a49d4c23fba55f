"""The unfinished shops of a killed run are read, and those that it closed are reopened. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopStarted,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.ports import Conflict, RunInfo, UnfinishedShop, WriteRequest
from reconciler.workflows.execution.recovery import RecoveryContext, resume
from reconciler.workflows.recover import block_recovering_shops
from tests.adapters.store.fakes import journal as store_journal
from tests.adapters.store.fakes import tell
from tests.support.auto_clock import PassingClock
from tests.support.example_worlds import Memory, applied, leaving, live, outcomes, together
from tests.support.fake_backend import Fault, ModelBackend, unreachable
from tests.support.local_leases import LocalLeases

A, B = ShopKey("a"), ShopKey("b")
RUN = RunInfo(
    run="run-1",
    actor="x",
    host="y",
    pid=1,
    command="apply",
    version="0",
    started=datetime(2026, 4, 1, tzinfo=UTC),
    fingerprint="",
)


def left(shop: ShopKey = A, *, closed: bool = True, intents: int = 1) -> UnfinishedShop:
    return UnfinishedShop(
        shop=shop, run=RUN, closed=closed, pending_writes=tuple((n, f"key-{n}") for n in range(intents))
    )


def of(still):
    """What is unfinished of a shop, from the history."""
    return lambda shop: [one for one in still if one.shop == shop]


def recovered(
    backend: ModelBackend,
    *shops: UnfinishedShop,
    leases: LocalLeases | None = None,
    now: Sequence[UnfinishedShop] | None = None,
    keeps_trail: bool = False,
) -> tuple[tuple[RecoveredShop, ...], list[Event]]:
    """`now`: what is unfinished by the time that a shop's lease is had. Nothing wrote here, so a trail names the merchant."""
    backend.keeps_trail = keeps_trail
    journal, clock = Memory(), PassingClock()
    held = leases or LocalLeases(clock)
    before = held.all()
    still = shops if now is None else now
    context = RecoveryContext(backend=backend, journal=journal, leases=held, clock=clock, left=of(still), key="k")
    printed = anyio.run(resume, shops, context)
    assert held.all() == before, "a lease is left"
    return printed, journal.events


def test_a_shop_that_another_run_recovered_is_left_as_its_merchant_has_it() -> None:
    backend = ModelBackend([live(is_open=False)])
    printed, events = recovered(backend, left(), now=[])
    assert printed == ()
    assert not backend.state[A].is_open
    assert events == [RunStarted(fingerprint="", shops=1), RunFinished()]


def test_a_shop_that_its_merchant_closed_since_is_left_closed_and_settled() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), events = recovered(backend, left(), keeps_trail=True)
    assert (printed.outcome, printed.status) == (RecoveryOutcome.INTACT, StorefrontStatus.CLOSED)
    assert not backend.state[A].is_open
    assert backend.asked == []
    (over,) = [event for event in events if isinstance(event, ClosureSuperseded)]
    assert "merchant" in str(over.why.summary)
    assert not over.by_run


def test_of_a_shop_that_no_run_closed_nothing_is_said_about_who_did() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), events = recovered(backend, left(closed=False), keeps_trail=True)
    assert (printed.outcome, printed.reason) == (RecoveryOutcome.INTACT, None)
    assert not [event for event in events if isinstance(event, ClosureSuperseded)]


def test_a_closing_by_this_client_without_an_intent_in_the_journal_is_reopened() -> None:
    """As after an event that cannot be read: another key than those that are known is no proof of another owner."""
    backend = ModelBackend([live()])
    version = backend.look(A).reads["storefront_status"].version
    closing = WriteRequest(
        shop=A, kind="storefront_status", values={"status": StorefrontStatus.CLOSED}, version=version, key="forgotten"
    )
    anyio.run(backend.execute, closing)
    (printed,), _ = recovered(backend, left(), keeps_trail=True)
    assert printed.outcome is RecoveryOutcome.REOPENED
    assert backend.state[A].is_open


def test_a_shop_closed_by_an_unknown_actor_stays_pending() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), events = recovered(backend, replace(left(), disputed=True))
    assert printed.outcome is RecoveryOutcome.LEFT_CLOSED
    assert backend.asked == []
    assert [event for event in events if isinstance(event, ReopenFailed)]


def test_what_counts_is_what_is_unfinished_under_the_lease() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), _ = recovered(backend, left(), now=[left(closed=False)])
    assert (printed.outcome, printed.closed) == (RecoveryOutcome.INTACT, False)
    assert not backend.state[A].is_open


def test_the_lease_is_renewed_during_a_recovery_and_if_it_is_lost_the_shop_is_anothers() -> None:
    backend, clock = ModelBackend([live(is_open=False)]), PassingClock()
    leases = LocalLeases(clock)

    async def slow(_shops):
        await clock.sleep(20)
        leases.living.clear()
        await clock.sleep(20)
        raise unreachable()
        yield

    backend.observe = slow  # type: ignore[method-assign]  # of this backend alone
    (printed,), events = recovered_under(backend, leases, clock)
    assert printed.outcome is RecoveryOutcome.LOCKED
    assert not backend.state[A].is_open
    assert not [event for event in events if isinstance(event, ShopReopened | ReopenFailed | ShopFinished)]


def test_a_shop_that_waits_is_reported_once_with_the_reason_and_the_longest_wait() -> None:
    backend = ModelBackend([live(is_open=False), live("b", is_open=False)])
    backend.unreadable = lambda shop, _: {"everything"} if shop == A else ()
    heard: list[tuple[ShopKey, str, float]] = []
    clock = PassingClock()
    shops = (left(), left(B))
    context = RecoveryContext(
        backend=backend,
        journal=Memory(),
        leases=LocalLeases(clock),
        clock=clock,
        left=of(shops),
        key="k",
        seconds=45.0,
        on_wait=lambda shop, why, seconds: heard.append((shop, str(why), seconds)),
    )
    anyio.run(resume, shops, context)
    assert [(shop, seconds) for shop, _, seconds in heard] == [(A, 45.0)]
    assert heard[0][1]


def recovered_under(
    backend: ModelBackend, leases: LocalLeases, clock: PassingClock
) -> tuple[tuple[RecoveredShop, ...], list[Event]]:
    journal = Memory()
    context = RecoveryContext(
        backend=backend, journal=journal, leases=leases, clock=clock, left=lambda _shop: [left()], key="k"
    )
    return anyio.run(resume, [left()], context), journal.events


def test_no_shop_waits_closed_for_another() -> None:
    """Each is reopened only when the reopening of the other was asked for as well."""
    backend = ModelBackend([live("a", is_open=False), live("b", is_open=False)])
    execute, asked = backend.execute, {A: anyio.Event(), B: anyio.Event()}

    async def together(write: WriteRequest):
        asked[write.shop].set()
        with anyio.fail_after(10):
            for event in asked.values():
                await event.wait()
        return await execute(write)

    backend.execute = together  # type: ignore[method-assign]  # of this backend alone
    printed, _ = recovered(backend, left(A), left(B))
    assert [(resumed.shop, resumed.outcome) for resumed in printed] == [
        (A, RecoveryOutcome.REOPENED),
        (B, RecoveryOutcome.REOPENED),
    ]


def test_closed_by_us_and_closed_it_is_reopened() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), events = recovered(backend, left())
    assert (printed.shop, printed.run, printed.outcome, printed.pending_writes) == (
        A,
        "run-1",
        RecoveryOutcome.REOPENED,
        1,
    )
    assert backend.state[A].is_open
    assert [write.kind for write in backend.done] == ["storefront_status"]
    assert events == [
        RunStarted(fingerprint="", shops=1),
        ShopStarted(shop=A),
        ShopReopened(shop=A),
        ShopFinished(shop=A),
        RunFinished(),
    ]


def test_a_recovery_records_for_how_long_the_shop_was_closed_since_the_first_closing() -> None:
    earlier = PassingClock().now() - timedelta(minutes=10)
    shops = (replace(left(), closed_since=earlier), replace(left(), closed_since=earlier + timedelta(minutes=9)))
    _, events = recovered(ModelBackend([live(is_open=False)]), *shops)
    assert ShopReopened(shop=A, closed_ms=600_000) in events


def test_closed_by_us_and_read_as_open_it_is_opened_once_more_so_that_a_late_closing_cannot_land() -> None:
    backend = ModelBackend([live()])
    version = backend.look(A).reads["storefront_status"].version
    (printed,), _ = recovered(backend, left())
    assert printed.outcome is RecoveryOutcome.INTACT
    late = WriteRequest(
        shop=A, kind="storefront_status", values={"status": StorefrontStatus.CLOSED}, version=version, key="late"
    )
    with pytest.raises(Conflict):
        anyio.run(backend.execute, late)
    assert backend.state[A].is_open


def test_a_shop_closed_by_another_actor_is_left_alone() -> None:
    backend = ModelBackend([live(is_open=False)])
    (printed,), _ = recovered(backend, left(closed=False))
    assert printed.outcome is RecoveryOutcome.INTACT
    assert backend.asked == []
    assert not backend.state[A].is_open


@pytest.mark.parametrize("kinds", [{"everything"}, {"storefront_status"}])
def test_if_the_backend_is_down_it_is_reported_as_left_closed(kinds: set[str]) -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.unreadable = lambda *_: kinds
    (printed,), events = recovered(backend, left())
    assert printed.outcome is RecoveryOutcome.LEFT_CLOSED
    assert printed.reason is not None
    assert printed.reason.code.slug == "left-closed"
    assert "CLOSED" in str(printed.reason.summary)
    assert [event for event in events if isinstance(event, ReopenFailed)]
    assert not [event for event in events if isinstance(event, ShopFinished)]


@pytest.mark.parametrize("kinds", [{"everything"}, {"storefront_status"}])
def test_of_a_shop_that_was_never_closed_it_is_not_said_that_it_may_be(kinds: set[str]) -> None:
    backend = ModelBackend([live()])
    backend.unreadable = lambda *_: kinds
    (printed,), events = recovered(backend, left(closed=False))
    assert printed.outcome is RecoveryOutcome.UNREADABLE
    assert printed.reason is not None
    assert printed.reason.code.slug in ("unreachable", "unexpected")
    assert "CLOSED" not in str(printed.reason.summary)
    assert not [event for event in events if isinstance(event, ReopenFailed | ShopFinished)]
    assert backend.asked == []


def test_what_else_cannot_be_read_does_not_matter() -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.unreadable = lambda *_: {"amazon_settings", "entitlements"}
    assert recovered(backend, left())[0][0].outcome is RecoveryOutcome.REOPENED


@pytest.mark.parametrize(
    "fault", [{"refused": unreachable()}, {"lost": True}, {"edit": lambda shop: setattr(shop, "is_open", True)}]
)
@pytest.mark.parametrize("times", [1, 2])
def test_reopening_is_tried_again_after_looking(fault, times: int) -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.faults.append(Fault(shop=A, at=0, times=times, **fault))
    (printed,), _ = recovered(backend, left())
    assert printed.outcome in (RecoveryOutcome.REOPENED, RecoveryOutcome.INTACT)
    assert backend.state[A].is_open


def test_held_by_another_it_is_left_to_that_one() -> None:
    backend, leases = ModelBackend([live(is_open=False), live("b", is_open=False)]), LocalLeases(SystemClock())
    anyio.run(leases.acquire, A)
    printed, events = recovered(backend, left(), left(B), leases=leases)
    assert [one.outcome for one in printed] == [RecoveryOutcome.LOCKED, RecoveryOutcome.REOPENED]
    assert backend.reads == {B: 1}
    assert not [event for event in events if isinstance(event, ShopStarted) and event.shop == A]


def test_a_shop_left_by_two_runs_is_recovered_once() -> None:
    backend = ModelBackend([live(is_open=False)])
    printed, _ = recovered(backend, left(), left(closed=False))
    assert [one.outcome for one in printed] == [RecoveryOutcome.REOPENED]
    assert len(backend.asked) == 1


def test_one_that_fails_does_not_keep_the_next_from_being_reopened() -> None:
    backend = ModelBackend([live(is_open=False), live("b", is_open=False)])
    backend.unreadable = lambda shop, _: {"everything"} if shop == A else ()
    printed, _ = recovered(backend, left(), left(B))
    assert [one.outcome for one in printed] == [RecoveryOutcome.LEFT_CLOSED, RecoveryOutcome.REOPENED]


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "journal.db")
    yield opened
    opened.close()


def cut_off(store: Store, plan: Plan) -> None:
    """A run that was killed right after it had closed the shop."""
    close = index_of(plan, StepKind.CLOSE)
    printed = [ShopStarted(shop=A), StepStarted(shop=A, step=close, key="k"), StepDone(shop=A, step=close)]
    tell(store_journal(store, "run-1", of=plan), printed)


def index_of(plan: Plan, does: StepKind) -> int:
    return next(index for index, step in enumerate(plan.shops[0].steps) if step.action is does)


def owed(store: Store) -> list[tuple[ShopKey, str]]:
    return [(one.shop, one.run.run) for one in StoreHistory(store, SystemClock()).unfinished() if one.closed]


@pytest.mark.parametrize("down", [False, True])
def test_the_journal_knows_of_it_afterwards_and_a_second_resume_finds_nothing(down: bool, store: Store) -> None:
    """Nothing but what could not be reopened."""
    world = leaving()
    cut_off(store, world.plan())
    world.backend.state[A].is_open = False
    world.backend.keeps_trail = False
    if down:
        world.backend.unreadable = lambda *_: {"everything"}
    assert owed(store) == [(A, "run-1")]

    context = RecoveryContext(
        backend=world.backend,
        journal=store_journal(store, "run-2", of=Plan(shops=(), fingerprint="")),
        leases=LocalLeases(SystemClock()),
        clock=PassingClock() if down else SystemClock(),
        left=StoreHistory(store, SystemClock()).unfinished,
        key="k",
    )
    anyio.run(resume, StoreHistory(store, SystemClock()).unfinished(), context)

    assert (owed(store) != []) is down
    assert world.backend.state[A].is_open is not down


def test_a_run_that_started_before_the_kill_does_not_settle_pending_reopenings(store: Store) -> None:
    """It planned the shop as closed, within the other's bracket, and got its lease when that one was killed."""
    world = leaving()
    killed = world.plan()
    world.backend.state[A].is_open = False
    unaware = world.plan()
    cut_off(store, killed)
    writes = [step for step, one in enumerate(unaware.shops[0].steps) if one.kind]
    done = [
        event for step in writes for event in (StepStarted(shop=A, step=step, key="k"), StepDone(shop=A, step=step))
    ]
    tell(store_journal(store, "run-2", of=unaware), [ShopStarted(shop=A), *done, ShopFinished(shop=A)])
    assert owed(store) == [(A, "run-1")]


def test_nor_does_one_whose_own_closing_was_refused(store: Store) -> None:
    """It planned the shop as open, and found it closed by the other."""
    plan = leaving().plan()
    cut_off(store, plan)
    close = index_of(plan, StepKind.CLOSE)
    why = diagnostic(codes.STALE, msg("moved"))
    refused = [
        StepStarted(shop=A, step=close, key="k"),
        StepFailed(shop=A, step=close, why=why, happened=False),
        ShopFinished(shop=A),
    ]
    tell(store_journal(store, "run-2", of=plan), [ShopStarted(shop=A), *refused])
    assert owed(store) == [(A, "run-1")]


def test_one_that_opened_the_shop_itself_does(store: Store) -> None:
    plan = leaving().plan()
    cut_off(store, plan)
    close, reopen = (index_of(plan, does) for does in (StepKind.CLOSE, StepKind.REOPEN))
    own = [
        event
        for step in (close, reopen)
        for event in (StepStarted(shop=A, step=step, key="k"), StepDone(shop=A, step=step))
    ]
    tell(store_journal(store, "run-2", of=plan), [ShopStarted(shop=A), *own, ShopFinished(shop=A)])
    assert list(StoreHistory(store, SystemClock()).unfinished()) == []


@pytest.mark.parametrize("outcome", [RecoveryOutcome.LEFT_CLOSED, RecoveryOutcome.LOCKED])
def test_a_shop_that_still_waits_to_be_reopened_is_held(outcome: RecoveryOutcome) -> None:
    world = together(leaving("a"), leaving("b"))
    printed = RecoveredShop(shop=A, run="run-1", outcome=outcome, pending_writes=0)
    report = applied(block_recovering_shops(world.plan(), (printed,)), world.backend)
    assert outcomes(report) == {"a": "refused", "b": "applied"}
    assert {write.shop for write in world.backend.asked} == {B}


@pytest.mark.parametrize("outcome", [RecoveryOutcome.REOPENED, RecoveryOutcome.INTACT, RecoveryOutcome.UNREADABLE])
def test_a_recovered_shop_is_applied(outcome: RecoveryOutcome) -> None:
    plan = leaving().plan()
    assert (
        block_recovering_shops(plan, (RecoveredShop(shop=A, run="run-1", outcome=outcome, pending_writes=0),)) == plan
    )
