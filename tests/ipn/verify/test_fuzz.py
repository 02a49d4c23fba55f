"""Any posted body gives an envelope, a notification or Refused; nothing else is raised, and it takes little time."""

import contextlib
import json
import time

from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.envelope import Envelope, EnvelopePolicy
from reconciler.ipn.verify.notification import NotificationHeader
from reconciler.ipn.verify.reasons import Refused
from tests.ipn.verify_pipeline import SIGNER, read
from tests.support.sns_signer import (
    as_body,
    authorization_xml,
    capture_message,
    capture_xml,
    charge_message,
    v1_message,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
LONGEST = 2.0  # seconds, on a machine that is busy
FIELDS = SIGNER.notification(capture_message())
XML = (capture_xml(), authorization_xml())
PIECES = st.sampled_from(
    ["<!DOCTYPE x>", "<!--", "-->", "<![CDATA[", "]]>", "<?x ?>", "&amp;", "&#0;", "&x;", "<State>", "</State>", "<a",
     "\x00", "\ud800", "\\u0000", '"']
)  # fmt: skip


def read_or_refused(body: bytes, **how: object) -> None:
    start = time.perf_counter()
    with contextlib.suppress(Refused):
        assert isinstance(read(body, **how), Envelope)  # type: ignore[arg-type]
    assert time.perf_counter() - start < LONGEST


def notice_or_refused(message: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(Refused):
        found = notice.read(message)
        assert isinstance(found, NotificationHeader)
        assert repr(found).isprintable()
    assert time.perf_counter() - start < LONGEST


def patched(text: str, where: int, cut: int, piece: str) -> str:
    at = where % (len(text) + 1)
    return text[:at] + piece + text[at + cut :]


@given(st.binary(max_size=2_000))
def test_bytes_of_any_kind(body):
    read_or_refused(body)


@given(ANYTHING)
def test_json_of_any_kind(value):
    read_or_refused(json.dumps(value).encode())
    notice_or_refused(json.dumps(value))


@given(st.sampled_from(sorted(FIELDS)), ANYTHING)
def test_an_envelope_with_anything_in_one_field(name, value):
    topics = (
        frozenset({str(FIELDS["TopicArn"]), value}) if isinstance(value, str) else frozenset({str(FIELDS["TopicArn"])})
    )
    if name != "TopicArn":
        read_or_refused(json.dumps({**FIELDS, name: value}).encode(), rules=EnvelopePolicy(topics=topics))
    read_or_refused(json.dumps({**FIELDS, name: value}).encode())


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=9), PIECES | st.text(max_size=4))
def test_an_envelope_patched_anywhere(where, cut, piece):
    read_or_refused(patched(as_body(FIELDS).decode(), where, cut, piece).encode(errors="surrogatepass"))


@given(st.sampled_from([capture_message(), charge_message()]), st.data(), ANYTHING)
def test_a_message_with_anything_in_one_key(message, data, value):
    said = json.loads(message)
    notice_or_refused(json.dumps({**said, data.draw(st.sampled_from(sorted(said))): value}))


@given(
    st.sampled_from(["PaymentCapture", "PaymentAuthorize", "PaymentRefund"]),
    st.sampled_from(XML),
    st.lists(
        st.tuples(st.integers(min_value=0), st.integers(min_value=0, max_value=30), PIECES | st.text(max_size=4)),
        max_size=4,
    ),
)
def test_xml_patched_anywhere(kind, xml, patches):
    for where, cut, piece in patches:
        xml = patched(xml, where, cut, piece)
    notice_or_refused(json.dumps({**json.loads(v1_message(kind, "")), "NotificationData": xml}))


@given(st.text(max_size=500))
def test_xml_of_any_kind(xml):
    notice_or_refused(json.dumps({**json.loads(v1_message("PaymentCapture", "")), "NotificationData": xml}))


def test_the_largest_body_takes_no_time_worth_naming():
    mebibyte = 2**20
    for body in (
        b"[" * mebibyte,
        b'{"a":' * (mebibyte // 5),
        b'"' + b"\\u0041" * (mebibyte // 6) + b'"',
        b'{"a":' + b"9" * (mebibyte - 6) + b"}",
        as_body(SIGNER.notification("<" * mebibyte)),
        as_body(SIGNER.notification("x", Subject="S" * mebibyte)),
    ):
        read_or_refused(body)
    for xml in ("<a>" * 300_000, "<a " + "b='c' " * 150_000 + "/>", "&#65;" * 200_000, "<!--" + "-" * mebibyte):
        notice_or_refused(v1_message("PaymentCapture", xml))
        notice_or_refused(v1_message("PaymentCapture", capture_xml(extra=xml)))
