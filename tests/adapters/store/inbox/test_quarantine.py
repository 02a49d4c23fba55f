"""The room for copies of refused messages that SNS signed: whose topics take what, and what stays when there is too much."""

from datetime import timedelta

import pytest

from reconciler.adapters.store.db.inbox_tables import ipn_quarantine
from reconciler.adapters.store.inbox import quarantine
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.quarantine import MAX_COPY_BYTES, QUOTAS, CopyQuota
from reconciler.ports.quarantine import CopySource, QuarantinedMessage, QuarantineFilter, SignedOrigin
from tests.adapters.store.fakes import OTHER, SHOP, START
from tests.adapters.store.inbox_samples import arrival, message_id, refusal

pytestmark = pytest.mark.anyio

AMAZON, ATTACKER = "291180941288", "111111111111"
SMALL = CopyQuota(copies=2, copy_bytes=100, topics=2, accounts=2)


@pytest.fixture(autouse=True)
def quotas(monkeypatch):
    """Small enough to be filled."""
    ours = CopyQuota(copies=2, copy_bytes=100, topics=3, accounts=2, per_shop=True)
    monkeypatch.setattr(quarantine, "QUOTAS", dict.fromkeys(CopySource, SMALL) | {CopySource.OURS: ours})


def topic_of(account: str, name: str = "t") -> str:
    return f"arn:aws:sns:us-west-2:{account}:{name}"


def signed(number: int, topic: str = topic_of(AMAZON), source: CopySource = CopySource.OURS, **other):
    """`number` is the message's; the digest is of its content."""
    origin = SignedOrigin(
        message_id=message_id(number),
        digest=f"d{number}",
        topic=topic,
        kind="PaymentCapture",
        seller="S",
        source=source,
    )
    return refusal("unknown-topic", signed=origin, **other)


async def kept(store, **wanted) -> list[QuarantinedMessage]:
    return list(reversed(await StoreInboxAdmin(store).quarantined(QuarantineFilter(limit=999, **wanted))))


async def numbers(store, **wanted) -> list[int]:
    return [int(copy.signed.message_id[-3:]) for copy in await kept(store, signed=True, **wanted)]


async def fill(store, *refusals) -> None:
    for each in refusals:
        await StoreInbox(store).quarantine(each)


async def test_what_it_is_and_where_it_is_from_comes_back(store):
    await fill(store, signed(1), refusal("bad-signature"))
    copy, unsigned = await kept(store)
    assert copy.signed == signed(1).signed
    assert unsigned.signed is None
    assert await StoreInboxAdmin(store).copy_body(copy.number) == b"{}"
    assert await kept(store, topic=topic_of(AMAZON), seller="S") == [copy]
    assert await kept(store, topic=topic_of(ATTACKER)) == []
    assert await kept(store, numbers=[unsigned.number]) == [unsigned]


async def test_the_newest_of_a_topic_stay_and_no_topic_washes_out_another(store):
    await fill(store, signed(100, topic_of(AMAZON, "a")), *(signed(n, topic_of(AMAZON, "b")) for n in range(5)))
    assert await numbers(store) == [100, 3, 4]


async def test_the_bytes_of_a_topic_are_bounded(store):
    await fill(store, *(signed(n, body=b"x" * 60) for n in range(3)))
    assert await numbers(store) == [2]


async def test_shops_of_one_seller_do_not_share_their_topics_room(store):
    await fill(store, *(signed(n, shop=shop) for n in range(3) for shop in (SHOP, OTHER)))
    assert await numbers(store, shop=SHOP) == [1, 2]
    assert await numbers(store, shop=OTHER) == [1, 2]


async def test_topics_are_bounded_too_and_those_that_are_still_heard_of_stay(store):
    topics = [topic_of(AMAZON, name) for name in "abc"]
    await fill(store, *(signed(n, topic) for n, topic in enumerate(topics)), signed(9, topics[0]))
    await fill(store, signed(10, topic_of(AMAZON, "d")))
    assert await numbers(store) == [0, 2, 9, 10]


@pytest.mark.parametrize("source", [CopySource.OTHER_ACCOUNT, CopySource.STRANGER, CopySource.OTHER_SELLER])
async def test_who_has_many_topics_takes_no_room_of_another_account(store, source):
    await fill(store, signed(500, topic_of("222222222222"), source))
    await fill(store, *(signed(n, topic_of(ATTACKER, f"t{n}"), source) for n in range(20)))
    assert await numbers(store) == [500, 18, 19]


async def test_no_flood_takes_room_of_our_own_sellers(store):
    await fill(store, signed(500), refusal("bad-signature"))
    for first, source in enumerate((CopySource.OTHER_ACCOUNT, CopySource.STRANGER, CopySource.OTHER_SELLER), start=1):
        flood = range(100 * first, 100 * first + 20)
        await fill(store, *(signed(n, topic_of(f"{n:012}", source), source) for n in flood))
    assert 500 in await numbers(store)
    assert len(await kept(store)) == 2 + 3 * 2


async def test_a_message_that_comes_again_has_one_copy_with_its_last_reason(store):
    await fill(store, signed(1), signed(1, shop=OTHER))
    again = signed(1, source=CopySource.OTHER_SELLER, received=START + timedelta(hours=1))
    await fill(store, refusal("other-seller", signed=again.signed, received=again.received))
    first, other = await kept(store)
    assert (first.reason, first.signed.source, first.received) == ("other-seller", CopySource.OTHER_SELLER, START)
    assert (other.reason, other.shop) == ("unknown-topic", OTHER)


async def test_what_was_received_after_all_is_no_longer_refused(store):
    """Not for another shop, and not for another content under the same id."""
    inbox = StoreInbox(store)
    await fill(store, signed(1), signed(1, shop=OTHER), signed(2), refusal("bad-signature"))
    await inbox.keep(arrival(1, digest="d1"))
    await inbox.keep(arrival(2, digest="another"))
    found = [(copy.reason, copy.shop) for copy in await kept(store)]
    assert found == [("unknown-topic", OTHER), ("unknown-topic", SHOP), ("bad-signature", SHOP)]
    admin = StoreInboxAdmin(store)
    assert (await admin.counts()).refused == {"bad-signature": 1, "unknown-topic": 2}
    await inbox.prune(START - timedelta(days=22))
    with store.reading() as connection:
        assert len(connection.execute(ipn_quarantine.select()).all()) == 3


async def test_a_copy_is_forgotten_once(store):
    await fill(store, signed(1), signed(2))
    admin = StoreInboxAdmin(store)
    first, second = await kept(store)
    assert [await admin.forget_copy(first.number) for _ in range(2)] == [True, False]
    assert await kept(store) == [second]
    assert await admin.copy_body(first.number) is None


async def test_topics_are_counted_ours_first(store):
    await fill(
        store, signed(1, topic_of(ATTACKER), CopySource.STRANGER), signed(2), signed(3), refusal("bad-signature")
    )
    ours, strange = (await StoreInboxAdmin(store).counts()).refused_topics
    assert (ours.topic, ours.copies, ours.source) == (topic_of(AMAZON), 2, CopySource.OURS)
    assert (strange.topic, strange.copies, strange.source) == (topic_of(ATTACKER), 1, CopySource.STRANGER)


def test_a_genuine_message_is_kept_whole_and_all_of_it_is_bounded():
    """The largest real one had 2 KiB."""
    assert all(quota.copy_bytes >= MAX_COPY_BYTES for quota in QUOTAS.values())
    strangers = [quota for source, quota in QUOTAS.items() if source is not CopySource.OURS]
    assert sum(quota.copy_bytes * quota.topics * quota.accounts for quota in strangers) < 2**30 / 2
