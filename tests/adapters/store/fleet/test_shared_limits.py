"""Limits as rows: several workers, each with its own connection, take from the same ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.fleet_tables import closure_slots, fleet_runs, shared_rates
from reconciler.adapters.store.db.run_tables import run_shops, runs
from reconciler.adapters.store.fleet.closure_slots import StoreClosureSlots
from reconciler.adapters.store.fleet.shared_requests import StoreSharedRequests
from reconciler.core.values import ShopKey
from tests.adapters.store.fakes import START, ManualClock

KYOTO, UJI, NARA = ShopKey("kyoto-tea"), ShopKey("uji-cups"), ShopKey("nara-ink")


@pytest.fixture
def run(store: Store) -> str:
    with store.writing() as connection:
        connection.execute(
            insert(fleet_runs).values(
                id="fleet-run", fleet="f", kind="apply", git_commit="0" * 40, created=START, actor="a", options={},
                state="open", wave=1,
            )
        )  # fmt: skip
    return "fleet-run"


def rewind(store: Store, clock: ManualClock, seconds: float) -> None:
    """The store's time goes on: on SQLite the clock, on a server by dating the rows back."""
    clock.move(seconds)
    if store.is_file:
        return
    back = timedelta(seconds=seconds)
    with store.writing() as connection:
        for row in connection.execute(select(shared_rates)).all():
            connection.execute(
                update(shared_rates).values(filled=row.filled - back, halved=row.halved and row.halved - back)
            )
        for row in connection.execute(select(closure_slots).where(closure_slots.c.until.is_not(None))).all():
            own = (closure_slots.c.run == row.run, closure_slots.c.slot == row.slot)
            connection.execute(update(closure_slots).where(*own).values(until=row.until - back))


def left_unfinished(store: Store, shop: ShopKey, *, unfinished: bool) -> None:
    with store.writing() as connection:
        if connection.execute(select(runs.c.run)).first() is None:
            row = {"run": "r", "actor": "a", "host": "h", "pid": 1, "command": "c", "version": "v", "fingerprint": "f"}
            connection.execute(insert(runs).values(started=START, **row))
            connection.execute(insert(run_shops).values(run="r", shop=shop, steps=[], changes=[], unfinished=True))
        connection.execute(update(run_shops).where(run_shops.c.shop == shop).values(unfinished=unfinished))


def test_two_workers_share_one_rate(store: Store, clock: ManualClock) -> None:
    one, other = (StoreSharedRequests(store, "fleet", 10.0, clock) for _ in range(2))
    first, second = one.take(5), other.take(5)
    assert first.wait == pytest.approx(0.5, abs=0.2)
    assert second.wait == pytest.approx(1.0, abs=0.3)
    assert second.wait > first.wait


def test_fleets_do_not_share(store: Store, clock: ManualClock) -> None:
    StoreSharedRequests(store, "one", 10.0, clock).take(50)
    assert StoreSharedRequests(store, "other", 10.0, clock).take(1).wait < 1.0


def test_a_refusal_at_one_worker_halves_the_rate_of_all(store: Store, clock: ManualClock) -> None:
    one, other = (StoreSharedRequests(store, "fleet", 8.0, clock) for _ in range(2))
    assert one.take(1).per_second == pytest.approx(8.0)
    assert one.halve() == pytest.approx(4.0)
    assert other.halve() == pytest.approx(4.0, abs=0.3)  # both hear of the same refusal
    assert other.take(1).per_second == pytest.approx(4.0, abs=0.3)
    rewind(store, clock, 2.0)
    assert other.halve() < 3.0
    rewind(store, clock, 100.0)
    assert one.take(1).per_second == pytest.approx(8.0)


def test_no_more_slots_than_shops_that_may_be_closed(store: Store, clock: ManualClock, run: str) -> None:
    slots = [StoreClosureSlots(store, run, 2, clock, seconds=60) for _ in range(3)]
    assert [each.take(f"worker {number}", KYOTO) for number, each in enumerate(slots)] == [1, 2, None]
    slots[0].give_back("worker 0", 1)
    assert slots[2].take("worker 2", UJI) == 1


def test_many_at_once_get_each_slot_once(store: Store, clock: ManualClock, run: str) -> None:
    def take(number: int) -> int | None:
        return StoreClosureSlots(store, run, 4, clock, seconds=60).take(f"worker {number}", KYOTO)

    with ThreadPoolExecutor(8) as pool:
        taken = [slot for slot in pool.map(take, range(16)) if slot is not None]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) <= 4
    assert StoreClosureSlots(store, run, 4, clock, seconds=60).take("last", UJI) is None or len(taken) < 4


def test_a_slot_that_is_not_renewed_is_free_again(store: Store, clock: ManualClock, run: str) -> None:
    slots = StoreClosureSlots(store, run, 1, clock, seconds=60)
    assert slots.take("one", KYOTO) == 1
    rewind(store, clock, 50)
    slots.renew("one")
    rewind(store, clock, 50)
    assert slots.take("other", UJI) is None
    rewind(store, clock, 11)
    assert slots.take("other", UJI) == 1
    slots.renew("one")
    slots.give_back("one", 1)
    assert slots.take("third", NARA) is None


def test_the_slot_of_a_shop_that_was_left_unfinished_is_free_only_once_it_was_recovered(
    store: Store, clock: ManualClock, run: str
) -> None:
    slots = StoreClosureSlots(store, run, 1, clock, seconds=60)
    slots.take("killed", KYOTO)
    left_unfinished(store, KYOTO, unfinished=True)
    rewind(store, clock, 1000)
    assert slots.take("other", UJI) is None
    left_unfinished(store, KYOTO, unfinished=False)
    assert slots.take("other", UJI) == 1


def test_a_slot_given_back_for_a_shop_that_could_not_be_reopened_is_not_free(
    store: Store, clock: ManualClock, run: str
) -> None:
    slots = StoreClosureSlots(store, run, 1, clock, seconds=60)
    slots.take("one", KYOTO)
    left_unfinished(store, KYOTO, unfinished=True)
    slots.give_back("one", 1)
    assert slots.take("other", UJI) is None


def test_the_times_are_those_of_the_database(server_store: Store) -> None:
    """A host whose clock is an hour off takes like any other."""
    clock = ManualClock()
    StoreSharedRequests(server_store, "fleet", 10.0, clock).take(1)
    with server_store.reading() as connection:
        filled = connection.execute(select(shared_rates.c.filled)).scalar_one()
        assert abs(database_now(connection, clock) - filled) < timedelta(minutes=1)
