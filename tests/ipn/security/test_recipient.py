"""Checklist H: genuine messages that are not for this shop, this environment, or this order."""

import json

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify import recipient as identity
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.verify_pipeline import SIGNER, refused
from tests.support.sns_signer import (
    CAPTURE,
    REFERENCE,
    REFUND,
    SAMPLE_ID,
    SELLER,
    TOPIC,
    TOPIC_PATTERN,
    Signer,
    authorization_message,
    capture_message,
    charge_message,
    order_reference_message,
    refund_message,
    v1_message,
)

SHOP = ShopIdentity(shop=ShopKey("kyoto-tea"), site_url="https://ipn.example/kyoto-tea", seller_id=SELLER, email=None)
SANDBOX_CAPTURE = "S" + CAPTURE[1:]


def judged(message: str, environment: str = "production", shop: ShopIdentity = SHOP) -> MessageStatus:
    return identity.check_recipient(notice.read(message), shop, environment)


def ground_of(message: str, environment: str = "production", shop: ShopIdentity = SHOP) -> RejectReason:
    with pytest.raises(Refused) as refusal:
        judged(message, environment, shop)
    return refusal.value.ground


@pytest.mark.parametrize("message", [capture_message(), authorization_message(), refund_message(), charge_message()])
def test_h_what_is_for_this_shop_waits_to_be_worked_on(message):
    assert judged(message) is MessageStatus.WAITING


@pytest.mark.parametrize(
    "topic",
    [TOPIC[:-1], TOPIC + "0", TOPIC.replace("A31", "a31"), TOPIC.replace("291180941288", "111111111111"),
     TOPIC.replace("us-west-2", "us-east-1")],
)  # fmt: skip
def test_h_another_topic_is_refused(topic):
    signer = Signer(topic=topic, region=topic.split(":")[3])
    assert refused(signer.notification("x"), signer=signer) is RejectReason.UNKNOWN_TOPIC


@pytest.mark.parametrize(
    "topic",
    [TOPIC + "\n", " " + TOPIC, TOPIC + " ", TOPIC + "\nType\nNotification", TOPIC.upper(), "", "*",
     TOPIC.replace("us-west-2", "moon-north-1"), TOPIC.replace("arn:aws:", "arn:aws-cn:"), TOPIC.replace(":sns:", ":sqs:"),
     TOPIC.replace("291180941288", "2911809412880"), TOPIC.replace("291180941288", "２91180941288")],
)  # fmt: skip
def test_h_what_is_no_topic_of_sns_is_refused_before_its_signature(topic):
    assert refused({**SIGNER.notification("x"), "TopicArn": topic}) is RejectReason.BAD_TOPIC


def test_h_the_topics_are_those_of_the_shops_own_seller_id():
    assert identity.allowed_topics([TOPIC_PATTERN, "arn:aws:sns:us-east-1:1:provider"], SHOP) == {
        TOPIC,
        "arn:aws:sns:us-east-1:1:provider",
    }


@pytest.mark.parametrize("seller_id", [None, "", "*", "A1EXAMPLE234567\n", "a1example234567", "{seller_id}"])
def test_h_without_a_seller_id_nothing_can_be_checked_so_amazon_retries(seller_id):
    nobody = ShopIdentity(shop=ShopKey("kyoto-tea"), site_url=None, seller_id=seller_id, email=None)
    with pytest.raises(Refused) as refusal:
        identity.allowed_topics([TOPIC_PATTERN], nobody)
    assert (refusal.value.ground, refusal.value.status) == (RejectReason.NOT_CONFIGURED, 503)
    assert ground_of(capture_message(), shop=nobody) is RejectReason.NOT_CONFIGURED


def test_h_without_a_topic_amazon_comes_again():
    with pytest.raises(Refused) as refusal:
        identity.allowed_topics([], SHOP)
    assert refusal.value.ground is RejectReason.NOT_CONFIGURED


@pytest.mark.parametrize("seller", ["A1EXAMPLE234568", "a1example234567", SELLER + "0"])
def test_h_another_seller_is_refused(seller):
    assert ground_of(capture_message(SellerId=seller)) is RejectReason.OTHER_SELLER
    assert ground_of(charge_message(MerchantID=seller)) is RejectReason.OTHER_SELLER
    assert ground_of(capture_message(SellerId=seller, IsSample=True)) is RejectReason.OTHER_SELLER


def test_h_a_sandbox_message_at_a_live_endpoint_is_refused_and_the_other_way_round():
    sandbox = capture_message(ReleaseEnvironment="Sandbox", capture=SANDBOX_CAPTURE)
    assert judged(sandbox, "sandbox") is MessageStatus.WAITING
    assert ground_of(sandbox, "production") is RejectReason.OTHER_ENVIRONMENT
    assert ground_of(capture_message(), "sandbox") is RejectReason.OTHER_ENVIRONMENT
    for no_id_to_tell_it_by in ({"IsSample": True}, {"NotificationType": "SomethingNew"}):
        said = capture_message(ReleaseEnvironment="Sandbox", **no_id_to_tell_it_by)
        assert ground_of(said, "production") is RejectReason.OTHER_ENVIRONMENT


def test_h_the_letter_of_the_id_must_fit_the_environment():
    assert ground_of(capture_message(capture=SANDBOX_CAPTURE)) is RejectReason.OTHER_ENVIRONMENT
    assert ground_of(capture_message(ReleaseEnvironment="Sandbox"), "sandbox") is RejectReason.OTHER_ENVIRONMENT
    assert ground_of(charge_message(SANDBOX_CAPTURE)) is RejectReason.OTHER_ENVIRONMENT
    assert judged(charge_message(SANDBOX_CAPTURE), "sandbox") is MessageStatus.WAITING
    assert judged(charge_message("B01-4249881-9140092-C000001")) is MessageStatus.WAITING
    assert judged(charge_message("C01-4249881-9140092-C000001"), "sandbox") is MessageStatus.WAITING


@pytest.mark.parametrize("environment", ["live", "LIVE", "Production", "Sandbox ", ""])
def test_h_an_environment_that_is_neither_is_refused(environment):
    assert ground_of(capture_message(ReleaseEnvironment=environment)) is RejectReason.BAD_NOTICE


def test_h_a_sample_is_a_sample_with_any_order():
    assert judged(capture_message(IsSample=True)) is MessageStatus.SAMPLE
    assert judged(charge_message(IsSample=True)) is MessageStatus.SAMPLE
    assert judged(capture_message(IsSample=True, capture=SAMPLE_ID)) is MessageStatus.SAMPLE


def test_h_the_id_of_a_sample_without_the_mark_is_no_capture():
    with pytest.raises(Refused) as refusal:
        notice.read(capture_message(capture=SAMPLE_ID))
    assert refusal.value.ground is RejectReason.BAD_ID


@pytest.mark.parametrize(
    "message",
    [order_reference_message(), v1_message("SomethingNew", "<x/>"), v1_message("ProviderCredit", "<x/>"),
     charge_message(REFUND, ObjectType="REFUND"), charge_message(REFERENCE, ObjectType="CHARGE_PERMISSION"),
     charge_message("C9KORZRXQ655G", ObjectType="CHARGEBACK"), charge_message("new-1", ObjectType="SOMETHING_NEW")],
)  # fmt: skip
def test_h_every_kind_is_for_the_worker(message):
    assert judged(message) is MessageStatus.WAITING


@pytest.mark.parametrize(
    "capture",
    [CAPTURE + "0", CAPTURE[:-1], CAPTURE.replace("-C", "-A"), CAPTURE.replace("-C", ""), CAPTURE.lower(), "",
     CAPTURE.replace("P03", "X03"), CAPTURE.replace("0", "０", 1), CAPTURE + "' OR 1=1", "../../" + CAPTURE],
)  # fmt: skip
def test_h_an_id_has_its_one_form(capture):
    for message in (capture_message(capture=capture), charge_message(capture)):
        with pytest.raises(Refused) as refusal:
            notice.read(message)
        assert refusal.value.ground in {RejectReason.BAD_ID, RejectReason.BAD_XML}


@pytest.mark.parametrize("permission", ["P03-0772540-0000000", "B03-1442027-5744374", "P21-1442027-5744374"])
def test_h_a_charge_may_belong_to_any_permission(permission):
    found = notice.read(charge_message(ChargePermissionId=permission))
    assert (found.object_id, found.order_key) == (CAPTURE, permission)


@pytest.mark.parametrize("permission", [None, 7, "", "P03-0772540", "'; --"])
def test_h_what_is_no_permission_is_not_read(permission):
    found = notice.read(charge_message(ChargePermissionId=permission))
    assert (found.object_id, found.order_key) == (CAPTURE, REFERENCE)


def test_h_a_permission_of_the_sandbox_is_no_live_one():
    with pytest.raises(Refused) as refusal:
        judged(charge_message(ChargePermissionId="C03-1442027-5744374"))
    assert refusal.value.ground is RejectReason.OTHER_ENVIRONMENT


def test_h_the_older_spelling_of_v2_reads_the_same():
    said = json.loads(charge_message())
    lowered = {name[0].lower() + name[1:]: value for name, value in said.items()}
    assert notice.read(json.dumps(lowered)) == notice.read(json.dumps(said))
    with pytest.raises(Refused) as refusal:
        notice.read(json.dumps({**said, "objectId": "P03-0772540-6944847-C000009"}))
    assert refusal.value.ground is RejectReason.BAD_NOTICE


@pytest.mark.parametrize("version", ["V1", "V3", "v2", ""])
def test_h_an_unknown_version_is_no_notification(version):
    with pytest.raises(Refused):
        notice.read(charge_message(NotificationVersion=version))
    with pytest.raises(Refused):
        notice.read(capture_message(Version=version))


@pytest.mark.anyio
@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("fields", "ground"),
    [
        ({"SellerId": "A1EXAMPLE234568"}, "other-seller"),
        ({"ReleaseEnvironment": "Sandbox"}, "other-environment"),
        ({"capture": SANDBOX_CAPTURE}, "other-environment"),
    ],
)
async def test_h_what_is_genuine_and_anothers_is_refused_and_a_copy_kept(desk, fields, ground):
    assert (await desk.post(desk.signer.body(capture_message(**fields)))).status_code == 403
    assert (desk.refused(), await desk.entries(), desk.rung) == ([ground], [], 0)


@pytest.mark.anyio
@pytest.mark.usefixtures("log")
async def test_h_a_sample_with_the_id_of_a_real_capture_is_never_worked_on_not_even_by_hand(desk):
    assert (await desk.post(desk.signer.body(capture_message(IsSample=True)))).status_code == 200
    assert not await desk.catalogue.replay(1)
    [entry] = await desk.entries()
    assert (entry.status, desk.rung) == (MessageStatus.SAMPLE, 0)


def test_h_a_heading_is_judged_alone_where_the_rest_cannot_be_read():
    broken = v1_message("PaymentCapture", "<not xml")
    assert identity.check_recipient(notice.read_header(broken), SHOP, "production") is MessageStatus.WAITING
    with pytest.raises(Refused):
        identity.check_recipient(
            notice.read_header(v1_message("PaymentCapture", "", SellerId="A1EXAMPLE234568")), SHOP, "production"
        )
    assert notice.read_header(broken).order_key is None
