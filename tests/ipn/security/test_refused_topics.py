"""Signed by SNS, and not for this shop as it is configured: kept whole, with where it is from, within bounds, with an alarm."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.verify import notification as notice
from reconciler.ports.inbox_admin import InboxStats
from reconciler.ports.quarantine import CopySource, QuarantinedMessage, QuarantineFilter
from reconciler.ports.shop_directory import DirectoryUnavailable
from tests.ipn.receiver_harness import IDENTITY, PATH, SHOP, FrontDesk, House, lines_of, open_desk
from tests.ipn.verify.test_real_messages import body, opened, pem_of
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import SELLER, Keys, Signer, as_body, capture_message, v1_message

pytestmark = pytest.mark.anyio

README_BEFORE = "arn:aws:sns:ap-northeast-1:291180941288:A3BXB0YN3XH17H{seller_id}"
CHARGEBACKS = f"arn:aws:sns:us-east-1:598607868003:A35A4JO734ER04{SELLER}"
STRANGERS = "arn:aws:sns:us-west-2:111111111111:A31YDYE76E6TCP" + SELLER
OTHER_SELLER = "A1EXAMPLE234568"


async def copies(desk: FrontDesk) -> list[QuarantinedMessage]:
    return list(reversed(await desk.catalogue.quarantined(QuarantineFilter(limit=999))))


async def posted_from(desk: FrontDesk, topic: str, message: str | None = None, **more: object) -> int:
    """Signed as SNS signs every account's messages: with the one key."""
    signer = Signer(topic=topic, region=topic.split(":")[3])
    desk.keys.pems[signer.url] = signer.pem
    return (await desk.post(signer.body(message or capture_message(), **more))).status_code


async def test_japans_topic_that_is_not_configured_is_kept_with_an_alarm_and_sent_again(tmp_path, log):
    desk = open_desk(tmp_path, topics=(README_BEFORE,))
    assert await posted_from(desk, desk.signer.topic) == 503
    [copy] = await copies(desk)
    assert (copy.shop, copy.reason, copy.size) == (SHOP, "unknown-topic", copy.kept)
    assert (copy.signed.topic, copy.signed.seller) == (desk.signer.topic, SELLER)
    assert (copy.signed.kind, copy.signed.source) == ("PaymentCapture", CopySource.OURS)
    [line] = lines_of(log)
    assert (line["level"], line["alarm"], line["outcome"], line["status"]) == ("error", True, "unknown-topic", 503)
    assert (line["topic"], line["seller"], line["kind"]) == (desk.signer.topic, SELLER, "PaymentCapture")
    assert desk.counted("refused_signed_total") == {'{reason="unknown-topic",source="ours"}': 1}
    assert desk.counted("alarms_total") == {'{reason="unknown-topic"}': 1}
    desk.store.close()


@pytest.mark.usefixtures("log")
async def test_a_chargeback_comes_from_another_account_of_amazons(desk):
    message = v1_message("Chargeback Detailed Notification", "<ChargebackNotification/>")
    assert await posted_from(desk, CHARGEBACKS, message) == 503
    [copy] = await copies(desk)
    assert (copy.signed.kind, copy.signed.source) == ("Chargeback Detailed Notification", CopySource.OURS)
    desk.topics = (*desk.topics, "arn:aws:sns:us-east-1:598607868003:A35A4JO734ER04{seller_id}")
    del desk.front
    assert await posted_from(desk, CHARGEBACKS, message) == 200


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "name", ["java-sdk__CaptureNotification_Multicurrency", "java-sdk__BillingAgreementNotification"]
)
async def test_a_real_message_on_a_topic_that_is_not_configured_can_be_told_from_a_forged_one(tmp_path, name):
    found = opened(f"amazon-pay/{name}")
    seller = notice.read_header(found.message).seller
    desk = open_desk(
        tmp_path,
        clock=HandClock(found.published + timedelta(days=1)),
        house=House(shops={PATH: replace(IDENTITY, seller_id=seller)}),
        topics=("arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}",),
        environment="sandbox",
        keys=Keys({found.certificate_url: pem_of(found)}),
    )
    genuine = body(f"amazon-pay/{name}")
    forged = json.dumps({**json.loads(genuine), "Message": found.message + " "}).encode()
    assert [(await desk.post(each)).status_code for each in (genuine, forged)] == [503, 403]
    kept, unsigned = await copies(desk)
    assert (kept.signed.topic, kept.signed.seller) == (found.topic, seller)
    assert (unsigned.reason, unsigned.signed) == ("bad-signature", None)
    desk.store.close()


@pytest.mark.parametrize(
    ("topic", "seller", "expected"),
    [
        (CHARGEBACKS, SELLER, (503, CopySource.OURS, True)),
        (CHARGEBACKS, OTHER_SELLER, (403, CopySource.OTHER_SELLER, True)),
        (STRANGERS, SELLER, (503, CopySource.OTHER_ACCOUNT, True)),
        (STRANGERS, OTHER_SELLER, (403, CopySource.STRANGER, False)),
        (STRANGERS, "x" * 64, (403, CopySource.STRANGER, False)),
    ],
)
async def test_the_answer_and_the_alarm_depend_on_whose_it_is(desk, log, topic, seller, expected):
    status = await posted_from(desk, topic, capture_message(SellerId=seller))
    [copy] = await copies(desk)
    [line] = lines_of(log)
    assert (status, copy.signed.source, line["alarm"]) == expected
    assert copy.signed.seller == (None if seller.startswith("x") else seller)
    assert line["level"] == ("error" if line["alarm"] else "warning")


@pytest.mark.usefixtures("log")
async def test_another_of_our_sellers_at_this_shops_url_is_sent_again(tmp_path):
    other = replace(IDENTITY, shop=ShopKey("uji-cups"), seller_id=OTHER_SELLER, site_url=None)
    topic = "arn:aws:sns:us-west-2:291180941288:provider"
    desk = open_desk(tmp_path, house=House(shops={PATH: IDENTITY, "/uji": other}), topics=(topic,))
    assert await posted_from(desk, topic, capture_message(SellerId=OTHER_SELLER)) == 503
    [copy] = await copies(desk)
    assert (copy.reason, copy.signed.source) == ("other-seller", CopySource.OURS)
    desk.store.close()


@pytest.mark.usefixtures("log")
async def test_a_seller_that_is_registered_only_now_is_no_strangers(desk):
    """The shop is read again before a seller counts as unknown."""
    desk.house.fresh = {PATH: replace(IDENTITY, seller_id=OTHER_SELLER)}
    topic = f"arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{OTHER_SELLER}"
    assert await posted_from(desk, topic, capture_message(SellerId=OTHER_SELLER)) == 200
    assert await copies(desk) == []


@pytest.mark.parametrize("seller", [SELLER, OTHER_SELLER])
async def test_a_backend_that_is_away_hides_no_alarm_and_makes_no_refusal_final(desk, log, seller):
    desk.house.fresh = {PATH: DirectoryUnavailable("away")}
    assert await posted_from(desk, CHARGEBACKS, capture_message(SellerId=seller)) == 503
    [copy] = await copies(desk)
    assert copy.signed.seller == seller
    assert [line["alarm"] for line in lines_of(log)] == [True]


@pytest.mark.usefixtures("log")
async def test_nothing_unsigned_is_kept_with_a_topic(desk):
    genuine = Signer(topic=STRANGERS).notification(capture_message())
    for change in ({"Message": "x"}, {"TopicArn": CHARGEBACKS.replace("us-east-1", "us-west-2")}):
        assert (await desk.post(as_body({**genuine, **change}))).status_code == 403
    assert {copy.signed for copy in await copies(desk)} == {None}
    assert (await desk.catalogue.counts()).refused_topics == ()
    assert desk.counted("refused_signed_total") == {}


@pytest.mark.usefixtures("log")
async def test_a_message_that_comes_again_has_one_copy_and_none_once_it_was_received(tmp_path):
    desk = open_desk(tmp_path, topics=(README_BEFORE,))
    again = desk.signer.body(capture_message())
    for _ in range(3):
        assert (await desk.post(again)).status_code == 503
        desk.clock.advance(3600)
    assert len(await copies(desk)) == 1
    desk.topics = (desk.signer.topic,)
    del desk.front
    assert (await desk.post(again)).status_code == 200
    assert await copies(desk) == []
    counted: InboxStats = await desk.catalogue.counts()
    assert (counted.refused, counted.refused_topics) == ({}, ())
    desk.store.close()


@pytest.mark.usefixtures("log")
async def test_certificates_of_unknown_topics_take_no_room_from_ours(desk):
    assert (await desk.post()).status_code == 200
    for number in range(40):
        signer = Signer(topic=STRANGERS, mark=number + 1)
        desk.keys.pems[signer.url] = signer.pem
        await desk.post(signer.body(capture_message(SellerId=OTHER_SELLER)))
    asked = len(desk.keys.asked)
    assert (await desk.post()).status_code == 200
    assert len(desk.keys.asked) == asked
    assert not any(desk.ring.holds(Signer(mark=number + 1).url) for number in range(40))


@pytest.mark.usefixtures("log")
async def test_an_alarm_is_not_drowned_by_strangers(desk, log):
    for _ in range(70):
        await posted_from(desk, STRANGERS, capture_message(SellerId=OTHER_SELLER))
    await posted_from(desk, CHARGEBACKS)
    assert [line["topic"] for line in lines_of(log) if line["alarm"]] == [CHARGEBACKS]
    assert len(lines_of(log)) == 61


@pytest.mark.usefixtures("log")
async def test_the_topics_of_copies_are_metrics(desk):
    await posted_from(desk, CHARGEBACKS)
    await posted_from(desk, STRANGERS, "no notification")
    assert sum(desk.counted("alarms_total").values()) == 1
    desk.metrics.set_inbox_gauges(await desk.catalogue.counts(), desk.clock.now())
    assert desk.counted("refused_topics") == {
        f'{{seller="{SELLER}",source="ours",topic="{CHARGEBACKS}"}}': 1,
        f'{{seller="",source="stranger",topic="{STRANGERS}"}}': 1,
    }
