"""What Amazon SNS posts, read strictly and checked exactly before anything is fetched.

In: the bytes, the headers, the time, what is allowed. Out: an Envelope whose fields have no form but the one they must have, or
Refused. Types are compared exactly and nothing but Message (and, without control characters, Subject) is free text, because the
string that SNS signs is ambiguous: its fields are joined by newlines, so free text could pass for other fields. The headers are
not signed; nothing is decided by them but that a raw delivery has no envelope. Pure.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from reconciler.ipn.verify.certificate_url import check_address, is_known_region, region_of
from reconciler.ipn.verify.json_object import read_object
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.lib.frozen_class import frozen

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_TOPIC: Final = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:[a-z0-9-]{3,30}:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
_PRINTABLE: Final = re.compile(r"[!-~]{1,2048}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{4,2048}={0,2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_NAMES: Final = frozenset(
    {
        "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
        "SigningCertURL", "UnsubscribeURL", "SubscribeURL", "Token", "MessageAttributes",
    }
)  # fmt: skip
_NAMES_FOLDED: Final = frozenset(name.casefold() for name in _NAMES)


class MessageType(StrEnum):
    NOTIFICATION = "Notification"
    SUBSCRIPTION_CONFIRMATION = "SubscriptionConfirmation"
    UNSUBSCRIBE_CONFIRMATION = "UnsubscribeConfirmation"


class SignatureVersion(StrEnum):
    """Which hash; the message may choose between these two only."""

    SHA1 = "1"
    SHA256 = "2"


_TYPES: Final = frozenset(MessageType)
_VERSIONS: Final = frozenset(SignatureVersion)


@frozen
class EnvelopePolicy:
    """`topics` are the exact ARNs of the shop that is addressed; `sha1` whether signatures of version 1 count."""

    topics: frozenset[str]
    max_age: timedelta = timedelta(days=21)
    sha1: bool = True


@frozen
class Envelope:
    """`configured`: the topic is one of those that are allowed.

    `timestamp` is SNS's as it was written, which is what was signed, `published` the same as a moment.

    `token` and `subscribe_url` are set on confirmations only; they are part of what was signed and are used for nothing else.
    """

    type: MessageType
    message_id: str
    topic: str
    region: str
    configured: bool
    timestamp: str
    published: datetime
    version: SignatureVersion
    certificate_url: str
    message: str = field(repr=False)
    signature: bytes = field(repr=False)
    subject: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    subscribe_url: str | None = field(default=None, repr=False)


def read(body: bytes, headers: Mapping[str, str], *, now: datetime, rules: EnvelopePolicy) -> Envelope:
    """`headers` are looked up in lower case. Raises Refused; the caller has bounded the length of the body."""
    if headers.get("x-amz-sns-rawdelivery", "false").lower() != "false":
        raise Refused(RejectReason.RAW_DELIVERY, "raw delivery has no envelope and therefore no signature")
    posted = _posted(body)
    kind = _type(posted)
    topic = _topic(posted, rules)
    envelope = Envelope(
        type=kind,
        message_id=_formed(posted, "MessageId", _UUID, RejectReason.BAD_MESSAGE_ID),
        topic=topic,
        region=region_of(topic),
        configured=topic in rules.topics,
        timestamp=_formed(posted, "Timestamp", _TIMESTAMP, RejectReason.BAD_TIMESTAMP),
        published=_moment(_text(posted, "Timestamp")),
        version=_version(posted, rules),
        certificate_url=_text(posted, "SigningCertURL"),
        message=_text(posted, "Message"),
        signature=_signature(_text(posted, "Signature")),
        subject=_subject(posted),
        token=_of_confirmation(posted, kind, "Token"),
        subscribe_url=_of_confirmation(posted, kind, "SubscribeURL"),
    )
    check_address(envelope.certificate_url, envelope.region)
    _check_age(envelope.published, now, rules.max_age)
    return envelope


def check_topic(envelope: Envelope) -> None:
    """Raises Refused: the signature may be good, but the message came from a topic that is not configured for the shop."""
    if not envelope.configured:
        raise Refused(RejectReason.UNKNOWN_TOPIC, "TopicArn is none of those configured for this shop")


def _posted(body: bytes) -> Mapping[str, object]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(RejectReason.NOT_UTF8, "the body is not valid UTF-8") from None
    posted = read_object(text)
    if any(name.casefold() in _NAMES_FOLDED for name in posted.keys() - _NAMES):
        # Lambda's spelling (SigningCertUrl), or `message` beside `Message`: never sent over HTTP
        raise Refused(RejectReason.NOT_AN_ENVELOPE, "the spelling of a field differs from messages over HTTP")
    return posted


def _text(posted: Mapping[str, object], name: str) -> str:
    value = posted.get(name)
    if not isinstance(value, str):
        raise Refused(RejectReason.NOT_AN_ENVELOPE, f"{name} is missing or not a string")
    return value


def _formed(posted: Mapping[str, object], name: str, form: re.Pattern[str], ground: RejectReason) -> str:
    value = _text(posted, name)
    if form.fullmatch(value) is None:
        raise Refused(ground, f"{name} is malformed")
    return value


def _type(posted: Mapping[str, object]) -> MessageType:
    value = _text(posted, "Type")
    if value not in _TYPES:
        raise Refused(RejectReason.BAD_TYPE, "Type is not one that Amazon SNS sends")
    return MessageType(value)


def _topic(posted: Mapping[str, object], rules: EnvelopePolicy) -> str:
    """Of a form in which no other field can hide, and in a region whose certificates can be found."""
    value = _formed(posted, "TopicArn", _TOPIC, RejectReason.BAD_TOPIC)
    if not is_known_region(value) and value not in rules.topics:
        raise Refused(RejectReason.BAD_TOPIC, "TopicArn is in a region that this version does not know")
    return value


def _moment(timestamp: str) -> datetime:
    try:
        return datetime.fromisoformat(timestamp)
    except ValueError:
        raise Refused(RejectReason.BAD_TIMESTAMP, "Timestamp is not a valid time") from None


def _version(posted: Mapping[str, object], rules: EnvelopePolicy) -> SignatureVersion:
    value = _text(posted, "SignatureVersion")
    if value not in _VERSIONS:
        raise Refused(RejectReason.BAD_VERSION, "SignatureVersion is neither 1 nor 2")
    if value == SignatureVersion.SHA1 and not rules.sha1:
        raise Refused(RejectReason.SHA1_REFUSED, "SignatureVersion is 1, but `ipn.sha1` is `refuse`")
    return SignatureVersion(value)


def _signature(text: str) -> bytes:
    """Strict: the standard alphabet, no blank, and no second way to write the same bytes."""
    if _BASE64.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_BASE64, "Signature is not base64")
    try:
        signature = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise Refused(RejectReason.BAD_BASE64, "Signature is not base64") from None
    if binascii.b2a_base64(signature, newline=False).decode() != text:
        raise Refused(RejectReason.BAD_BASE64, "Signature is not canonical base64")
    return signature


def _subject(posted: Mapping[str, object]) -> str | None:
    value = posted.get("Subject")
    if value is None:
        return None
    if not isinstance(value, str) or not value or _CONTROL.search(value):
        raise Refused(RejectReason.BAD_SUBJECT, "Subject is empty, not a string, or contains control characters")
    return value


def _of_confirmation(posted: Mapping[str, object], kind: MessageType, name: str) -> str | None:
    if kind is MessageType.NOTIFICATION:
        return None
    return _formed(posted, name, _PRINTABLE, RejectReason.NOT_AN_ENVELOPE)


def _check_age(published: datetime, now: datetime, max_age: timedelta) -> None:
    if published < now - max_age:
        raise Refused(RejectReason.TOO_OLD, "published longer ago than `ipn.max_age_days`")
    if published > now + MAX_CLOCK_SKEW:
        # the clock that is wrong may be ours: it must not cost a payment
        raise Refused(RejectReason.CLOCK_BEHIND, "published in the future according to the clock of this host")
