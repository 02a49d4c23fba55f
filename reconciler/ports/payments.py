"""Orders at the backend, as far as payment goes: find the order of a payment, mark it 入金済み.

Payments as Amazon knows them now: what a notification without a state is completed with, and what polling compares with; and
the newest state of each that is known.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class Order:
    """`paid` is paymentStatus RECEIVED (入金済み), an axis apart from `status` (CANCELLED: 注文取消).

    `reference` is Amazon's order reference id, for 定期 the charge permission of all its orders or the order reference of its own
    charge; None for an order of another payment method. `version` is what If-Match names.
    """

    shop: ShopKey
    number: str
    reference: str | None
    status: str
    paid: bool
    total: Decimal
    currency: str
    version: str

    @property
    def cancelled(self) -> bool:
        return self.status == "CANCELLED"


class Orders(Protocol):
    """All methods raise BackendError."""

    async def find(self, shop: ShopKey, reference: str) -> Sequence[Order]:
        """The orders that carry this Amazon order reference: none, one, or several, which is right only for 定期."""
        ...

    def awaiting_payment(self, shop: ShopKey) -> AsyncIterator[Order]:
        """Those of Amazon Pay that are 未入金, by number."""
        ...

    async def mark_paid(self, order: Order, received: datetime, key: str) -> bool:
        """Compare-and-set from the version that was read. `received` is an aware time, `key` makes a repetition harmless.

        False where it was 入金済み already. Raises Conflict where the order moved, Rejected where it is cancelled.
        """
        ...


def own_reference(object_id: str) -> str:
    """The order reference that the id of a capture, charge, refund or dispute starts with: its first three groups."""
    return "-".join(object_id.split("-")[:3])


@frozen
class Charge:
    """`state` is Amazon's newer word: AuthorizationInitiated, Authorized, CaptureInitiated, Captured (also Completed), Canceled,
    Declined. `amount` is what was captured, None before; `requested` what is or was to be, in the same `currency`.

    `permission` is the charge permission. For 定期 it is another one than the order reference of the charge, and the merchant's
    own number of the order (`order`) may be known. `expires` is when an authorization lapses.
    """

    id: str
    permission: str
    state: str
    reason: str | None
    amount: Decimal | None
    currency: str | None
    updated: datetime
    requested: Decimal | None = None
    expires: datetime | None = None
    order: str | None = None

    @property
    def reference(self) -> str:
        return own_reference(self.id)

    @property
    def recurring(self) -> bool:
        return self.permission != self.reference


class ObjectKind(StrEnum):
    """What Amazon notifies of, in one word for the older and the newer API."""

    CAPTURE = "capture"
    AUTHORIZATION = "authorization"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    REFERENCE = "order-reference"
    AGREEMENT = "agreement"


@frozen
class PaymentObject:
    """An object at Amazon and its state, in Amazon's words of either API.

    `reference` is its order reference (of a chargeback: the one that is disputed; of an agreement: itself), `permission` the
    charge permission where it is known, `charge` the charge of a refund or dispute where it is. `deadline` is when an
    authorization lapses, or a chargeback must be answered.
    """

    kind: ObjectKind
    id: str
    reference: str
    state: str
    updated: datetime
    reason: str | None = None
    permission: str | None = None
    charge: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    deadline: datetime | None = None


@frozen
class Said:
    """What a message said, or the object that it named: Amazon's state and reason code, and the amount."""

    state: str
    code: str | None
    amount: Decimal | None
    currency: str | None


class Source(StrEnum):
    """How a state of a capture came to be known."""

    NOTICE = "notice"
    POLL = "poll"


@frozen
class CaptureState:
    """The newest that is known of one capture (a charge, in Amazon's newer words). `reference` is its own order reference,
    `permission` the charge permission where it is known, `order` the number of the order that it was found to belong to.

    `state` is Amazon's: Pending, Completed, Declined, Closed. `updated` is Amazon's LastUpdateTimestamp of that state. `amount`
    is in the buyer's `currency`. `completed` remembers that it was once seen Completed.
    """

    shop: ShopKey
    capture: str
    reference: str
    state: str
    updated: datetime
    amount: Decimal
    currency: str
    completed: bool
    source: Source
    permission: str | None = None
    order: str | None = None

    def after(self, known: CaptureState | None) -> CaptureState:
        """Both combined: the newer by Amazon's time, on a tie the later state. The order of the two does not matter."""
        if known is None:
            return self
        newer = max(known, self, key=lambda fact: (fact.updated, _RANK.get(fact.state, 0), fact.state, fact.amount))
        return replace(
            newer,
            completed=known.completed or self.completed,
            permission=newer.permission or known.permission or self.permission,
            order=newer.order or known.order or self.order,
        )


_RANK: Final = {"Pending": 0, "Completed": 1, "Declined": 1, "Closed": 2}
"""States of a capture in the order in which they can follow each other."""

_UNDECIDED: Final = frozenset(
    {"Draft", "Pending", "RefundInitiated", "AuthorizationInitiated", "ActionRequired", "RECEIVED"}
)
_ONGOING: Final = frozenset({"Open", "Authorized", "Chargeable", "UnderReview"})


def _rank(state: str) -> int:
    """Of an object: later states have a higher one. Amazon's times have seconds, so two states may have the same."""
    return 0 if state in _UNDECIDED else 1 if state in _ONGOING else 2


@frozen
class ObjectState:
    """The newest that is known of one object at Amazon of any kind. `order` is the order that it belongs to."""

    shop: ShopKey
    what: PaymentObject
    order: str | None
    source: Source

    def after(self, known: ObjectState | None) -> ObjectState:
        """The newer of the two by Amazon's time, on a tie the later state. The order of the two does not matter."""
        if known is None:
            return self
        newer = max(
            known, self, key=lambda each: (each.what.updated, _rank(each.what.state), each.what.kind, each.what.state)
        )
        return replace(newer, order=newer.order or known.order or self.order)

    @property
    def said(self) -> Said:
        what = self.what
        return Said(state=what.state, code=what.reason, amount=what.amount, currency=what.currency)


class Payments(Protocol):
    """All methods raise BackendError: Unreachable or Throttled to try later, Unexpected for an answer that makes no sense."""

    async def charge(self, shop: ShopKey, charge: str) -> Charge | None:
        """None where Amazon knows no such charge."""
        ...

    async def charges(self, shop: ShopKey, reference: str) -> Sequence[Charge]:
        """All charges of a charge permission or of an order reference, oldest first."""
        ...

    async def refund(self, shop: ShopKey, refund: str) -> PaymentObject | None: ...

    async def dispute(self, shop: ShopKey, dispute: str) -> PaymentObject | None: ...

    async def permission(self, shop: ShopKey, permission: str) -> PaymentObject | None:
        """REFERENCE for a single order, AGREEMENT for 定期."""
        ...
