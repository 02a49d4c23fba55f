"""An event of the embedded backend as the message that Amazon would send of it.

In: a notice in words of Amazon's newer API. Out: the object to write a message of. An order reference has messages of the older
API, an agreement, which 定期 has, those of V2. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from reconciler.embedded.resources.seller_notices import AmazonEvent, AmazonEventKind, SellerNotice
from reconciler.ipn.simulate import SimulatedObject
from reconciler.ports.payments import ObjectKind

CHARGEBACK_ACCOUNT: Final = "598607868003"
"""Amazon publishes chargebacks from another account."""

_KINDS: Final[Mapping[AmazonEventKind, ObjectKind]] = {
    "AUTHORIZATION": ObjectKind.AUTHORIZATION,
    "CAPTURE": ObjectKind.CAPTURE,
    "REFUND": ObjectKind.REFUND,
    "CHARGEBACK": ObjectKind.CHARGEBACK,
    "PERMISSION": ObjectKind.REFERENCE,
}
_OLDER_STATES: Final[Mapping[str, str]] = {
    "AuthorizationInitiated": "Pending",
    "Authorized": "Open",
    "CaptureInitiated": "Pending",
    "Captured": "Completed",
    "Canceled": "Closed",
    "RefundInitiated": "Pending",
    "Refunded": "Completed",
    "ActionRequired": "RECEIVED",
    "Chargeable": "Open",
    "NonChargeable": "Suspended",
}
"""A state that is not here has the same word in both."""
_OLDER_REASONS: Final[Mapping[str, str]] = {
    "SoftDeclined": "InvalidPaymentMethod",
    "HardDeclined": "AmazonRejected",
    "SellerCanceled": "SellerClosed",
    "MerchantCanceled": "SellerClosed",
    "MerchantClosed": "SellerClosed",
    "AmazonCanceled": "AmazonClosed",
}


def simulated_object(notice: SellerNotice, now: datetime) -> SimulatedObject:
    event = notice.event
    if event is None:
        return _sample(notice, now)
    newer = event.permission.startswith(("B", "C"))
    return SimulatedObject(
        kind=_KINDS[event.kind],
        seller=notice.seller_id,
        id=event.id if newer else _older_id(event),
        amount=None if event.amount is None else Decimal(event.amount),
        currency=event.currency or "",
        state=_OLDER_STATES.get(event.state, event.state),
        reason=None if event.reason is None else _OLDER_REASONS.get(event.reason, event.reason),
        live=notice.environment == "PRODUCTION",
        newer=newer,
        at=event.at,
        permission=event.permission,
    )


def topic_for(notice: SellerNotice, patterns: tuple[str, ...]) -> str:
    """The ARN that Amazon would publish it on; the first one where none is of the right account. `patterns`: at least one."""
    chargeback = notice.event is not None and notice.event.kind == "CHARGEBACK"
    found = next((each for each in patterns if (f":{CHARGEBACK_ACCOUNT}:" in each) is chargeback), patterns[0])
    return found.replace("{seller_id}", notice.seller_id)


def _older_id(event: AmazonEvent) -> str:
    """A charge is one object of the newer API, an authorization and a capture of the older one."""
    if event.kind != "AUTHORIZATION":
        return event.id
    reference, _, number = event.id.rpartition("-C")
    return f"{reference}-A{number}"


def _sample(notice: SellerNotice, now: datetime) -> SimulatedObject:
    """As the test notifications of Seller Central: a capture of no order."""
    return SimulatedObject(
        kind=ObjectKind.CAPTURE,
        seller=notice.seller_id,
        id="P01-0000000-0000000-000000",
        amount=Decimal(0),
        currency="JPY",
        state="Completed",
        reason="None",
        live=notice.environment == "PRODUCTION",
        newer=False,
        at=now,
        sample=True,
    )
