"""Notifications and charges as objects at Amazon: what is stored of each, and under which references it is known. Pure."""

from __future__ import annotations

from typing import Final

from reconciler.ipn.process import capture_state
from reconciler.ipn.verify.notification import (
    CaptureNotification,
    Notification,
    ObjectNotification,
    StatedNotification,
)
from reconciler.ports.payments import Charge, ObjectKind, PaymentObject

Event = Notification | Charge | PaymentObject

_BEFORE_CAPTURE: Final = capture_state.NOT_CAPTURED


def object_of(event: Event) -> PaymentObject | None:
    """None for what says no state: the object is not known at Amazon, or there is none."""
    match event:
        case PaymentObject():
            return event
        case Charge():
            return _of_charge(event)
        case CaptureNotification():
            return _of_notification(ObjectKind.CAPTURE, event)
        case StatedNotification():
            return _of_notification(event.object_kind, event)
        case _:
            return None


def references_of(event: Event) -> tuple[str, ...]:
    """The order references and permissions that its order may carry, its own order reference first."""
    if not isinstance(event, PaymentObject | Charge | ObjectNotification):
        return ()
    return tuple(dict.fromkeys(each for each in (event.reference, event.permission) if each is not None))


def is_recurring(event: Event) -> bool:
    """Whether several orders may share the permission: those of 定期."""
    return len(references_of(event)) > 1


def _of_charge(charge: Charge) -> PaymentObject:
    before = charge.state in _BEFORE_CAPTURE
    return PaymentObject(
        kind=ObjectKind.AUTHORIZATION if before else ObjectKind.CAPTURE,
        id=charge.id,
        reference=charge.reference,
        permission=charge.permission,
        state=charge.state,
        reason=charge.reason,
        updated=charge.updated,
        amount=charge.requested if charge.amount is None else charge.amount,
        currency=charge.currency,
        deadline=charge.expires if before else None,
    )


def _of_notification(kind: ObjectKind, notice: CaptureNotification | StatedNotification) -> PaymentObject:
    return PaymentObject(
        kind=kind,
        id=notice.id,
        reference=notice.reference,
        state=notice.state,
        reason=notice.reason,
        updated=notice.updated,
        amount=notice.amount,
        currency=notice.currency,
        deadline=notice.deadline if isinstance(notice, StatedNotification) else None,
    )
