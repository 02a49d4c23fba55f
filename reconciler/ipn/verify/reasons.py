"""The closed lists of words: why a message is refused, and how the work on one ended.

Each word is what logs, metrics, the quarantine and the operators' list say. Pure; a word is never made of what came from outside.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RejectReason(StrEnum):
    """Why a message is refused, with its HTTP status.

    4xx is final ("there will be no retries"), so it is only for errors of the message; what may be our own fault is 503.
    """

    status: int

    def __new__(cls, word: str, status: int) -> RejectReason:
        ground = str.__new__(cls, word)
        ground._value_ = word
        ground.status = status
        return ground

    RAW_DELIVERY = "raw-delivery", 400
    NOT_UTF8 = "not-utf8", 400
    NOT_JSON = "not-json", 400
    DUPLICATE_KEY = "duplicate-key", 400
    NOT_AN_ENVELOPE = "not-an-envelope", 400
    BAD_TYPE = "bad-type", 400
    BAD_TOPIC = "bad-topic", 400
    BAD_MESSAGE_ID = "bad-message-id", 400
    BAD_TIMESTAMP = "bad-timestamp", 400
    BAD_SUBJECT = "bad-subject", 400
    BAD_VERSION = "bad-signature-version", 400
    BAD_BASE64 = "bad-signature-text", 400
    BAD_ADDRESS = "bad-certificate-address", 400

    UNKNOWN_TOPIC = "unknown-topic", 403
    SHA1_REFUSED = "sha1-refused", 403
    WRONG_NAME = "certificate-wrong-name", 403
    WEAK_KEY = "certificate-weak-key", 403
    WRONG_USE = "certificate-wrong-use", 403
    SELF_SIGNED = "certificate-self-signed", 403
    NOT_VALID_THEN = "certificate-not-valid-then", 403
    BAD_SIGNATURE = "bad-signature", 403
    OTHER_SELLER = "other-seller", 403
    OTHER_ENVIRONMENT = "other-environment", 403
    CLASH = "clash", 403

    BAD_NOTICE = "bad-notice", 400
    BAD_XML = "bad-xml", 400
    BAD_ID = "bad-id", 400
    BAD_AMOUNT = "bad-amount", 400

    TOO_OLD = "too-old", 503
    """By our clock, which may be fast; Amazon stops after 14 days."""

    CLOCK_BEHIND = "published-ahead-of-our-clock", 503
    NOT_CONFIGURED = "not-configured", 503

    @property
    def permanent(self) -> bool:
        """Whether it will not be sent again."""
        return self.status < 500

    @property
    def kept(self) -> bool:
        """Whether a copy belongs into the quarantine: of what may never be sent again."""
        return self.permanent or self is RejectReason.TOO_OLD


class AckReason(StrEnum):
    """What a post comes to, beside the grounds of refusal."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SAMPLE = "sample"
    UNUSED = "unused"
    UNKNOWN_PATH = "unknown-path"
    READ_RECENTLY = "shops-read-recently"
    NO_DIRECTORY = "directory-unavailable"
    NO_INBOX = "inbox-unavailable"
    NO_KEY = "certificate-unavailable"
    FAULT = "fault"


class RejectionKind(StrEnum):
    """Why a request is answered before its message is read."""

    METHOD = "method"
    ENCODED = "content-encoding"
    TOO_LARGE = "too-large"
    SLOW_BODY = "slow-body"
    OVERLOADED = "overloaded"
    CLOSING = "closing"
    TOO_SLOW = "too-slow"
    CUT_OFF = "cut-off"


class ReadmissionProblem(StrEnum):
    """Why a copy cannot be verified again, beside the reasons of refusal."""

    INCOMPLETE = "copy-incomplete"
    NO_SUCH_COPY = "no-such-copy"
    NO_SUCH_SHOP = "no-such-shop"


class Refused(Exception):
    """A message is not accepted. `detail` names the part at fault and its place, never a value from outside."""

    def __init__(self, ground: RejectReason, detail: str = "") -> None:
        super().__init__(f"{ground.value}: {detail}" if detail else ground.value)
        self.ground: Final = ground
        self.detail: Final = detail

    @property
    def status(self) -> int:
        return self.ground.status


class CertificateProblem(StrEnum):
    """What the key ring adds to the words of KeyUnavailable: all of them are 503."""

    NOT_ONE_CERTIFICATE = "not-one-certificate"
    TOO_MANY = "too-many-fetches"
    WRONG_PINNED = "wrong-certificate-pinned"


class ProcessingOutcome(StrEnum):
    """How the work on a message ended, and why."""

    PAID = "paid"
    ALREADY_PAID = "already-paid"
    PARTIAL = "partial"
    OVER = "over"
    PENDING = "pending"
    CLOSED = "closed"
    CLOSED_UNPAID = "closed-but-not-paid"
    DO_NOT_SHIP = "do-not-ship"
    PAID_DO_NOT_SHIP = "paid-do-not-ship"
    DECLINED = "declined"
    DECLINED_AFTER_COMPLETED = "declined-after-completed"
    NO_ADDRESS = "declined-no-mail-address"
    NOT_CAPTURED = "not-captured"
    AUTHORIZATION = "authorization-recorded"
    LAPSING = "authorization-lapses-soon"
    LAPSED = "authorization-lapsed"
    REFUND_PENDING = "refund-pending"
    REFUNDED = "refunded"
    REFUND_DECLINED = "refund-declined"
    CHARGEBACK = "chargeback"
    CHARGEBACK_CLOSED = "chargeback-closed"
    REFERENCE = "reference-recorded"
    REFERENCE_SUSPENDED = "reference-suspended"
    REFERENCE_ENDED = "reference-ended"
    AGREEMENT = "agreement-recorded"
    AGREEMENT_SUSPENDED = "agreement-suspended"
    AGREEMENT_ENDED = "agreement-ended"
    NOT_USED = "not-used"
    UNKNOWN_KIND = "unknown-kind"
    OTHER_SHOP = "other-shop"

    UNKNOWN_ORDER = "unknown-order"
    SEVERAL_ORDERS = "several-orders"
    CANCELLED = "cancelled-order"
    OTHER_CURRENCY = "other-currency"
    CONTRADICTION = "contradicts-what-is-known"
    UNKNOWN_STATE = "unknown-state"
    UNKNOWN_CHARGE = "unknown-charge"
    UNKNOWN_OBJECT = "unknown-object"
    POISON = "poison"
    FAULT = "fault-of-ours"
    UNREACHABLE = "backend-unreachable"
    BACKEND_REFUSES = "backend-refuses"
    BY_HAND = "parked-by-hand"

    @property
    def needs_attention(self) -> bool:
        """Whether a person should check it at once, and not only after hours."""
        return self in _LOUD


_LOUD: Final = frozenset(
    {
        ProcessingOutcome.OVER,
        ProcessingOutcome.NO_ADDRESS,
        ProcessingOutcome.SEVERAL_ORDERS,
        ProcessingOutcome.CANCELLED,
        ProcessingOutcome.OTHER_CURRENCY,
        ProcessingOutcome.CONTRADICTION,
        ProcessingOutcome.UNKNOWN_STATE,
        ProcessingOutcome.POISON,
        ProcessingOutcome.FAULT,
    }
)
