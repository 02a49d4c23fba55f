"""What the worker gets; a result is written completely, once, and never reversed."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from sqlalchemy import event, text

from reconciler.adapters.store.inbox import work_queue as desk
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.ports.inbox import InboxUnavailable, MailState, MessageStatus
from reconciler.ports.payments import Source
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock, wipe
from tests.adapters.store.inbox_samples import CAPTURE, LANE, arrival, done, fact, mail, message_id, parked

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


@pytest.fixture
def worker(store):
    """The desk as a worker has it."""
    return StoreWorkQueue(store, ManualClock())


async def filled(store, *arrivals) -> list[int]:
    kept = StoreInbox(store)
    for each in arrivals:
        await kept.keep(each)
    entries = await StoreWorkQueue(store, ManualClock()).due(START + timedelta(days=9), limit=999)
    return [entry.number for entry in entries]


def ids(entries) -> list[str]:
    return [entry.arrival.message_id for entry in entries]


async def test_the_oldest_of_each_lane_comes_first(store, worker):
    lanes = "bababc"
    await filled(store, *(arrival(n, lane=lane) for n, lane in enumerate(lanes)))
    assert ids(await worker.due(START, limit=9)) == [message_id(0), message_id(1), message_id(5)]
    assert ids(await worker.due(START, limit=2)) == [message_id(0), message_id(1)]
    assert ids(await worker.due(START, limit=9, without=["a", "c"])) == [message_id(0)]


async def test_a_crowd_of_one_lane_hides_no_other(store, worker):
    """More of one lane than are read at once."""
    crowd = [arrival(n, lane="a") for n in range(150)]
    await filled(store, *crowd, arrival(150, lane="b"), arrival(151, lane="a"), arrival(152, lane="c"))
    assert ids(await worker.due(START, limit=9)) == [message_id(0), message_id(150), message_id(152)]
    assert ids(await worker.due(START, limit=2)) == [message_id(0), message_id(150)]
    assert ids(await worker.due(START, limit=9, without=["a"])) == [message_id(150), message_id(152)]


async def test_a_busy_shop_is_omitted(store, worker):
    await filled(store, *(arrival(n, lane=f"lane-{n}", shop=SHOP if n < 3 else OTHER) for n in range(4)))
    assert ids(await worker.due(START, limit=1)) == [message_id(0)]
    assert ids(await worker.due(START, limit=9, without_shops=[SHOP])) == [message_id(3)]
    assert await worker.due(START, limit=9, without=["lane-3"], without_shops=[SHOP]) == []


async def test_samples_and_unused_ones_are_never_worked_on(store, worker):
    await filled(store, arrival(1, status=MessageStatus.SAMPLE), arrival(2, status=MessageStatus.UNUSED))
    assert await worker.due(START, limit=9) == []


async def test_a_parked_one_returns_at_its_time_and_holds_up_no_other(store, worker):
    (first,) = await filled(store, arrival(1, lane="a"))
    assert await worker.next_due() is None
    assert await worker.complete(first, parked(60))
    await StoreInbox(store).keep(arrival(2, lane="a"))
    assert await worker.next_due() == START + MINUTE
    assert ids(await worker.due(START + MINUTE - timedelta(microseconds=1), limit=9)) == [message_id(2)]
    (entry,) = await worker.due(START + MINUTE, limit=9)
    assert (entry.number, entry.status, entry.tries, entry.reason) == (
        first,
        MessageStatus.PARKED,
        1,
        "unknown-order",
    )
    await worker.complete(first, parked(120))
    (entry,) = await worker.due(START + 2 * MINUTE, limit=9)
    assert entry.tries == 2


async def test_one_that_is_parked_without_a_time_waits_for_a_person(store, worker):
    (number,) = await filled(store, arrival(1))
    await worker.complete(number, parked(None, "poison"))
    assert await worker.due(START + timedelta(days=999), limit=9) == []
    assert await worker.next_due() is None


async def test_an_end_is_written_with_all_that_follows_from_it(store, worker):
    (number,) = await filled(store, arrival(1))
    assert await worker.complete(number, done("declined", order="100000020732", fact=fact(), mail=mail()))
    assert await worker.due(START, limit=9) == []
    assert await worker.facts(SHOP, LANE) == [fact()]
    (owed,) = await StoreOutbox(store).due(START, limit=9)
    assert (owed.mail, owed.state, owed.since, owed.tries) == (mail(), MailState.OWED, START, 0)


async def test_who_comes_second_settles_nothing_and_leaves_nothing(store, worker):
    (number,) = await filled(store, arrival(1))
    assert await worker.complete(number, done())
    assert not await worker.complete(number, done(fact=fact(), mail=mail()))
    assert not await worker.complete(number, parked())
    assert not await worker.complete(number + 99, done(fact=fact()))
    assert await worker.facts(SHOP, LANE) == []
    assert await StoreOutbox(store).due(START, limit=9) == []


async def test_an_end_that_cannot_be_written_is_not_written_in_part(file_store):
    worker = StoreWorkQueue(file_store, ManualClock())
    (number,) = await filled(file_store, arrival(1))
    with file_store.writing() as connection:
        connection.execute(text("DROP TABLE ipn_mails"))
    with pytest.raises(InboxUnavailable):
        await worker.complete(number, done(fact=fact(), mail=mail()))
    assert await worker.facts(SHOP, LANE) == []
    assert ids(await worker.due(START, limit=9)) == [message_id(1)]


TOLD = (
    fact(state="Pending", completed=False, updated=START),
    fact(state="Completed", completed=True, updated=START + MINUTE),
    fact(state="Closed", completed=False, updated=START + MINUTE),
    fact(state="Pending", completed=False, updated=START - MINUTE, amount=Decimal("1.5")),
)


async def test_of_a_capture_the_newest_stays_in_any_order(file_store):
    worker = StoreWorkQueue(file_store, ManualClock())
    for arguments in permutations(TOLD):
        wipe(file_store)
        for each in arguments:
            await worker.record_fact(each)
        assert await worker.facts(SHOP, LANE) == [fact(state="Closed", completed=True, updated=START + MINUTE)]


async def test_facts_are_separated_by_shop_and_reference(store, worker):
    second = fact(capture=f"{LANE}-C000002", amount=Decimal("12.50"), currency="USD", source=Source.POLL)
    for each in (second, fact(), fact(shop=OTHER), fact(capture="x", reference="another")):
        await worker.record_fact(each)
    assert await worker.facts(SHOP, LANE) == [fact(), second]
    assert str((await worker.facts(SHOP, LANE))[1].amount) == "12.50"


async def test_of_one_event_one_mail_is_owed(store, worker):
    clock = ManualClock()
    worker = StoreWorkQueue(store, clock)
    clock.move(5)
    await worker.record_fact(fact(), mail())
    await worker.record_fact(fact(), mail(text="another text"))
    await worker.record_fact(fact(), mail("capture:other:Declined"))
    owed = await StoreOutbox(store).due(clock.now(), limit=9)
    assert [(each.mail.event, each.mail.text) for each in owed] == [
        (f"capture:{CAPTURE}:Declined", "本文"),
        ("capture:other:Declined", "本文"),
    ]
    assert owed[0].since == clock.now()


async def test_looking_for_what_is_due_reads_no_settled_message(file_store):
    """A year of settled messages must not make the next one wait, nor a crowd of parked ones."""
    seen = []
    event.listen(
        file_store._engine, "before_cursor_execute", lambda *arguments: seen.append((arguments[2], arguments[3]))
    )
    with file_store.reading() as connection:
        desk._due(connection, desk._Due(START, 8, ["a"], [SHOP]))
        statement, values = seen[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    arguments = [row[3] for row in plan if "ipn_messages" in row[3]]
    assert arguments == [
        "SEARCH ipn_messages USING COVERING INDEX ix_ipn_messages_due (number>?)",
    ]


async def test_each_shop_is_owed_its_own_mail_on_an_event_and_one(store, worker):
    for shop in (SHOP, OTHER, SHOP):
        await worker.record_fact(None, mail("capture", shop=shop))
    owed = await StoreOutbox(store).due(START, limit=9)
    assert [each.mail.shop for each in owed] == [SHOP, OTHER]


async def test_a_message_is_settled_elsewhere_once_another_shop_is_done_with_its_order(store, worker):
    first, _, third = await filled(store, arrival(1), arrival(1, shop=OTHER, lane="b"), arrival(2, lane="c"))
    assert await worker.complete(first, parked(order="100000020732"))
    assert not await worker.completed_for_other_shop(message_id(1), OTHER), "not done"
    assert await worker.complete(first, done(order="100000020732"))
    assert await worker.complete(third, done("not-used"))
    assert await worker.completed_for_other_shop(message_id(1), OTHER)
    assert not await worker.completed_for_other_shop(message_id(1), SHOP), "its own end says nothing"
    assert not await worker.completed_for_other_shop(message_id(2), OTHER), "no order"
