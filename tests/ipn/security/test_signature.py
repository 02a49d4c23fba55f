"""Checklist C: a signature is good for exactly what was signed, by the hash its version names."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ipn.verify.signature import string_to_sign
from tests.ipn.verify_pipeline import RULES, SIGNER, accept, read, refused, verify
from tests.support.sns_signer import NOW, TOPIC_PATTERN, Signer, as_body, capture_message, stamp
from tests.support.sns_signer import string_to_sign as signed_by_sns

OTHER_TOPIC = TOPIC_PATTERN.replace("{seller_id}", "A1EXAMPLE234568")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [None, "入金のお知らせ"])
def test_c_what_was_signed_is_accepted(version, subject):
    fields = SIGNER.notification(capture_message(), version=version, Subject=subject)
    assert string_to_sign(accept(fields)) == signed_by_sns(fields)


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_c_all_seven_fields_of_a_confirmation_are_signed(kind):
    fields = SIGNER.confirmation(kind=kind)
    assert string_to_sign(accept(fields)) == signed_by_sns(fields)
    for name, other in (("Token", "other"), ("SubscribeURL", "https://evil.example/"), ("Message", "other")):
        assert refused({**fields, name: other}) is RejectReason.BAD_SIGNATURE


def changed(name: str, fields: dict[str, object]) -> dict[str, object]:
    value = str(fields[name])
    other = {
        "MessageId": value[:-1] + ("0" if value[-1] != "0" else "1"),
        "Timestamp": value.replace(".000Z", ".001Z"),
        "TopicArn": OTHER_TOPIC,
    }.get(name, value[:-1] + chr(ord(value[-1]) ^ 1))
    assert other != value
    return {**fields, name: other}


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("name", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn"])
def test_c_one_bit_flipped_in_a_signed_field_is_refused(name, version):
    fields = SIGNER.notification(capture_message(), version=version, Subject="subject")
    both = type(RULES)(topics=RULES.topics | {OTHER_TOPIC})
    accept(fields, rules=both)
    assert refused(changed(name, fields), rules=both) is RejectReason.BAD_SIGNATURE


def test_c_a_subject_put_in_or_taken_out_is_refused():
    without = SIGNER.notification(capture_message())
    assert refused({**without, "Subject": "put in"}) is RejectReason.BAD_SIGNATURE
    within = SIGNER.notification(capture_message(), Subject="subject")
    assert refused({**within, "Subject": None}) is RejectReason.BAD_SIGNATURE


@pytest.mark.parametrize("where", [0, 100, 255])
def test_c_one_bit_flipped_in_the_signature_is_refused(where):
    fields = SIGNER.notification(capture_message())
    signature = bytearray(base64.b64decode(str(fields["Signature"])))
    signature[where] ^= 1
    assert refused({**fields, "Signature": base64.b64encode(signature).decode()}) is RejectReason.BAD_SIGNATURE


@pytest.mark.parametrize("length", [3, 128, 255, 257, 512])
def test_c_a_signature_of_another_length_than_the_key_is_refused(length):
    fields = SIGNER.notification(capture_message())
    text = base64.b64encode(b"\x01" * length).decode()
    assert refused({**fields, "Signature": text}) is RejectReason.BAD_SIGNATURE


def test_c_a_signature_text_that_is_not_strict_base64_is_refused():
    fields = SIGNER.notification(capture_message())
    good = str(fields["Signature"])
    assert good.endswith("==")
    dangling = good[:-3] + chr(ord(good[-3]) + 1) + "=="  # other bits where none are left: decodes to the same bytes
    assert base64.b64decode(dangling) == base64.b64decode(good)
    junk = ["", "=", "====", "A===", good[:-1], good + "=", " " + good, good + "\n", good[:40] + "\n" + good[40:],
            good[:-2], "*" + good[1:], good.replace(good[5], "-", 1), good.replace(good[5], "_", 1), dangling,
            "Ａ" + good[1:], "AAAA" * 5_000]  # fmt: skip
    for text in junk:
        assert refused({**fields, "Signature": text}) is RejectReason.BAD_BASE64, text


def test_c_a_message_labelled_with_the_other_version_is_refused():
    assert refused({**SIGNER.notification("x", version="1"), "SignatureVersion": "2"}) is RejectReason.BAD_SIGNATURE
    assert refused({**SIGNER.notification("x", version="2"), "SignatureVersion": "1"}) is RejectReason.BAD_SIGNATURE


@pytest.mark.parametrize("version", ["3", "0", "01", "1 ", "1\n", "１", "", "sha256", "1.0"])
def test_c_a_version_that_is_neither_1_nor_2_is_refused(version):
    assert refused({**SIGNER.notification("x"), "SignatureVersion": version}) is RejectReason.BAD_VERSION


@pytest.mark.parametrize("version", [1, 2, None, True])
def test_c_a_version_that_is_no_text_is_refused(version):
    assert refused({**SIGNER.notification("x"), "SignatureVersion": version}) is RejectReason.NOT_AN_ENVELOPE


def test_c_a_timestamp_on_the_full_second_keeps_its_zeros():
    fields = SIGNER.notification("x", published=NOW)
    assert str(fields["Timestamp"]).endswith(".000Z")
    assert stamp(accept(fields).published) == fields["Timestamp"]


@pytest.mark.parametrize(
    "message",
    [
        "ends in a newline\n",
        "two\r\nlines",
        "🍵",
        "宇治抹茶の入金",
        "a\\/b",
        "line\u2028separator\u2029",
        "\x00",
        "",
        "e\u0301",
        "\ufeff",
    ],
)
def test_c_every_text_is_signed_as_it_is(message):
    fields = SIGNER.notification(message)
    assert accept(fields).message == message
    assert read(json.dumps(fields, ensure_ascii=True).encode()).message == message


def test_c_an_escaped_slash_is_a_slash():
    fields = SIGNER.notification("</State>")
    found = read(as_body(fields).replace(b"</State>", b"<\\/State>"))
    verify(found, SIGNER.pem)


def test_c_a_string_to_sign_without_its_last_newline_is_refused():
    fields = SIGNER.notification("x")
    fields["Signature"] = SIGNER.signature(signed_by_sns(fields)[:-1])
    assert refused(fields) is RejectReason.BAD_SIGNATURE


def test_c_another_key_is_refused():
    fields = Signer(which=1).notification("x")
    assert refused(fields, signer=SIGNER) is RejectReason.BAD_SIGNATURE


def test_c_larger_keys_are_as_good():
    larger = Signer(bits=3072)
    assert accept(larger.notification("x", version="2"), signer=larger).message == "x"


@given(
    message=st.text(max_size=200), subject=st.none() | st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)
)
def test_c_property_anything_signed_is_accepted_and_the_string_is_the_one_of_sns(message, subject):
    fields = SIGNER.notification(message, version="2", Subject=subject)
    assert string_to_sign(accept(fields)) == signed_by_sns(fields)


@given(st.text(min_size=1, max_size=50), st.text(min_size=1, max_size=50))
def test_c_law_no_message_passes_for_another(one, other):
    fields = SIGNER.notification(one, message_id="792cda85-518f-5dd3-9163-81d851212f3a")
    if one != other:
        with pytest.raises(Refused):
            accept({**fields, "Message": other})
