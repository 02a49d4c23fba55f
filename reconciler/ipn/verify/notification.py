"""The message inside the envelope: what Amazon Pay says happened, to which object.

In: the text of Message, verified already. Out: a Notice. Version 2013-01-01 (a JSON object around an XML document) is
distinguished from V2 by NotificationVersion. Of samples and unused kinds only the heading is read, so nothing else can fail.
What a Notice holds has its form and may be logged; notes, addresses and names of the buyer are not read at all. Pure; what was
read is kept for a while, because the worker reads a message a moment after it was received.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from reconciler.ipn.verify import ids
from reconciler.ipn.verify import notification_xml as xml
from reconciler.ipn.verify.json_object import read_object
from reconciler.ipn.verify.notice_types import (
    AgreementNotification,
    AmazonEnvironment,
    AuthorizationNotification,
    CaptureNotification,
    ChargebackNotification,
    Notification,
    NotificationHeader,
    ObjectNotification,
    OrderReferenceNotification,
    OtherNotification,
    RefundNotification,
    StatedNotification,
)
from reconciler.ipn.verify.notification_xml import ObjectDetails, XmlPaths
from reconciler.ipn.verify.reasons import Refused, RejectReason

__all__ = [
    "CHARGEBACK",
    "AgreementNotification",
    "AmazonEnvironment",
    "AuthorizationNotification",
    "CaptureNotification",
    "ChargebackNotification",
    "Notification",
    "NotificationHeader",
    "ObjectNotification",
    "OrderReferenceNotification",
    "OtherNotification",
    "RefundNotification",
    "StatedNotification",
    "read",
    "read_header",
]

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ -]{0,63}")
CHARGEBACK: Final = "Chargeback Detailed Notification"
_KINDS: Final[Mapping[str, tuple[XmlPaths, type[StatedNotification]]]] = {
    "PaymentAuthorize": (xml.AUTHORIZATION, AuthorizationNotification),
    "PaymentRefund": (xml.REFUND, RefundNotification),
    "OrderReferenceNotification": (xml.ORDER_REFERENCE, OrderReferenceNotification),
    "BillingAgreementNotification": (xml.AGREEMENT, AgreementNotification),
    CHARGEBACK: (xml.CHARGEBACK, ChargebackNotification),
}
_LETTERS: Final = {"CHARGE": ids.CAPTURE, "REFUND": ids.REFUND}
_OF_NO_ORDER: Final = frozenset({"ProviderCredit", "ProviderCreditReversal", "SolutionProviderEvent"})
"""About a solution provider's share or account."""

_RECENT: Final = 2048
"""Notifications of 4 KB that wait for the worker, at most 8 MB of them."""


def read_header(message: str) -> NotificationHeader:
    """Raises Refused: then it is no message of Amazon Pay."""
    return _opened(message)[0]


@lru_cache(maxsize=_RECENT)
def read(message: str) -> Notification:
    """Raises Refused. A message whose heading could be read but not the rest is poison: stored for a person, with an alarm."""
    head, said = _opened(message)
    if head.sample:
        return _other(head)
    if _is_v2(said):
        return _object(head, said)
    if head.kind == "PaymentCapture":
        return _capture(head, xml.read(_word(said, "NotificationData"), xml.CAPTURE))
    if head.kind not in _KINDS:
        return _other(head, known=head.kind in _OF_NO_ORDER)
    paths, made = _KINDS[head.kind]
    return _stated(head, made, xml.read(_word(said, "NotificationData"), paths))


@lru_cache(maxsize=1)
def _opened(message: str) -> tuple[NotificationHeader, Mapping[str, object]]:
    """Header and JSON object: both are read one after the other. Raises Refused."""
    said = _parse(message)
    return _heading(said), said


def _parse(message: str) -> Mapping[str, object]:
    try:
        said = read_object(message)
    except Refused as refused:
        raise Refused(RejectReason.BAD_NOTICE, f"Message: {refused.detail}") from None
    return _capitalised(said) if _is_v2(said) else said


def _is_v2(said: Mapping[str, object]) -> bool:
    return "NotificationVersion" in said or "notificationVersion" in said


def _capitalised(said: Mapping[str, object]) -> Mapping[str, object]:
    """An older page of Amazon's writes V2's keys with a small letter first."""
    capitalised = {name[:1].upper() + name[1:]: value for name, value in said.items()}
    if len(capitalised) != len(said):
        raise Refused(RejectReason.BAD_NOTICE, "Message: a key occurs twice")
    return capitalised


def _heading(said: Mapping[str, object]) -> NotificationHeader:
    if _is_v2(said):
        _exactly(said, "NotificationVersion", "V2")
        return NotificationHeader(
            kind=_form(said, "ObjectType"), seller=_form(said, "MerchantID"), environment=None, sample=_sample(said)
        )
    _exactly(said, "Version", "2013-01-01")
    return NotificationHeader(
        kind=_form(said, "NotificationType"),
        seller=_form(said, "SellerId"),
        environment=_environment(said),
        sample=_sample(said),
    )


def _exactly(said: Mapping[str, object], name: str, value: str) -> None:
    if _word(said, name) != value:
        raise Refused(RejectReason.BAD_NOTICE, f"{name} is not {value}")


def _word(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise Refused(RejectReason.BAD_NOTICE, f"{name} is missing or not a string")
    return value


def _form(said: Mapping[str, object], name: str) -> str:
    value = _word(said, name)
    if _WORD.fullmatch(value) is None:
        raise Refused(RejectReason.BAD_NOTICE, f"{name} is malformed")
    return value


def _sample(said: Mapping[str, object]) -> bool:
    sample = said.get("IsSample", False)
    if not isinstance(sample, bool):
        raise Refused(RejectReason.BAD_NOTICE, "IsSample is neither true nor false")
    return sample


def _environment(said: Mapping[str, object]) -> AmazonEnvironment:
    try:
        return AmazonEnvironment(_word(said, "ReleaseEnvironment"))
    except ValueError:
        raise Refused(RejectReason.BAD_NOTICE, "ReleaseEnvironment is neither Sandbox nor Live") from None


def _other(head: NotificationHeader, *, known: bool = True, named: str | None = None) -> OtherNotification:
    return OtherNotification(
        kind=head.kind,
        seller=head.seller,
        environment=head.environment,
        sample=head.sample,
        known=known,
        named=named,
    )


def _object(head: NotificationHeader, said: Mapping[str, object]) -> ObjectNotification | OtherNotification:
    """Of V2. The payment side says which permission it belongs to: the message's word only orders the work."""
    named = _word(said, "ObjectId")
    match head.kind:
        case "CHARGE" | "REFUND":
            object_id = ids.read_id(named, _LETTERS[head.kind])
        case "CHARGE_PERMISSION":
            object_id = ids.read_reference(named)
        case "CHARGEBACK":
            object_id = ids.read_word(named)
        case _:
            return _other(head, known=False, named=ids.read_word(named))
    return ObjectNotification(
        kind=head.kind,
        seller=head.seller,
        environment=head.environment,
        sample=head.sample,
        id=object_id,
        permission=_permission(said),
    )


def _permission(said: Mapping[str, object]) -> str | None:
    try:
        return ids.read_reference(_word(said, "ChargePermissionId"))
    except Refused:
        return None


def _capture(head: NotificationHeader, details: ObjectDetails) -> CaptureNotification:
    if details.amount is None or details.currency is None:
        raise Refused(RejectReason.BAD_XML, "CaptureAmount is missing")
    return CaptureNotification(
        kind=head.kind,
        seller=head.seller,
        environment=head.environment,
        sample=head.sample,
        id=details.id,
        state=details.state,
        updated=details.updated,
        reason=details.reason,
        amount=details.amount,
        currency=details.currency,
    )


def _stated(head: NotificationHeader, made: type[StatedNotification], details: ObjectDetails) -> StatedNotification:
    return made(
        kind=head.kind,
        seller=head.seller,
        environment=head.environment,
        sample=head.sample,
        id=details.id,
        state=details.state,
        updated=details.updated,
        reason=details.reason,
        amount=details.amount,
        currency=details.currency,
        deadline=details.deadline,
        of=details.of,
    )
