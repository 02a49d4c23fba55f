"""How far each mail came, and which are due."""

from datetime import timedelta

import pytest

from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.ports.inbox import MailState
from reconciler.ports.inbox_admin import MailFilter
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock
from tests.adapters.store.inbox_samples import fact, mail

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
async def outbox(store):
    desk = StoreWorkQueue(store, ManualClock())
    for event in ("a", "b", "c"):
        await desk.record_fact(fact(), mail(event))
    await desk.record_fact(fact(), mail("d", shop=OTHER))
    return StoreOutbox(store)


async def due(outbox, now=START) -> list[str]:
    return [each.mail.event for each in await outbox.due(now, limit=9)]


async def numbers(outbox) -> dict[str, int]:
    return {each.mail.event: each.number for each in await outbox.due(START, limit=9)}


async def test_what_is_owed_is_due_oldest_first(outbox):
    assert await due(outbox) == ["a", "b", "c", "d"]
    assert [each.mail.event for each in await outbox.due(START, limit=2)] == ["a", "b"]


@pytest.mark.parametrize("state", [MailState.SENDING, MailState.SENT, MailState.FAILED])
async def test_what_is_under_way_or_over_is_not_due_again(outbox, state):
    await outbox.mark((await numbers(outbox))["a"], state, START, was=MailState.OWED)
    assert await due(outbox, START + 999 * HOUR) == ["b", "c", "d"]


async def test_what_could_not_go_is_due_again_at_its_time_one_try_later(outbox):
    number = (await numbers(outbox))["a"]
    await outbox.mark(number, MailState.OWED, START, next_try=START + HOUR, was=MailState.OWED)
    assert await due(outbox) == ["b", "c", "d"]
    first = (await outbox.due(START + HOUR, limit=9))[0]
    assert (first.mail.event, first.tries, first.next_try) == ("a", 1, START + HOUR)


async def test_what_is_held_back_is_due_at_its_time_without_counting_a_try(outbox):
    known = await numbers(outbox)
    await outbox.mark(known["a"], MailState.HELD, START, next_try=START + HOUR, was=MailState.OWED)
    await outbox.mark(known["b"], MailState.HELD, START, was=MailState.OWED)
    assert await due(outbox, START + HOUR) == ["a", "c", "d"]
    assert (await outbox.due(START + HOUR, limit=1))[0].tries == 0


async def test_what_a_shop_was_sent_lately_is_counted(outbox):
    known = await numbers(outbox)
    await outbox.mark(known["a"], MailState.SENT, START - 2 * HOUR, was=MailState.OWED)
    await outbox.mark(known["b"], MailState.SENT, START, was=MailState.OWED)
    await outbox.mark(known["c"], MailState.SENDING, START, was=MailState.OWED)
    await outbox.mark(known["d"], MailState.SENT, START, was=MailState.OWED)
    assert await outbox.sent_since(SHOP, START - HOUR) == 2
    assert await outbox.sent_since(OTHER, START - HOUR) == 1


async def test_operators_see_the_ones_that_are_stuck(outbox, store):
    known = await numbers(outbox)
    await outbox.mark(known["a"], MailState.SENDING, START, was=MailState.OWED)
    await outbox.mark(known["c"], MailState.FAILED, START, was=MailState.OWED)
    stuck = await StoreInboxAdmin(store).mails(MailFilter(states=(MailState.SENDING, MailState.FAILED)))
    assert [(each.mail.event, each.state) for each in stuck] == [("c", MailState.FAILED), ("a", MailState.SENDING)]


async def test_of_two_that_take_a_mail_one_has_it(outbox):
    number = (await numbers(outbox))["a"]
    assert await outbox.mark(number, MailState.SENDING, START, was=MailState.OWED)
    for late in (MailState.SENDING, MailState.HELD, MailState.FAILED):
        assert not await outbox.mark(number, late, START + HOUR, was=MailState.OWED)
    assert not await outbox.mark(number, MailState.OWED, START, was=MailState.OWED, next_try=START)
    assert await due(outbox, START + 999 * HOUR) == ["b", "c", "d"]
    assert await outbox.mark(number, MailState.SENT, START, was=MailState.SENDING)


async def test_a_mail_that_is_released_is_taken_from_where_it_was_held(outbox):
    number = (await numbers(outbox))["a"]
    assert await outbox.mark(number, MailState.HELD, START, was=MailState.OWED, next_try=START + HOUR)
    assert not await outbox.mark(number, MailState.SENDING, START + HOUR, was=MailState.OWED)
    assert await outbox.mark(number, MailState.SENDING, START + HOUR, was=MailState.HELD)
