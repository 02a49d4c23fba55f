"""Checklist D: forgeries that a genuine signature verifies, because the string to sign joins its fields by newlines.

Each is made for real: an attacker has SNS sign a text on a topic of their own, and posts other fields that give the same string.
"""

import pytest

from reconciler.ipn.verify.reasons import RejectReason
from tests.ipn.verify_pipeline import RULES, SIGNER, accept, refused
from tests.support.sns_signer import NOW, TOPIC, Signer, as_body, capture_message, stamp, string_to_sign

EVIL_TOPIC = "arn:aws:sns:us-west-2:111111111111:evil"
EVIL = Signer(topic=EVIL_TOPIC)  # SNS signs for everybody, with the same key
FAKE_ID = "00000000-0000-4000-8000-000000000001"
REAL_ID = "ffffffff-0000-4000-8000-000000000002"
T0 = stamp(NOW)
BAIT = capture_message(amount="1000")


def published_by_the_attacker(*, bait: str = BAIT, subject: str | None = None) -> dict[str, object]:
    message = f"{bait}\nMessageId\n{FAKE_ID}\nTimestamp\n{T0}\nTopicArn\n{TOPIC}\nType\nNotification"
    return EVIL.notification(message, message_id=REAL_ID, Subject=subject)


def tail_of(genuine: dict[str, object]) -> str:
    """What SNS signed after the attacker's message."""
    subject = "" if genuine.get("Subject") is None else f"Subject\n{genuine['Subject']}\n"
    return (
        f"MessageId\n{REAL_ID}\n{subject}Timestamp\n{genuine['Timestamp']}\nTopicArn\n{EVIL_TOPIC}\nType\nNotification"
    )


def forged(genuine: dict[str, object], **fields: object) -> dict[str, object]:
    """With the genuine signature; and the string to sign is indeed the one that SNS signed."""
    forgery = {**genuine, "Message": BAIT, "MessageId": FAKE_ID, "Timestamp": T0, "TopicArn": TOPIC, **fields}
    assert string_to_sign(forgery) == string_to_sign(genuine)
    return forgery


def test_d_the_attackers_own_message_is_refused_for_its_topic_alone():
    genuine = published_by_the_attacker()
    everything_goes = type(RULES)(topics=frozenset({TOPIC, EVIL_TOPIC}))
    accept(genuine, rules=everything_goes)  # the signature is good
    assert refused(genuine) is RejectReason.UNKNOWN_TOPIC


def test_d_the_victims_exact_topic_with_the_rest_in_type_is_refused():
    genuine = published_by_the_attacker()
    forgery = forged(genuine, Type=f"Notification\n{tail_of(genuine)}")
    assert forgery["TopicArn"] == TOPIC
    assert refused(forgery) is RejectReason.BAD_TYPE


def test_d_an_exact_type_with_the_rest_in_the_topic_is_refused():
    genuine = published_by_the_attacker()
    rest = tail_of(genuine).removesuffix("\nType\nNotification")
    forgery = forged(genuine, TopicArn=f"{TOPIC}\nType\nNotification\n{rest}")
    assert forgery["Type"] == "Notification"
    assert str(forgery["TopicArn"]).startswith(TOPIC)
    assert refused(forgery) is RejectReason.BAD_TOPIC


def test_d_the_rest_in_the_subject_is_refused():
    """The attacker's MessageId and Subject are swallowed by a Subject of the forger's making."""
    message = f"{BAIT}\nMessageId\n{FAKE_ID}\nSubject\nhello"
    everything_goes = type(RULES)(topics=frozenset({TOPIC, EVIL_TOPIC}))
    genuine = EVIL.notification(message, message_id=REAL_ID, Timestamp=T0)
    forgery = {
        **genuine,
        "Message": BAIT,
        "MessageId": FAKE_ID,
        "Subject": f"hello\nMessageId\n{REAL_ID}",
    }
    assert string_to_sign(forgery) == string_to_sign(genuine)
    assert refused(forgery, rules=everything_goes) is RejectReason.BAD_SUBJECT


@pytest.mark.anyio
@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("field", "ground"), [("Type", "bad-type"), ("TopicArn", "bad-topic")], ids=["in Type", "in TopicArn"]
)
async def test_d_neither_forgery_gets_anything_done_that_is_posted(desk, field, ground):
    """Under the very key that the receiver believes, and with headers that say what they should."""
    evil = Signer(topic=EVIL_TOPIC, which=desk.signer.which)
    message = f"{BAIT}\nMessageId\n{FAKE_ID}\nTimestamp\n{T0}\nTopicArn\n{TOPIC}\nType\nNotification"
    genuine = evil.notification(message, message_id=REAL_ID)
    rest = tail_of(genuine)
    value = f"Notification\n{rest}" if field == "Type" else f"{TOPIC}\nType\nNotification\n{rest}"
    forgery = forged(genuine, **{field: value.removesuffix("\nType\nNotification") if field == "TopicArn" else value})
    headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-topic-arn": TOPIC, "x-amz-sns-message-id": FAKE_ID}
    answer = await desk.post(as_body(forgery), headers=headers)
    assert answer.status_code in {400, 403}
    assert desk.refused() == [ground]
    assert (await desk.entries(), desk.rung) == ([], 0)
    assert (await desk.post()).status_code == 200, "the key itself is believed"


@pytest.mark.parametrize("field", ["MessageId", "Timestamp"])
def test_d_the_rest_in_another_field_is_refused(field):
    genuine = published_by_the_attacker()
    grounds = {"MessageId": RejectReason.BAD_MESSAGE_ID, "Timestamp": RejectReason.BAD_TIMESTAMP}
    forgery = {**genuine, "Message": BAIT, field: f"{genuine[field]}\nTopicArn\n{TOPIC}", "TopicArn": TOPIC}
    assert refused(forgery) is grounds[field]


@pytest.mark.parametrize(
    "kind",
    ["notification", "NOTIFICATION", "Notification ", " Notification", "Notification\n", "Notificatiоn", "", "Other"],
)
def test_d_a_type_that_is_none_of_the_three_is_refused_even_if_signed(kind):
    assert refused(SIGNER.notification(BAIT, Type=kind)) is RejectReason.BAD_TYPE


def test_d_a_notification_is_no_confirmation():
    notification = SIGNER.notification(BAIT)
    assert refused({**notification, "Type": "SubscriptionConfirmation"}) is RejectReason.NOT_AN_ENVELOPE
    dressed = {**notification, "Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": "https://sns.example/"}
    assert refused(dressed) is RejectReason.BAD_SIGNATURE


@pytest.mark.parametrize("kind", ["Notification", "UnsubscribeConfirmation"])
def test_d_a_genuine_confirmation_with_its_type_changed_is_refused(kind):
    assert refused({**SIGNER.confirmation(), "Type": kind}) is RejectReason.BAD_SIGNATURE


def test_d_a_notification_with_the_fields_of_a_confirmation_is_judged_without_them():
    """They are not signed there, so they are not read either."""
    found = accept({**SIGNER.notification(BAIT), "Token": "stolen", "SubscribeURL": "http://169.254.169.254/"})
    assert (found.token, found.subscribe_url) == (None, None)
