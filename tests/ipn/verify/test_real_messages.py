"""Real messages of Amazon SNS and Amazon Pay: verified or refused as their README says, and read."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.verify import envelope
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify import recipient as identity
from reconciler.ipn.verify.envelope import Envelope, EnvelopePolicy, MessageType
from reconciler.ipn.verify.notification import (
    AgreementNotification,
    AmazonEnvironment,
    AuthorizationNotification,
    CaptureNotification,
    OtherNotification,
)
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.receiver_harness import IDENTITY, PATH, House, open_desk
from tests.ipn.verify_pipeline import verify
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import Keys

FIXTURES = Path(__file__).parents[1] / "fixtures"
VALID = [
    "amazon-pay/java-sdk__CaptureNotification_Multicurrency",
    "amazon-pay/java-sdk__BillingAgreementNotification",
    "amazon-pay/python-sdk__OrderReferenceNotification_body_valid",
    "sns/aws-php-validator-2022__http0_v1",
    "sns/aws-php-validator-2022__http1_v2",
    "sns/aws-php-validator-2022__http3_v2_subject",
    "sns/aws-java-v2-2026__notification_v2_nosubject",
    "sns/aws-java-v2-2026__SubscriptionConfirmation_v1",
]


def body(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def opened(name: str, topics: Collection[str] | None = None, **other: object) -> Envelope:
    """On the day it was published, on its own topic unless others are given."""
    said = {**json.loads(body(name)), **other}
    published = datetime.fromisoformat(said["Timestamp"]).astimezone(UTC)
    rules = EnvelopePolicy(topics=frozenset(topics or {said["TopicArn"]}))
    return envelope.read(json.dumps(said).encode(), {}, now=published + timedelta(days=1), rules=rules)


def pem_of(found: Envelope) -> bytes:
    return (FIXTURES / "certs" / found.certificate_url.rsplit("/", 1)[1]).read_bytes()


@pytest.mark.parametrize("name", VALID)
def test_a_real_message_verifies_under_its_real_certificate(name):
    found = opened(name)
    verify(found, pem_of(found))


@pytest.mark.parametrize("name", VALID)
def test_a_real_message_with_one_letter_more_does_not(name):
    found = opened(name, Message=json.loads(body(name))["Message"] + " ")
    with pytest.raises(Refused) as refusal:
        verify(found, pem_of(found))
    assert refusal.value.ground is RejectReason.BAD_SIGNATURE


@pytest.mark.parametrize("name", VALID)
def test_a_real_message_is_refused_years_later_and_on_another_topic(name):
    topic = json.loads(body(name))["TopicArn"]
    years_later = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(Refused) as refusal:
        envelope.read(body(name), {}, now=years_later, rules=EnvelopePolicy(topics=frozenset({topic})))
    assert refusal.value.ground is RejectReason.TOO_OLD
    found = opened(name, topics={topic + "x"})
    verify(found, pem_of(found))
    with pytest.raises(Refused) as refusal:
        envelope.check_topic(found)
    assert refusal.value.ground is RejectReason.UNKNOWN_TOPIC


def test_the_invalid_message_of_the_sdk_is_refused():
    rules = EnvelopePolicy(topics=frozenset({"arn:aws:sns:us-east-1:291180941288:A3BXB0YN3XH17HAQR8184NJXADU"}))
    name = "amazon-pay/python-sdk__OrderReferenceNotification_body_invalid"
    with pytest.raises(Refused) as refusal:
        envelope.read(body(name), {}, now=datetime(2015, 4, 30, tzinfo=UTC), rules=rules)
    assert refusal.value.ground is RejectReason.BAD_TOPIC


def test_and_for_its_certificates_host_were_its_topic_right():
    name = "amazon-pay/python-sdk__OrderReferenceNotification_body_invalid"
    with pytest.raises(Refused) as refusal:
        opened(name, TopicArn=json.loads(body(VALID[2]))["TopicArn"])
    assert refusal.value.ground is RejectReason.BAD_ADDRESS


def test_each_message_that_is_here_is_tested():
    here = {str(file.relative_to(FIXTURES).with_suffix("")) for file in FIXTURES.glob("*/*.json")}
    source = Path(__file__).read_text(encoding="utf-8")
    assert {name for name in here if name.rpartition("/")[2] not in source} == set()


@pytest.mark.anyio
@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("java-sdk__CaptureNotification_Multicurrency", MessageStatus.WAITING),
        ("java-sdk__BillingAgreementNotification", MessageStatus.WAITING),
        ("python-sdk__OrderReferenceNotification_body_valid", MessageStatus.SAMPLE),
    ],
)
async def test_a_real_message_that_is_posted_is_kept_once_and_for_what_it_is(tmp_path, name, standing):
    found = opened(f"amazon-pay/{name}")
    seller = notice.read_header(found.message).seller
    desk = open_desk(
        tmp_path,
        clock=HandClock(found.published + timedelta(days=13)),
        house=House(shops={PATH: replace(IDENTITY, seller_id=seller)}),
        topics=(found.topic,),
        environment="sandbox",
        keys=Keys({found.certificate_url: pem_of(found)}),
    )
    for _ in range(2):
        assert (await desk.post(body(f"amazon-pay/{name}"))).status_code == 200
    [entry] = await desk.entries()
    assert (entry.status, entry.arrival.message_id) == (standing, found.message_id)
    desk.store.close()


def test_the_spelling_of_lambda_is_refused_though_its_signature_is_good():
    with pytest.raises(Refused) as refusal:
        opened("sns/aws-php-validator-2022__lambda1_v2")
    assert refusal.value.ground is RejectReason.NOT_AN_ENVELOPE


def test_a_real_confirmation_is_distinguished():
    found = opened("sns/aws-java-v2-2026__SubscriptionConfirmation_v1")
    assert found.type is MessageType.SUBSCRIPTION_CONFIRMATION
    assert found.token
    assert str(found.subscribe_url).startswith("https://sns.us-west-2.amazonaws.com/")


def read_of(name: str) -> notice.Notification:
    return notice.read(opened(f"amazon-pay/{name}").message)


def test_a_real_capture_in_another_currency_reads_the_buyers_amount():
    found = read_of("java-sdk__CaptureNotification_Multicurrency")
    assert found == CaptureNotification(
        kind="PaymentCapture",
        seller="AOPZVV2STP28T",
        environment=AmazonEnvironment.SANDBOX,
        sample=False,
        id="S02-6112897-1842302-C042768",
        state="Completed",
        updated=datetime(2017, 6, 27, 22, 42, 56, 430000, tzinfo=UTC),
        reason=None,
        amount=Decimal("19.95"),
        currency="GBP",
    )
    assert (found.order_key, found.reference) == ("S02-6112897-1842302", "S02-6112897-1842302")


def test_amazons_own_inner_timestamp_is_not_what_orders_events():
    """It was off by twelve hours in 2015."""
    found = read_of("java-sdk__CaptureNotification2")
    assert isinstance(found, CaptureNotification)
    assert found.updated == datetime(2015, 11, 21, 15, 55, 19, 70000, tzinfo=UTC)


def test_a_real_notice_of_a_provider_names_another_seller_than_its_topic():
    found = read_of("java-sdk__CaptureNotification2")
    shop = ShopIdentity(shop=ShopKey("kyoto-tea"), site_url=None, seller_id="A2K7NDRCTOTPW9", email=None)
    with pytest.raises(Refused) as refusal:
        identity.check_recipient(found, shop, "sandbox")
    assert refusal.value.ground is RejectReason.OTHER_SELLER


@pytest.mark.parametrize(
    "name",
    [
        "java-sdk__CaptureNotification",
        "java-sdk__AuthorizeNotification",
        "java-sdk__RefundNotification",
        "python-sdk__OrderReferenceNotification_body_valid",
    ],
)
def test_a_test_message_of_seller_central_is_a_sample(name):
    found = read_of(name)
    assert isinstance(found, OtherNotification)
    assert found.sample
    shop = ShopIdentity(shop=ShopKey("kyoto-tea"), site_url=None, seller_id=found.seller, email=None)
    assert identity.check_recipient(found, shop, "sandbox") is MessageStatus.SAMPLE


def test_the_states_of_the_samples_read_too_where_they_are_no_samples():
    """The same documents with an id such as real ones have."""
    said = json.loads(opened("amazon-pay/java-sdk__AuthorizeNotification").message)
    data = said["NotificationData"].replace("P01-0000000-0000000-000000", "P01-0000000-0000000-A000000")
    found = notice.read(json.dumps({**said, "NotificationData": data, "IsSample": False}))
    assert isinstance(found, AuthorizationNotification)
    assert (found.state, found.reason, found.amount) == ("Closed", "MaxCapturesProcessed", Decimal(5))


def test_a_real_billing_agreement_is_read():
    found = read_of("java-sdk__BillingAgreementNotification")
    assert isinstance(found, AgreementNotification)
    assert (found.id, found.state, found.reason) == ("C01-4249881-9140092", "Closed", "SellerClosed")
