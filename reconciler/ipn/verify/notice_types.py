"""What a notification is read as: a heading, and what it says of one object.

Everything here has its form and may be logged; notes, addresses and names of the buyer are not read at all. Pure.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from reconciler.lib.frozen_class import frozen
from reconciler.ports.payments import ObjectKind, own_reference


class AmazonEnvironment(StrEnum):
    """At Amazon, as it writes it."""

    SANDBOX = "Sandbox"
    LIVE = "Live"


@frozen
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
    def amazon_ids(self) -> tuple[str, ...]:
        """All of Amazon's ids in it, whose letters say the environment."""
        return ()

    @property
    def order_key(self) -> str | None:
        """The order reference or permission, where there is one: notifications of one key are processed one after another."""
        return None


@frozen
class ObjectNotification(NotificationHeader):
    """About an object. V2: it holds nothing more; the object is read from the payment side. `permission` orders the work
    only.
    """

    id: str
    permission: str | None = None

    @property
    def object_id(self) -> str:
        return self.id

    @property
    def amazon_ids(self) -> tuple[str, ...]:
        return (self.id,) if self.permission is None else (self.id, self.permission)

    @property
    def reference(self) -> str:
        return own_reference(self.id)

    @property
    def order_key(self) -> str | None:
        return self.permission or self.reference


@frozen
class CaptureNotification(ObjectNotification):
    """PaymentCapture. `amount` is in the buyer's currency; `updated` Amazon's LastUpdateTimestamp of the state; `reason` a code
    such as `AmazonRejected`.
    """

    state: str
    updated: datetime
    reason: str | None
    amount: Decimal
    currency: str


@frozen
class StatedNotification(ObjectNotification):
    """About another object, with its state. `of` is the order reference of an object whose id does not name it."""

    object_kind: ClassVar[ObjectKind]

    state: str
    updated: datetime
    reason: str | None
    amount: Decimal | None = None
    currency: str | None = None
    deadline: datetime | None = None
    of: str | None = None

    @property
    def amazon_ids(self) -> tuple[str, ...]:
        return (self.id,) if self.of is None else (self.id, self.of)

    @property
    def reference(self) -> str:
        return self.of or own_reference(self.id)

    @property
    def order_key(self) -> str | None:
        return self.reference


class AuthorizationNotification(StatedNotification):
    """PaymentAuthorize."""

    object_kind = ObjectKind.AUTHORIZATION


class RefundNotification(StatedNotification):
    """PaymentRefund."""

    object_kind = ObjectKind.REFUND


class ChargebackNotification(StatedNotification):
    """Chargeback Detailed Notification."""

    object_kind = ObjectKind.CHARGEBACK


class OrderReferenceNotification(StatedNotification):
    """OrderReferenceNotification."""

    object_kind = ObjectKind.REFERENCE


class AgreementNotification(StatedNotification):
    """BillingAgreementNotification."""

    object_kind = ObjectKind.AGREEMENT


@frozen
class OtherNotification(NotificationHeader):
    """A sample, or a kind that concerns no order. `known` False: a kind that this version does not know."""

    known: bool = True
    named: str | None = None

    @property
    def object_id(self) -> str | None:
        return self.named


Notification = CaptureNotification | StatedNotification | ObjectNotification | OtherNotification
