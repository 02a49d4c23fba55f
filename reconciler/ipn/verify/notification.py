"""The message inside the envelope: what Amazon Pay says happened, to which object.

In: the text of Message, verified already. Out: a Notice. Version 2013-01-01 (a JSON object around an XML document) is
distinguished from V2 by NotificationVersion. Of samples and unused kinds only the heading is read, so nothing else can fail.
What a Notice holds has its form and may be logged; notes, addresses and names of the buyer are not read at all. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from reconciler.ipn.verify import ids
from reconciler.ipn.verify.json_object import read_object
from reconciler.ipn.verify.notification_xml import AUTHORIZATION, CAPTURE, REFUND, ObjectDetails, XmlPaths
from reconciler.ipn.verify.notification_xml import read as read_details
from reconciler.ipn.verify.reasons import Refused, RejectReason

_WORD: Final = r"[A-Za-z0-9][A-Za-z0-9_ -]{0,63}"
_KINDS: Final[Mapping[str, XmlPaths]] = {
    "PaymentCapture": CAPTURE,
    "PaymentAuthorize": AUTHORIZATION,
    "PaymentRefund": REFUND,
}


class AmazonEnvironment(StrEnum):
    """At Amazon, as it writes it."""

    SANDBOX = "Sandbox"
    LIVE = "Live"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationHeader:
    """The heading of every notification. `kind` is NotificationType, for V2 ObjectType; `environment` None: V2 does not say."""

    kind: str
    seller: str
    environment: AmazonEnvironment | None
    sample: bool

    @property
    def object_id(self) -> str | None:
        return None

    @property
    def order_key(self) -> str | None:
        """The order reference, where there is one: notices of one lane are worked on one after another."""
        return None if self.object_id is None else ids.reference_of(self.object_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfObject(NotificationHeader):
    id: str

    @property
    def object_id(self) -> str:
        return self.id

    @property
    def reference(self) -> str:
        return ids.reference_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithState(_OfObject):
    """`amount` is in the buyer's currency; `updated` Amazon's LastUpdateTimestamp of the state; `reason` a code such as
    `AmazonRejected`.
    """

    state: str
    updated: datetime
    reason: str | None
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureNotification(_WithState):
    """PaymentCapture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationNotification(_WithState):
    """PaymentAuthorize."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNotification(_WithState):
    """PaymentRefund."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeNotification(_OfObject):
    """V2: a charge changed. It holds no state: Payments is asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNotification(NotificationHeader):
    """A sample, or a kind that nothing follows from."""


Notification = (
    CaptureNotification | AuthorizationNotification | RefundNotification | ChargeNotification | OtherNotification
)


def read_header(message: str) -> NotificationHeader:
    """Raises Refused: then it is no message of Amazon Pay."""
    return _heading(_said(message))


def read(message: str) -> Notification:
    """Raises Refused. A message whose heading could be read but not the rest is poison: stored for a person, with an alarm."""
    said = _said(message)
    head = _heading(said)
    if head.sample:
        return _other(head)
    if _is_v2(said):
        return _charge(head, said) if head.kind == "CHARGE" else _other(head)
    paths = _KINDS.get(head.kind)
    return _other(head) if paths is None else _with_state(head, read_details(_word(said, "NotificationData"), paths))


def _said(message: str) -> Mapping[str, object]:
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
    if re.fullmatch(_WORD, value) is None:
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


def _other(head: NotificationHeader) -> OtherNotification:
    return OtherNotification(kind=head.kind, seller=head.seller, environment=head.environment, sample=head.sample)


def _charge(head: NotificationHeader, said: Mapping[str, object]) -> ChargeNotification:
    charge = ids.read_id(_word(said, "ObjectId"), ids.CAPTURE)
    _exactly(said, "ChargePermissionId", ids.reference_of(charge))
    return ChargeNotification(
        kind=head.kind, seller=head.seller, environment=head.environment, sample=head.sample, id=charge
    )


def _with_state(
    head: NotificationHeader, details: ObjectDetails
) -> CaptureNotification | AuthorizationNotification | RefundNotification:
    return _CLASSES[head.kind](
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


_CLASSES: Final[Mapping[str, type[CaptureNotification | AuthorizationNotification | RefundNotification]]] = {
    "PaymentCapture": CaptureNotification,
    "PaymentAuthorize": AuthorizationNotification,
    "PaymentRefund": RefundNotification,
}
