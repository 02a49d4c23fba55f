"""A kept copy is verified as if it had just been posted: what is forged, too old or another's stays refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.quarantine import QuarantineFilter, ReadmittedCopy
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopsReadRecently
from reconciler.ports.signing_keys import KeyUnavailable
from tests.ipn.receiver_harness import IDENTITY, PATH, SHOP, FrontDesk, House, open_desk
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import NOW, SELLER, TOPIC_PATTERN, Signer, as_body, capture_message

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("log")]

WRONG = "arn:aws:sns:us-west-2:291180941288:AGWSWK15IEJJ7{seller_id}"
OTHER = replace(IDENTITY, shop=ShopKey("uji-cups"), seller_id="A1EXAMPLE234568", site_url=None)


@pytest.fixture
def misconfigured(tmp_path):
    desk = open_desk(tmp_path, topics=(WRONG,))
    yield desk
    desk.store.close()


async def readmitted(desk: FrontDesk, **fixed: object) -> list[ReadmittedCopy]:
    for name, value in fixed.items():
        setattr(desk, name, value)
    return list(await desk.readmission.readmit(QuarantineFilter(limit=99)))


async def test_the_order_of_arrival_stays(misconfigured):
    ids = [f"0a5c0000-0000-4000-8000-00000000000{number}" for number in (3, 1, 2)]
    for each in ids:
        await misconfigured.post(misconfigured.signer.body(capture_message(), message_id=each))
    taken = await readmitted(misconfigured, topics=(TOPIC_PATTERN,))
    assert [copy.message_id for copy in taken] == ids
    assert [entry.arrival.message_id for entry in await misconfigured.entries()] == ids
    assert await readmitted(misconfigured) == []


async def test_what_was_received_in_time_is_in_time_however_late_it_is_readmitted(misconfigured):
    published = NOW - timedelta(days=20)
    await misconfigured.post(misconfigured.signer.body(capture_message(), published=published))
    misconfigured.clock.advance(20 * 86_400)
    [copy] = await readmitted(misconfigured, topics=(TOPIC_PATTERN,))
    assert copy.outcome == "stored"
    [entry] = await misconfigured.entries()
    assert (entry.arrival.published, entry.arrival.received) == (published, misconfigured.clock.now())


async def test_a_clock_that_was_fast_is_no_fault_of_the_message(tmp_path):
    desk = open_desk(tmp_path, clock=HandClock(NOW + timedelta(days=30)))
    assert (await desk.post()).status_code == 503
    assert [copy.outcome for copy in await readmitted(desk)] == ["too-old"]
    assert [copy.outcome for copy in await readmitted(desk, clock=HandClock(NOW))] == ["stored"]
    desk.store.close()


async def test_what_was_too_old_when_it_came_stays_refused(desk):
    await desk.post(desk.signer.body(capture_message(), published=NOW - timedelta(days=22)))
    assert [copy.outcome for copy in await readmitted(desk)] == ["too-old"]
    assert await desk.entries() == []


async def test_nothing_forged_gets_in(misconfigured):
    genuine = misconfigured.signer.notification(capture_message())
    bodies = [
        {**genuine, "Message": capture_message(amount="9000")},
        {**genuine, "Type": "Notification\nx"},
        {**genuine, "TopicArn": misconfigured.signer.topic + "\nx"},
        {**genuine, "SigningCertURL": "https://evil.example/x.pem"},
    ]
    for each in bodies:
        assert (await misconfigured.post(as_body(each))).status_code in {400, 403}
    taken = await readmitted(misconfigured, topics=(TOPIC_PATTERN,))
    assert [copy.outcome for copy in taken] == ["bad-signature", "bad-type", "bad-topic", "bad-certificate-address"]
    assert {copy.accepted for copy in taken} == {False}
    assert await misconfigured.entries() == []


async def test_a_strangers_message_gets_in_only_where_its_topic_is_configured(desk):
    strange = Signer(topic=f"arn:aws:sns:us-west-2:111111111111:{SELLER}")
    desk.keys.pems[strange.url] = strange.pem
    assert (await desk.post(strange.body(capture_message()))).status_code == 503
    [copy] = await readmitted(desk)
    assert (copy.outcome, copy.signed.topic) == ("unknown-topic", strange.topic)
    assert await desk.entries() == []


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (KeyUnavailable("timeout"), "certificate-unavailable"),
        (DirectoryUnavailable("away"), "directory-unavailable"),
        (ShopsReadRecently("just now"), "shops-read-recently"),
    ],
)
async def test_trouble_of_ours_leaves_the_copy_for_later(misconfigured, trouble, outcome):
    await misconfigured.post()
    if isinstance(trouble, KeyUnavailable):
        misconfigured.keys.pems[misconfigured.signer.url] = trouble
        misconfigured.__post_init__()
    else:

        async def away(_shop):
            raise trouble

        misconfigured.house.by_key = away
    assert [copy.outcome for copy in await readmitted(misconfigured, topics=(TOPIC_PATTERN,))] == [outcome]
    assert len(await misconfigured.catalogue.quarantined(QuarantineFilter())) == 1


async def test_the_shop_that_the_seller_is_of_gets_what_was_posted_to_another(tmp_path):
    """Its URL was registered at the wrong seller."""
    topic = f"arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{OTHER.seller_id}"
    desk = open_desk(tmp_path, house=House(shops={PATH: IDENTITY, "/uji": OTHER}))
    signer = Signer(topic=topic)
    assert (await desk.post(signer.body(capture_message(SellerId=OTHER.seller_id)))).status_code == 503
    [copy] = await readmitted(desk)
    assert (copy.outcome, copy.shop) == ("stored", OTHER.shop)
    assert [entry.arrival.shop for entry in await desk.entries()] == [OTHER.shop]
    desk.store.close()


async def test_a_seller_with_several_shops_has_to_be_addressed(tmp_path):
    topic = f"arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{OTHER.seller_id}"
    third = replace(OTHER, shop=ShopKey("nara-ink"))
    desk = open_desk(tmp_path, house=House(shops={PATH: IDENTITY, "/uji": OTHER, "/nara": third}))
    await desk.post(Signer(topic=topic).body(capture_message(SellerId=OTHER.seller_id)))
    assert [copy.outcome for copy in await readmitted(desk)] == ["unknown-topic"]
    desk.store.close()


async def test_a_shop_that_is_gone_and_a_copy_that_is_not_whole_stay(misconfigured):
    await misconfigured.post()
    large = misconfigured.signer.body(capture_message(), MessageAttributes={"much": "x" * 70_000})
    await misconfigured.post(large)
    shops = dict(misconfigured.house.shops)
    misconfigured.house.shops.clear()
    assert [copy.outcome for copy in await readmitted(misconfigured)] == ["no-such-shop", "copy-incomplete"]
    misconfigured.house.shops.update(shops)
    taken = await readmitted(misconfigured, topics=(TOPIC_PATTERN,))
    assert [(copy.outcome, copy.shop) for copy in taken] == [("stored", SHOP), ("copy-incomplete", SHOP)]


async def test_the_environment_and_samples(tmp_path):
    desk = open_desk(tmp_path, environment="sandbox")
    for message in (capture_message(), capture_message(IsSample=True)):
        assert (await desk.post(desk.signer.body(message))).status_code == 403
    taken = await readmitted(desk, environment="production")
    assert [copy.outcome for copy in taken] == ["stored", "sample"]
    assert [entry.status for entry in await desk.entries()] == [MessageStatus.WAITING, MessageStatus.SAMPLE]
    desk.store.close()


async def test_another_message_under_the_same_id_stays_refused(desk):
    ids = "0a5c0000-0000-4000-8000-000000000001"
    for amount in ("1000", "2000"):
        await desk.post(desk.signer.body(capture_message(amount=amount), message_id=ids))
    [copy] = await readmitted(desk)
    assert (copy.outcome, copy.accepted, copy.message_id) == ("clash", False, ids)
    assert len(await desk.entries()) == 1
