"""What people read for the words that the sidecar stores: statuses, reasons, states of mails, sources of captures, objects.

In: a word of a closed list, which may be another version's. Out: cells. English texts show the word itself, which is what filters
take; Japanese texts say it in Japanese, and a reason with its word in brackets. The catalogue chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import NamedCell
from reconciler.ipn.verify.reasons import AckReason, ProcessingOutcome, ReadmissionProblem, RejectReason
from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.payments import CaptureState, ObjectKind, ObjectState, Said, Source

_STATUSES: Final[Mapping[str, Message]] = {
    MessageStatus.WAITING: msg("to be processed"),
    MessageStatus.PARKED: msg("on hold"),
    MessageStatus.DONE: msg("processed"),
    MessageStatus.SAMPLE: msg("test notification"),
    MessageStatus.UNUSED: msg("not used here"),
}
_MAILS: Final[Mapping[str, Message]] = {
    MailState.OWED: msg("to be sent"),
    MailState.SENDING: msg("being sent"),
    MailState.SENT: msg("sent"),
    MailState.FAILED: msg("sending failed"),
    MailState.HELD: msg("held back"),
    MailState.UNKNOWN: msg("may have been sent"),
    MailState.DISMISSED: msg("dismissed"),
}
_REASONS: Final[Mapping[str, Message]] = {
    ProcessingOutcome.PAID: msg("the order became paid"),
    ProcessingOutcome.ALREADY_PAID: msg("the order was already paid"),
    ProcessingOutcome.PARTIAL: msg("captured less than the order's total"),
    ProcessingOutcome.OVER: msg("captured more than the order's total"),
    ProcessingOutcome.PENDING: msg("the capture is pending"),
    ProcessingOutcome.CLOSED: msg("the capture is closed"),
    ProcessingOutcome.CLOSED_UNPAID: msg("the capture is closed, but the order is not paid"),
    ProcessingOutcome.DO_NOT_SHIP: msg("unusual activity: do not ship"),
    ProcessingOutcome.PAID_DO_NOT_SHIP: msg("the order became paid: do not ship"),
    ProcessingOutcome.DECLINED: msg("the payment failed"),
    ProcessingOutcome.DECLINED_AFTER_COMPLETED: msg("a failure arrived after the completion"),
    ProcessingOutcome.NO_ADDRESS: msg("the payment failed, and the shop has no address to notify"),
    ProcessingOutcome.NOT_CAPTURED: msg("nothing was captured"),
    ProcessingOutcome.AUTHORIZATION: msg("an authorization was recorded"),
    ProcessingOutcome.LAPSING: msg("the authorization lapses soon"),
    ProcessingOutcome.LAPSED: msg("the authorization lapsed"),
    ProcessingOutcome.REFUND_PENDING: msg("the refund is pending"),
    ProcessingOutcome.REFUNDED: msg("the refund is completed"),
    ProcessingOutcome.REFUND_DECLINED: msg("the refund failed"),
    ProcessingOutcome.CHARGEBACK: msg("a chargeback"),
    ProcessingOutcome.CHARGEBACK_CLOSED: msg("the chargeback was decided"),
    ProcessingOutcome.REFERENCE: msg("an order reference was recorded"),
    ProcessingOutcome.REFERENCE_SUSPENDED: msg("the payment of the order is suspended"),
    ProcessingOutcome.REFERENCE_ENDED: msg("the payment of the order ended"),
    ProcessingOutcome.AGREEMENT: msg("an agreement was recorded"),
    ProcessingOutcome.AGREEMENT_SUSPENDED: msg("the agreement is suspended"),
    ProcessingOutcome.AGREEMENT_ENDED: msg("the agreement ended"),
    ProcessingOutcome.UNKNOWN_KIND: msg("a kind that is not supported"),
    ProcessingOutcome.NOT_USED: msg("a kind that is not used"),
    ProcessingOutcome.OTHER_SHOP: msg("an order of another shop of the seller"),
    ProcessingOutcome.UNKNOWN_ORDER: msg("no matching order"),
    ProcessingOutcome.SEVERAL_ORDERS: msg("several matching orders"),
    ProcessingOutcome.CANCELLED: msg("the order is cancelled"),
    ProcessingOutcome.OTHER_CURRENCY: msg("another currency than the order's"),
    ProcessingOutcome.CONTRADICTION: msg("another amount than before"),
    ProcessingOutcome.UNKNOWN_STATE: msg("a state that is not supported"),
    ProcessingOutcome.UNKNOWN_CHARGE: msg("a charge that is not supported"),
    ProcessingOutcome.UNKNOWN_OBJECT: msg("an object that Amazon does not know"),
    ProcessingOutcome.POISON: msg("content that cannot be understood"),
    ProcessingOutcome.FAULT: msg("an internal error of the sidecar"),
    ProcessingOutcome.UNREACHABLE: msg("the backend did not answer"),
    ProcessingOutcome.BACKEND_REFUSES: msg("the backend refused"),
    ProcessingOutcome.BY_HAND: msg("parked by an operator"),
}
_REFUSALS: Final[Mapping[str, Message]] = {
    RejectReason.RAW_DELIVERY: msg("raw message delivery"),
    RejectReason.NOT_UTF8: msg("not UTF-8"),
    RejectReason.NOT_JSON: msg("not JSON"),
    RejectReason.DUPLICATE_KEY: msg("a duplicate key"),
    RejectReason.NOT_AN_ENVELOPE: msg("not a message of Amazon SNS"),
    RejectReason.BAD_TYPE: msg("an unknown Type"),
    RejectReason.BAD_TOPIC: msg("an invalid TopicArn"),
    RejectReason.BAD_MESSAGE_ID: msg("an invalid MessageId"),
    RejectReason.BAD_TIMESTAMP: msg("an invalid Timestamp"),
    RejectReason.BAD_SUBJECT: msg("an invalid Subject"),
    RejectReason.BAD_VERSION: msg("an unknown SignatureVersion"),
    RejectReason.BAD_BASE64: msg("a signature that is not Base64"),
    RejectReason.BAD_ADDRESS: msg("an invalid certificate URL"),
    RejectReason.UNKNOWN_TOPIC: msg("a topic that is not configured"),
    RejectReason.SHA1_REFUSED: msg("a SHA-1 signature, which the settings refuse"),
    RejectReason.WRONG_NAME: msg("a certificate of another name"),
    RejectReason.WEAK_KEY: msg("a certificate with a weak key"),
    RejectReason.WRONG_USE: msg("a certificate for another use"),
    RejectReason.SELF_SIGNED: msg("a self-signed certificate"),
    RejectReason.NOT_VALID_THEN: msg("a certificate that was not valid then"),
    RejectReason.BAD_SIGNATURE: msg("a signature that does not match"),
    RejectReason.OTHER_SELLER: msg("for another seller"),
    RejectReason.OTHER_ENVIRONMENT: msg("of another environment"),
    RejectReason.CLASH: msg("a known MessageId with other content"),
    RejectReason.BAD_NOTICE: msg("an invalid notification"),
    RejectReason.BAD_XML: msg("invalid XML"),
    RejectReason.BAD_ID: msg("an invalid id"),
    RejectReason.BAD_AMOUNT: msg("an invalid amount"),
    RejectReason.TOO_OLD: msg("too old"),
    RejectReason.CLOCK_BEHIND: msg("published in the future"),
    RejectReason.NOT_CONFIGURED: msg("the shop is not configured"),
}
_READMISSIONS: Final[Mapping[str, Message]] = {
    AckReason.STORED: msg("stored as a notification"),
    AckReason.DUPLICATE: msg("was received before"),
    AckReason.SAMPLE: msg("test notification"),
    AckReason.UNUSED: msg("not used here"),
    AckReason.NO_KEY: msg("the certificate is not available"),
    AckReason.NO_DIRECTORY: msg("the shops cannot be read"),
    AckReason.READ_RECENTLY: msg("the shops are not read again yet"),
    ReadmissionProblem.INCOMPLETE: msg("too large: the copy is not complete"),
    ReadmissionProblem.NO_SUCH_COPY: msg("there is no such copy"),
    ReadmissionProblem.NO_SUCH_SHOP: msg("the shop no longer exists"),
}
_OBJECTS: Final[Mapping[str, Message]] = {
    ObjectKind.CAPTURE: msg("capture"),
    ObjectKind.AUTHORIZATION: msg("authorization"),
    ObjectKind.REFUND: msg("refund"),
    ObjectKind.CHARGEBACK: msg("chargeback"),
    ObjectKind.REFERENCE: msg("order reference"),
    ObjectKind.AGREEMENT: msg("billing agreement"),
}
_SOURCES: Final[Mapping[str, Message]] = {
    Source.NOTICE: msg("from a notification"),
    Source.POLL: msg("from polling"),
}


def status_cell(status: str) -> NamedCell:
    return NamedCell(str(status), _typed(status, _STATUSES))


def mail_cell(state: str) -> NamedCell:
    return NamedCell(str(state), _typed(state, _MAILS))


def reason_cell(reason: str | None) -> NamedCell | None:
    """Of the work on a notification."""
    return None if reason is None else NamedCell(str(reason), _with_code(reason, _REASONS))


def refusal_cell(reason: str) -> NamedCell:
    return NamedCell(str(reason), _with_code(reason, _REFUSALS))


def readmission_cell(outcome: str) -> NamedCell:
    """Of a copy that was verified again: what it became, or why it is still refused."""
    return NamedCell(str(outcome), _with_code(outcome, {**_REFUSALS, **_READMISSIONS}))


def captures_cell(facts: tuple[CaptureState, ...]) -> NamedCell | None:
    """What is known of each capture, in one line."""
    if not facts:
        return None
    text = _joined([_capture(fact) for fact in facts])
    return NamedCell(str(text), text)


def objects_cell(objects: Sequence[ObjectState]) -> NamedCell | None:
    """What is known of each object at Amazon, in one line."""
    if not objects:
        return None
    text = _joined([_object(known) for known in objects])
    return NamedCell(str(text), text)


def amount_text(said: Said) -> str | None:
    """`1000 JPY`."""
    return None if said.amount is None else f"{format(said.amount, 'f')} {said.currency}"


def _joined(texts: Sequence[Message]) -> Message:
    first, *others = texts
    text = first
    for other in others:
        text = msg("{left}; {right}", left=text, right=other)
    return text


def _object(known: ObjectState) -> Message:
    what = known.what
    words = " ".join(part for part in (what.state, what.reason, amount_text(known.said)) if part is not None)
    return msg(
        "{object} {kind} {words} ({source})",
        object=what.id,
        kind=_typed(what.kind, _OBJECTS),
        words=words,
        source=_typed(known.source, _SOURCES),
    )


def _capture(fact: CaptureState) -> Message:
    once = fact.completed and fact.state != "Completed"
    state = msg("{state}, once Completed", state=fact.state) if once else msg("{value}", value=fact.state)
    return msg(
        "{capture} {state} {amount} {currency} ({source})",
        capture=fact.capture,
        state=state,
        amount=format(fact.amount, "f"),
        currency=fact.currency,
        source=_typed(fact.source, _SOURCES),
    )


def _typed(word: str, words: Mapping[str, Message]) -> Message:
    found = words.get(word)
    return msg("{value}", value=str(word)) if found is None else msg("{typed}", typed=str(word), word=found)


def _with_code(word: str, words: Mapping[str, Message]) -> Message:
    found = words.get(word)
    return msg("{value}", value=str(word)) if found is None else msg("{code}", code=str(word), word=found)
