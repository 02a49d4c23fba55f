"""A received message is on disk before it is acknowledged, once, and in limited space."""

from datetime import timedelta

import anyio
import pytest
from sqlalchemy import event, func, select, text

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.inbox_tables import ipn_messages, ipn_quarantine
from reconciler.adapters.store.inbox import inbox, quarantine
from reconciler.adapters.store.inbox.arrivals import keep_in_file, keep_on_server
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.ports.inbox import InboxUnavailable, MessageStatus, StoreOutcome
from tests.adapters.store.fakes import OTHER, START, ManualClock
from tests.adapters.store.inbox_samples import arrival, done, message_id, parked, refusal

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


def messages(store) -> list[str]:
    with store.reading() as connection:
        return list(connection.scalars(select(ipn_messages.c.message_id).order_by(ipn_messages.c.number)))


def copies(store) -> list[tuple[str, int, int]]:
    table = ipn_quarantine.c
    with store.reading() as connection:
        wanted = select(table.reason, table.size, func.length(table.body)).order_by(table.number)
        return [tuple(row) for row in connection.execute(wanted)]


async def all_at_once(work, items) -> list:
    answers = [None] * len(items)

    async def one(index: int) -> None:
        answers[index] = await work(items[index])

    async with anyio.create_task_group() as group:
        for index in range(len(items)):
            group.start_soon(one, index)
    return answers


async def test_what_was_kept_is_there_as_it_came(store):
    given = arrival(7, body="入金".encode(), object_id=None, shop=OTHER)
    assert await StoreInbox(store).keep(given) is StoreOutcome.STORED
    (entry,) = await StoreWorkQueue(store, ManualClock()).due(START, limit=9)
    assert entry.arrival == given
    assert (entry.status, entry.tries, entry.reason, entry.settled) == (MessageStatus.WAITING, 0, None, None)


async def test_the_same_message_again_is_a_duplicate_and_other_content_under_its_id_a_clash(store):
    kept = StoreInbox(store)
    await kept.keep(arrival(1))
    assert await kept.keep(arrival(1, body=b"{ }", received=START + DAY)) is StoreOutcome.DUPLICATE
    assert await kept.keep(arrival(1, digest="f" * 64)) is StoreOutcome.CLASH
    (entry,) = await StoreWorkQueue(store, ManualClock()).due(START, limit=9)
    assert entry.arrival == arrival(1)


async def test_what_comes_to_two_shops_of_one_seller_is_kept_for_each(store):
    """Each has its endpoint on the seller's topic, and only one of them has the order."""
    kept = StoreInbox(store)
    both = [arrival(1), arrival(1, shop=OTHER)]
    assert await all_at_once(kept.keep, both) == [StoreOutcome.STORED, StoreOutcome.STORED]
    assert [await kept.keep(one) for one in both] == [StoreOutcome.DUPLICATE, StoreOutcome.DUPLICATE]
    assert await kept.keep(arrival(1, shop=OTHER, digest="f" * 64)) is StoreOutcome.CLASH
    assert sorted(messages(store)) == [message_id(1), message_id(1)]


async def test_without_a_digest_the_body_is_what_counts(store):
    kept = StoreInbox(store)
    await kept.keep(arrival(1, digest="", body=b"one"))
    assert await kept.keep(arrival(1, digest="", body=b"one")) is StoreOutcome.DUPLICATE
    assert await kept.keep(arrival(1, digest="", body=b"two")) is StoreOutcome.CLASH


async def test_of_many_at_once_one_is_stored_and_each_gets_its_own_answer(store):
    kept = StoreInbox(store)
    given = [arrival(1)] * 50 + [arrival(1, digest="f" * 64)] * 3 + [arrival(n) for n in range(2, 40)]
    answers = await all_at_once(kept.keep, given)
    assert (
        answers
        == [StoreOutcome.STORED] + [StoreOutcome.DUPLICATE] * 49 + [StoreOutcome.CLASH] * 3 + [StoreOutcome.STORED] * 38
    )
    assert sorted(messages(store)) == [message_id(n) for n in range(1, 40)]


async def test_many_that_wait_share_a_commit(file_store):
    statements: list[str] = []
    file_store.close()
    event.listen(file_store._engine, "connect", lambda driver, _: driver.set_trace_callback(statements.append))
    await all_at_once(StoreInbox(file_store).keep, [arrival(n) for n in range(500)])
    assert 1 <= statements.count("COMMIT") <= 3
    assert len(messages(file_store)) == 500


async def test_more_than_a_statement_takes_are_kept_in_one_go(store):
    given = [arrival(n) for n in range(2500)]
    with store.writing_to_driver() if store.is_file else store.writing() as connection:
        keep = keep_in_file if store.is_file else keep_on_server
        assert keep(connection, given) == [StoreOutcome.STORED] * 2500
        assert keep(connection, given) == [StoreOutcome.DUPLICATE] * 2500


async def test_two_processes_that_keep_the_same_ones_store_each_once(location):
    stores = [open_store(location), open_store(location)]
    given = [arrival(n) for n in range(60)]
    answers = []

    async def one(store, order) -> None:
        answers.extend(await all_at_once(StoreInbox(store).keep, order))

    async with anyio.create_task_group() as group:
        group.start_soon(one, stores[0], given)
        group.start_soon(one, stores[1], given[::-1])
    assert sorted(answers) == [StoreOutcome.DUPLICATE] * 60 + [StoreOutcome.STORED] * 60
    assert len(messages(stores[0])) == 60
    for store in stores:
        store.close()


# The disk says no.


@pytest.mark.parametrize(
    ("limit", "lifted"), [("max_page_count=1", "max_page_count=1000000"), ("query_only=ON", "query_only=OFF")]
)
async def test_a_full_or_read_only_disk_is_reported_and_a_later_retry_is_stored(tmp_path, limit, lifted):
    path = tmp_path / "inbox.db"
    open_store(path).close()
    store = open_store(path)
    store.close()
    said = [limit]
    event.listen(store._engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA {said[-1]}").close())
    kept = StoreInbox(store)
    big = arrival(1, body=b"x" * 100_000)
    with pytest.raises(InboxUnavailable) as refused:
        await kept.keep(big)
    assert "xxx" not in str(refused.value)
    with pytest.raises(InboxUnavailable):
        await kept.quarantine(refusal(body=b"y" * 60_000))
    said.append(lifted)
    assert await kept.keep(big) is StoreOutcome.STORED
    await kept.quarantine(refusal())
    store.close()


async def test_a_missing_store_is_reported(cluster):
    url = cluster.fresh()
    store = open_store(url)
    with store.writing() as connection:
        connection.execute(text("DROP TABLE ipn_messages"))
    with pytest.raises(InboxUnavailable, match="its database refused"):
        await StoreInbox(store).keep(arrival(1))
    store.close()


async def test_one_that_the_database_will_not_hold_does_not_take_the_others_with_it(server_store):
    """PostgreSQL refuses a NUL and a text that is too long; what waited for the same commit is kept all the same."""
    given = [arrival(1), arrival(2, lane="\0"), arrival(3), arrival(4, kind="x" * 65), arrival(5, lane="\ud800")]
    answers = []

    async def one(each) -> None:
        try:
            answers.append((each.message_id, await StoreInbox.keep(kept, each)))
        except InboxUnavailable:
            answers.append((each.message_id, None))

    kept = StoreInbox(server_store)
    async with anyio.create_task_group() as group:
        for each in given:
            group.start_soon(one, each)
    assert sorted(answers, key=lambda pair: pair[0]) == [
        (message_id(n), None if n in {2, 4, 5} else StoreOutcome.STORED) for n in range(1, 6)
    ]


# Forgetting.


async def test_what_is_settled_and_too_old_to_be_believed_is_forgotten_and_nothing_else(store):
    kept, desk = StoreInbox(store), StoreWorkQueue(store, ManualClock())
    old, young = START - 30 * DAY, START
    for number, standing in enumerate(
        [MessageStatus.WAITING, MessageStatus.WAITING, MessageStatus.SAMPLE, MessageStatus.UNUSED], start=1
    ):
        await kept.keep(arrival(number, published=old, status=standing))
        await kept.keep(arrival(10 + number, published=young, status=standing))
    late = arrival(20, published=old)
    await kept.keep(late)
    by_id = {entry.arrival.message_id: entry.number for entry in await desk.due(START, limit=99)}
    long_ago = START - 29 * DAY
    await desk.complete(by_id[message_id(1)], done(at=long_ago))
    await desk.complete(by_id[message_id(11)], done(at=long_ago))
    await desk.complete(by_id[message_id(2)], parked(at=long_ago))
    await desk.complete(by_id[message_id(20)], done(at=START))  # old, but processed only today

    assert await kept.prune(START - 22 * DAY) == 3
    assert sorted(messages(store)) == sorted(message_id(number) for number in (2, 11, 12, 13, 14, 20))
    assert await kept.keep(arrival(11, published=young)) is StoreOutcome.DUPLICATE


async def test_pruning_goes_in_steps_that_keep_no_one_waiting_long(file_store, monkeypatch):
    monkeypatch.setattr(inbox, "_AT_ONCE", 10)
    kept = StoreInbox(file_store)
    await all_at_once(kept.keep, [arrival(n, status=MessageStatus.SAMPLE) for n in range(35)])
    commits = []
    event.listen(file_store._engine, "commit", lambda _: commits.append(1))
    assert await kept.prune(START + DAY) == 35
    assert len(commits) == 4
    assert messages(file_store) == []


# The quarantine.


async def test_a_refused_message_leaves_a_copy_with_its_reason(store):
    await StoreInbox(store).quarantine(refusal("unknown-topic", b"123", shop=None))
    assert copies(store) == [("unknown-topic", 3, 3)]


async def test_a_huge_one_is_kept_in_part(store):
    await StoreInbox(store).quarantine(refusal(body=b"x" * (quarantine.MAX_COPY_BYTES + 1)))
    assert copies(store) == [("bad-signature", quarantine.MAX_COPY_BYTES + 1, quarantine.MAX_COPY_BYTES)]


async def test_the_newest_copies_stay_and_no_sort_washes_out_another(file_store, monkeypatch):
    monkeypatch.setattr(quarantine, "MAX_QUARANTINE_ROWS", 15)
    kept = StoreInbox(file_store)
    await kept.quarantine(refusal("other-seller", b"first"))
    for number in range(30):
        await kept.quarantine(refusal("bad-signature", b"x" * (number + 1)))
        await kept.quarantine(refusal("bad-type", b"x"))
    found = copies(file_store)
    assert found[0] == ("other-seller", 5, 5)
    assert [size for reason, size, _ in found if reason == "bad-signature"] == list(range(16, 31))
    assert len(found) == 1 + 15 + 15


async def test_the_copies_fill_no_disk_and_large_ones_wash_out_only_their_own_sort(file_store, monkeypatch):
    monkeypatch.setattr(quarantine, "MAX_QUARANTINE_BYTES", 1000)
    kept = StoreInbox(file_store)
    await kept.quarantine(refusal("other-seller", b"first"))
    for sort in ("bad-signature", "bad-type"):
        for number in range(20):
            await kept.quarantine(refusal(sort, b"x" * (300 + number)))
    assert copies(file_store) == [
        ("other-seller", 5, 5),
        *(("bad-signature", size, size) for size in (317, 318, 319)),
        *(("bad-type", size, size) for size in (317, 318, 319)),
    ]


async def test_a_copy_is_deleted_when_messages_of_its_age_are_no_longer_accepted(store):
    """It may hold what a buyer wrote."""
    kept = StoreInbox(store)
    for days in (30, 0):
        await kept.quarantine(refusal(f"{days}-days-old", received=START - days * DAY))
    assert await kept.prune(START - 22 * DAY) == 0
    assert [reason for reason, _, _ in copies(store)] == ["0-days-old"]


async def test_what_waits_together_is_bounded_as_well(store, monkeypatch):
    monkeypatch.setattr(quarantine, "MAX_QUARANTINE_ROWS", 2)
    kept = StoreInbox(store)
    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(kept.quarantine, refusal("bad-type" if number % 2 else "bad-signature"))
    assert sorted(reason for reason, _, _ in copies(store)) == ["bad-signature"] * 2 + ["bad-type"] * 2
