"""A store that can be read but not written, as on a full disk: shops are reopened, and the missing record is reported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
from sqlalchemy import event

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.diagnostics import codes
from reconciler.core.planning.plan import Plan, StepKind
from reconciler.core.runs.events import ShopStarted, StepDone, StepStarted
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import ShopKey
from reconciler.ports import UnfinishedShop
from reconciler.workflows.execution.recovery import RecoveryContext, resume
from reconciler.workflows.unrecorded_recovery import (
    BestEffortJournal,
    BestEffortLeases,
    BestEffortUnfinished,
    RecordingTrouble,
)
from tests.adapters.store.fakes import info, journal, tell
from tests.support.example_worlds import leaving

A = ShopKey("a")
NOTHING = Plan(shops=(), fingerprint="")


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "journal.db")
    yield opened
    opened.close()


def left_closed(store: Store):
    """A run was killed right after it had closed the shop."""
    world = leaving()
    plan = world.plan()
    close = next(index for index, step in enumerate(plan.shops[0].steps) if step.action is StepKind.CLOSE)
    tell(
        journal(store, "run-1", of=plan),
        [ShopStarted(shop=A), StepStarted(shop=A, step=close, key="k"), StepDone(shop=A, step=close)],
    )
    world.backend.state[A].is_open = False
    world.backend.keeps_trail = False
    return world


def make_unwritable(store: Store) -> None:
    """Every connection from now on: the pool is emptied first."""
    store.close()
    event.listen(store._engine, "connect", lambda raw, _entry: raw.execute("PRAGMA query_only=ON"))


def make_unreadable(store: Store, path: Path) -> None:
    store.close()
    for file in path.parent.glob(f"{path.name}-*"):
        file.unlink()
    path.write_bytes(b"no database at all " * 1000)


def recovery(store: Store, world, trouble: RecordingTrouble, left: Sequence[UnfinishedShop]) -> RecoveryContext:
    clock = SystemClock()
    read = StoreHistory(store, clock).unfinished
    return RecoveryContext(
        backend=world.backend,
        journal=BestEffortJournal(journal=journal(store, "run-2", of=NOTHING), trouble=trouble),
        leases=BestEffortLeases(leases=StoreLeases(store, info("run-2"), clock), clock=clock, trouble=trouble),
        clock=clock,
        left=BestEffortUnfinished(read=read, before=left, trouble=trouble).of,
        key="k",
    )


def recovered(store: Store, world, trouble: RecordingTrouble) -> tuple[RecoveredShop, ...]:
    left = tuple(StoreHistory(store, SystemClock()).unfinished())
    return anyio.run(resume, left, recovery(store, world, trouble, left))


def test_shops_are_reopened_and_it_is_said_that_this_could_not_be_recorded(store: Store) -> None:
    world = left_closed(store)
    make_unwritable(store)
    trouble = RecordingTrouble()
    assert [shop.outcome for shop in recovered(store, world, trouble)] == [RecoveryOutcome.REOPENED]
    assert world.backend.state[A].is_open
    (said,) = trouble.diagnostics()
    assert said.code is codes.NOT_RECORDED
    assert "could not be recorded" in str(said.summary)


def test_a_shop_that_another_run_holds_is_left_to_it(store: Store) -> None:
    world = left_closed(store)
    anyio.run(StoreLeases(store, info("run-3"), SystemClock()).acquire, A)
    make_unwritable(store)
    assert [shop.outcome for shop in recovered(store, world, RecordingTrouble())] == [RecoveryOutcome.LOCKED]
    assert not world.backend.state[A].is_open


def test_another_shop_that_is_held_does_not_matter(store: Store) -> None:
    world = left_closed(store)
    anyio.run(StoreLeases(store, info("run-3"), SystemClock()).acquire, ShopKey("b"))
    make_unwritable(store)
    assert [shop.outcome for shop in recovered(store, world, RecordingTrouble())] == [RecoveryOutcome.REOPENED]


def test_a_store_that_cannot_be_read_either_stops_no_reopening(store: Store, tmp_path: Path) -> None:
    """Nothing is known of other runs, and the shop is closed: the fence of the backend is what is left."""
    clock, trouble = SystemClock(), RecordingTrouble()
    leases = BestEffortLeases(leases=StoreLeases(store, info("run-2"), clock), clock=clock, trouble=trouble)
    make_unreadable(store, tmp_path / "journal.db")

    async def hold() -> bool:
        lease = await leases.acquire(A)
        await lease.renew()
        still_ours = lease.valid_until > clock.monotonic()
        await lease.release()
        return still_ours

    assert anyio.run(hold)
    assert [said.code for said in trouble.diagnostics()] == [codes.NOT_RECORDED]


def test_a_store_that_breaks_after_the_unfinished_shops_were_read_stops_no_reopening(
    store: Store, tmp_path: Path
) -> None:
    """What is unfinished of the shop is read again under its lease: that fails."""
    clock, trouble, world = SystemClock(), RecordingTrouble(), left_closed(store)
    left = tuple(StoreHistory(store, clock).unfinished())
    make_unreadable(store, tmp_path / "journal.db")
    context = recovery(store, world, trouble, left)
    assert [shop.outcome for shop in anyio.run(resume, left, context)] == [RecoveryOutcome.REOPENED]
    assert world.backend.state[A].is_open
    assert [said.code for said in trouble.diagnostics()] == [codes.NOT_RECORDED]


def test_of_a_shop_that_was_settled_before_its_lease_was_taken_nothing_is_recovered(store: Store) -> None:
    world, trouble = left_closed(store), RecordingTrouble()
    left = tuple(StoreHistory(store, SystemClock()).unfinished())
    assert [shop.outcome for shop in recovered(store, world, trouble)] == [RecoveryOutcome.REOPENED]
    world.backend.state[A].is_open = False  # by its merchant, since
    assert anyio.run(resume, left, recovery(store, world, trouble, left)) == ()
    assert not world.backend.state[A].is_open


def test_a_store_that_is_well_is_written(store: Store) -> None:
    world, trouble = left_closed(store), RecordingTrouble()
    assert [shop.outcome for shop in recovered(store, world, trouble)] == [RecoveryOutcome.REOPENED]
    assert trouble.diagnostics() == ()
    assert not StoreHistory(store, SystemClock()).unfinished()
