"""Checklist B: bodies that are not the one JSON object that Amazon SNS posts."""

import json

import pytest

from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.envelope import EnvelopePolicy
from reconciler.ipn.verify.reasons import Refused, RejectReason
from tests.ipn.verify_pipeline import SIGNER, accept, read, refused
from tests.support.sns_signer import TOPIC, Signer, as_body, capture_message, v1_message

GOOD = SIGNER.notification(capture_message())


def ground_of(body: bytes) -> RejectReason:
    with pytest.raises(Refused) as refusal:
        read(body)
    return refusal.value.ground


def with_text(old: str, new: str) -> bytes:
    text = as_body(GOOD).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"17", b"true", b"", b"{", b"{}x", b"{'Type': 1}"])
def test_b_anything_but_an_object_is_refused(body):
    assert ground_of(body) is RejectReason.NOT_JSON


@pytest.mark.parametrize("name", ["Type", "Message", "TopicArn", "MessageId", "Signature", "UnsubscribeURL"])
def test_b_a_duplicate_key_is_refused_whichever_would_win(name):
    again = f'"{name}": {json.dumps(GOOD[name])}'
    body = as_body(GOOD).decode()
    assert ground_of(("{" + again + ", " + body[1:]).encode()) is RejectReason.DUPLICATE_KEY
    assert ground_of((body[:-1] + ", " + again + "}").encode()) is RejectReason.DUPLICATE_KEY


def test_b_a_key_twice_in_a_nested_object_is_refused_too():
    assert ground_of(with_text("{", '{"MessageAttributes": {"a": 1, "a": 2}, ')) is RejectReason.DUPLICATE_KEY


def test_b_a_byte_order_mark_is_refused():
    assert ground_of(b"\xef\xbb\xbf" + as_body(GOOD)) is RejectReason.NOT_JSON


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_b_other_unicode_encodings_are_refused(encoding):
    assert ground_of(as_body(GOOD).decode().encode(encoding)) in {RejectReason.NOT_UTF8, RejectReason.NOT_JSON}


def test_b_latin_1_is_refused():
    body = as_body(SIGNER.notification("café")).decode().encode("latin-1")
    assert ground_of(body) is RejectReason.NOT_UTF8


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\udc00\\ud800"])
@pytest.mark.parametrize("name", [*GOOD, "Extra"])
def test_b_half_a_surrogate_pair_in_any_field_is_refused(name, half):
    fields = {**GOOD, name: "HERE"}
    body = as_body(fields).decode().replace("HERE", half).encode()
    assert ground_of(body) is RejectReason.NOT_JSON


def test_b_half_a_surrogate_pair_in_a_key_is_refused():
    assert ground_of(with_text("{", '{"\\ud800": 1, ')) is RejectReason.NOT_JSON


def test_b_a_whole_surrogate_pair_is_the_character():
    fields = SIGNER.notification("抹茶🍵")
    assert accept(fields).message == read(json.dumps(fields, ensure_ascii=True).encode()).message == "抹茶🍵"


def test_b_a_raw_nul_is_refused_and_one_between_fields_too():
    assert ground_of(with_text("Live", "Li\x00ve")) is RejectReason.NOT_JSON
    assert ground_of(as_body(GOOD) + b"\x00") is RejectReason.NOT_JSON


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_b_depth_is_refused_without_a_crash(depth, opened, closed):
    nested = opened * depth + "1" + closed * depth
    assert ground_of(nested.encode()) is RejectReason.NOT_JSON
    assert ground_of(with_text("{", '{"MessageAttributes": ' + nested + ", ")) is RejectReason.NOT_JSON


def test_b_a_number_of_5000_digits_costs_nothing_and_is_no_text():
    digits = "9" * 5_000
    assert ground_of(with_text('"MessageId": ' + json.dumps(GOOD["MessageId"]), f'"MessageId": {digits}')) is (
        RejectReason.NOT_AN_ENVELOPE
    )
    assert read(with_text("{", f'{{"Extra": {digits}, "More": -{digits}.5e{digits}, ')).topic == TOPIC


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_b_what_json_has_not_is_refused(word):
    assert ground_of(with_text("{", f'{{"Extra": {word}, ')) is RejectReason.NOT_JSON


@pytest.mark.parametrize("value", [{"default": "x"}, ["x"], 1, True, None])
@pytest.mark.parametrize(
    "name", ["Message", "Type", "MessageId", "TopicArn", "Timestamp", "Signature", "SigningCertURL"]
)
def test_b_a_signed_field_that_is_no_text_is_refused(name, value):
    assert ground_of(as_body({**GOOD, name: value})) is RejectReason.NOT_AN_ENVELOPE


def test_b_a_subject_of_null_is_no_subject():
    assert accept(SIGNER.notification(capture_message(), Subject=None)).subject is None


@pytest.mark.parametrize("subject", ["", 7, False, ["x"], "two\nlines", "a\x00b", "tab\there", "\x85", "a\u2028b"])
def test_b_a_subject_that_is_empty_no_text_or_has_control_characters_is_refused(subject):
    assert refused(SIGNER.notification(capture_message(), Subject=subject)) is RejectReason.BAD_SUBJECT


@pytest.mark.parametrize(
    "name", ["Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL"]
)
def test_b_each_field_is_needed(name):
    fields = {key: value for key, value in GOOD.items() if key != name}
    assert ground_of(as_body(fields)) is RejectReason.NOT_AN_ENVELOPE


@pytest.mark.parametrize("name", ["Token", "SubscribeURL"])
@pytest.mark.parametrize("value", [None, 5, "", "two\nlines", "blank in it", "x" * 3_000])
def test_b_a_confirmation_needs_its_fields_in_their_form(name, value):
    assert ground_of(as_body({**SIGNER.confirmation(), name: value})) is RejectReason.NOT_AN_ENVELOPE


@pytest.mark.parametrize("name", [*SIGNER.confirmation()])
def test_b_a_confirmation_without_one_of_its_fields_is_refused(name):
    fields = {key: value for key, value in SIGNER.confirmation().items() if key != name}
    assert ground_of(as_body(fields)) is RejectReason.NOT_AN_ENVELOPE


def test_b_what_is_not_signed_is_not_needed_and_further_keys_do_not_matter():
    fields = {key: value for key, value in GOOD.items() if key != "UnsubscribeURL"}
    assert accept(fields).message == GOOD["Message"]
    extra = {**fields, "Extra": {"deep": [None, "x"]}, "MessageAttributes": {"k": {"Type": "String", "Value": "v"}}}
    assert accept(extra).message == GOOD["Message"]


@pytest.mark.parametrize("lambda_name", ["SigningCertUrl", "UnsubscribeUrl", "SubscribeUrl"])
def test_b_the_spelling_of_lambda_is_refused(lambda_name):
    http_name = lambda_name.replace("Url", "URL")
    fields = {key: value for key, value in GOOD.items() if key != http_name}
    assert ground_of(as_body({**fields, lambda_name: "https://x"})) is RejectReason.NOT_AN_ENVELOPE


@pytest.mark.parametrize("name", ["message", "MESSAGE", "topicArn", "type", "signingcerturl"])
def test_b_a_field_beside_itself_in_another_case_is_refused(name):
    assert ground_of(as_body({**GOOD, name: "x"})) is RejectReason.NOT_AN_ENVELOPE


@pytest.mark.parametrize(
    "message_id",
    [
        "",
        "x",
        "792CDA85-518F-5DD3-9163-81D851212F3A",
        "792cda85-518f-5dd3-9163-81d851212f3a\n",
        "792cda85518f5dd3916381d851212f3a",
    ],
)
def test_b_a_message_id_has_its_one_form(message_id):
    assert ground_of(as_body({**GOOD, "MessageId": message_id})) is RejectReason.BAD_MESSAGE_ID


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-23T03:00:00Z",
        "2026-11-23T03:00:00.000Z\n",
        "2026-11-23T03:00:00.000+00:00",
        "2026-13-23T03:00:00.000Z",
        "2026-02-30T03:00:00.000Z",
        "2026-11-23T03:00:60.000Z",
        "２０２６-11-23T03:00:00.000Z",
        "0000-01-01T00:00:00.000Z",
    ],
)
def test_b_a_timestamp_has_its_one_form_and_is_a_moment(timestamp):
    assert ground_of(as_body({**GOOD, "Timestamp": timestamp})) is RejectReason.BAD_TIMESTAMP


@pytest.mark.parametrize("header", ["true", "TRUE", "yes", ""])
def test_b_a_raw_delivery_has_no_signature_and_is_refused(header):
    with pytest.raises(Refused) as refusal:
        read(as_body(GOOD), headers={"x-amz-sns-rawdelivery": header})
    assert refusal.value.ground is RejectReason.RAW_DELIVERY
    assert read(as_body(GOOD), headers={"x-amz-sns-rawdelivery": "false"}).topic == TOPIC


def test_b_headers_decide_nothing():
    lies = {
        "x-amz-sns-message-type": "SubscriptionConfirmation",
        "x-amz-sns-topic-arn": "arn:aws:sns:us-east-1:111111111111:other",
        "x-amz-sns-message-id": "x",
    }
    assert read(as_body(GOOD), headers=lies) == read(as_body(GOOD))


def test_b_what_is_wrong_is_named_and_nothing_of_the_message_is_quoted():
    fields = {**GOOD, "MessageId": "SENT-FROM-OUTSIDE"}
    with pytest.raises(Refused) as refusal:
        read(as_body(fields))
    assert "MessageId" in str(refusal.value)
    assert "SENT-FROM-OUTSIDE" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_b_an_envelope_does_not_print_what_is_inside_it():
    shown = repr(accept(SIGNER.notification("購入者の住所", Subject="件名")))
    assert "住所" not in shown
    assert "件名" not in shown
    assert "signature" not in shown.replace("SignatureVersion", "")


def test_b_sha1_is_refused_where_it_is_switched_off():
    only_sha256 = EnvelopePolicy(topics=frozenset({TOPIC}), sha1=False)
    assert refused(SIGNER.notification("x", version="1"), rules=only_sha256) is RejectReason.SHA1_REFUSED
    assert accept(SIGNER.notification("x", version="2"), rules=only_sha256).message == "x"


# The same strictness for the message inside


@pytest.mark.parametrize("message", ["", "[]", "null", "plain text", '{"a": 1, "a": 2}', "[" * 100_000, '{"a": NaN}'])
def test_b_a_message_that_is_no_strict_object_is_no_notice(message):
    with pytest.raises(Refused) as refusal:
        notice.read(message)
    assert refusal.value.ground is RejectReason.BAD_NOTICE


@pytest.mark.parametrize("sample", ["true", 1, None, "", [], {}])
def test_b_is_sample_is_true_or_false_and_nothing_else(sample):
    said = {**json.loads(capture_message()), "IsSample": sample}
    with pytest.raises(Refused) as refusal:
        notice.read(json.dumps(said))
    assert refusal.value.ground is RejectReason.BAD_NOTICE


@pytest.mark.parametrize("name", ["NotificationType", "SellerId", "ReleaseEnvironment", "Version", "NotificationData"])
@pytest.mark.parametrize("value", [None, 5, ["x"], "", "other\nlines"])
def test_b_a_notice_has_its_fields_in_their_form(name, value):
    said = {**json.loads(capture_message()), name: value}
    with pytest.raises(Refused) as refusal:
        notice.read(json.dumps(said))
    assert refusal.value.ground in {RejectReason.BAD_NOTICE, RejectReason.BAD_XML}


def test_b_the_order_of_the_keys_does_not_matter():
    said = json.loads(capture_message())
    assert notice.read(json.dumps(dict(reversed(said.items())))) == notice.read(json.dumps(said))


def test_b_an_unknown_kind_is_kept_as_it_is():
    found = notice.read(v1_message("Something New", "whatever"))
    assert (found.kind, found.object_id, found.order_key) == ("Something New", None, None)


def test_b_a_signer_makes_what_amazon_would_for_other_topics_too():
    other = Signer(topic="arn:aws:sns:us-west-2:111111111111:evil")
    assert refused(other.notification(capture_message()), signer=other) is RejectReason.UNKNOWN_TOPIC
