"""What operators find, see and move."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.quarantine import MAX_COPY_BYTES
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.inbox_admin import InboxFilter, InboxStats
from reconciler.ports.quarantine import QuarantinedMessage, QuarantineFilter
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock
from tests.adapters.store.inbox_samples import CAPTURE, arrival, done, fact, mail, message_id, parked, refusal

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)


@pytest.fixture
async def catalogue(store):
    """1 waits, 2 is parked, 3 is done, 4 a sample, 5 of another shop."""
    kept, desk = StoreInbox(store), StoreWorkQueue(store, ManualClock())
    for number in (1, 2, 3):
        await kept.keep(arrival(number, object_id=f"{CAPTURE}{number}", received=START + number * SECOND))
    await kept.keep(arrival(4, status=MessageStatus.SAMPLE, received=START + 4 * SECOND))
    await kept.keep(arrival(5, shop=OTHER, received=START + 5 * SECOND))
    numbers = {entry.arrival.message_id: entry.number for entry in await desk.due(START, limit=9)}
    await desk.complete(numbers[message_id(2)], parked())
    await desk.complete(numbers[message_id(3)], done(order="100000020732", fact=fact(), mail=mail()))
    return StoreInboxAdmin(store)


async def found(catalogue, **wanted) -> list[int]:
    return [int(entry.arrival.message_id[-3:]) for entry in await catalogue.entries(InboxFilter(**wanted))]


async def number_of(catalogue, which: int) -> int:
    (entry,) = await catalogue.entries(InboxFilter(words=message_id(which)))
    return entry.number


async def test_all_filters_must_match(catalogue):
    assert await found(catalogue) == [5, 4, 3, 2, 1]
    assert await found(catalogue, shop=SHOP) == [4, 3, 2, 1]
    assert await found(catalogue, status=MessageStatus.PARKED) == [2]
    assert await found(catalogue, reason="unknown-order") == [2]
    assert await found(catalogue, shop=OTHER, status=MessageStatus.PARKED) == []
    assert await found(catalogue, limit=2) == [5, 4]
    assert await found(catalogue, before=await number_of(catalogue, 3)) == [2, 1]


@pytest.mark.parametrize(
    ("words", "which"), [(f"{CAPTURE}2", 2), ("lane-1", 1), ("100000020732", 3), ("nothing", None)]
)
async def test_an_id_finds_its_message(catalogue, words, which):
    assert await found(catalogue, words=words) == ([] if which is None else [which])


async def test_a_body_is_read_only_with_its_one_entry(catalogue):
    assert {entry.arrival.body for entry in await catalogue.entries(InboxFilter())} == {b""}
    one = await catalogue.entry(await number_of(catalogue, 3))
    assert (one.arrival.body, one.order, one.settled, one.reason) == (b"{}", "100000020732", START, "paid")
    assert await catalogue.entry(999_999) is None


@pytest.mark.parametrize(("which", "moved"), [(1, True), (2, True), (3, True), (4, False)])
async def test_again_means_waiting_as_if_it_had_just_come(catalogue, store, which, moved):
    number = await number_of(catalogue, which)
    assert await catalogue.replay(number) is moved
    if moved:
        entry = await catalogue.entry(number)
        assert (entry.status, entry.tries, entry.reason, entry.settled) == (MessageStatus.WAITING, 0, None, None)
        assert number in [each.number for each in await StoreWorkQueue(store, ManualClock()).due(START, limit=9)]
    assert not await catalogue.replay(999_999)


@pytest.mark.parametrize(("which", "moved"), [(1, True), (2, True), (3, False), (4, False)])
async def test_what_is_parked_waits_for_a_person(catalogue, store, which, moved):
    number = await number_of(catalogue, which)
    assert await catalogue.park(number, "by-hand", START) is moved
    due = await StoreWorkQueue(store, ManualClock()).due(START + timedelta(days=99), limit=9)
    assert (number in [each.number for each in due]) is False
    if moved:
        assert (await catalogue.entry(number)).reason == "by-hand"


async def test_copies_of_what_was_refused(store):
    kept, catalogue = StoreInbox(store), StoreInboxAdmin(store)
    large = b"x" * (MAX_COPY_BYTES + 1)
    for number, refused in enumerate([refusal(), refusal("too-old", shop=None), refusal(body=large, shop=OTHER)]):
        await kept.quarantine(replace(refused, received=START + number * SECOND))

    newest, nobodys, oldest = await catalogue.quarantined(QuarantineFilter())
    assert newest == QuarantinedMessage(
        number=newest.number,
        received=START + 2 * SECOND,
        shop=OTHER,
        reason="bad-signature",
        size=MAX_COPY_BYTES + 1,
        kept=MAX_COPY_BYTES,
    )
    assert (nobodys.shop, nobodys.reason, nobodys.size) == (None, "too-old", 2)
    assert newest.number > nobodys.number > oldest.number
    assert await catalogue.quarantined(QuarantineFilter(limit=1)) == [newest]
    assert await catalogue.quarantined(QuarantineFilter(reason="bad-signature")) == [newest, oldest]
    assert await catalogue.quarantined(QuarantineFilter(reason="bad-signature", shop=SHOP)) == [oldest]
    assert await catalogue.quarantined(QuarantineFilter(reason="clash")) == []


async def test_the_state_of_the_inbox(catalogue, store):
    for reason in ("bad-signature", "bad-signature", "too-old"):
        await StoreInbox(store).quarantine(refusal(reason))
    assert await catalogue.counts() == InboxStats(
        messages={MessageStatus.WAITING: 2, MessageStatus.PARKED: 1, MessageStatus.DONE: 1, MessageStatus.SAMPLE: 1},
        parked={"unknown-order": 1},
        refused={"bad-signature": 2, "too-old": 1},
        mails={MailState.OWED: 1},
        waiting_since={SHOP: START + SECOND, OTHER: START + 5 * SECOND},
        last_received={SHOP: START + 3 * SECOND, OTHER: START + 5 * SECOND},
        last_processed={SHOP: done().at},
    )


async def test_the_statistics_of_an_empty_inbox(store):
    counts = await StoreInboxAdmin(store).counts()
    assert counts == InboxStats(
        messages={}, parked={}, refused={}, mails={}, waiting_since={}, last_received={}, last_processed={}
    )
