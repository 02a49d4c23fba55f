"""Orders at the backend, as far as payment goes: find the order of a payment, mark it 入金済み.

Payments as Amazon knows them now: what a notification without a state is completed with, and what polling compares with.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`paid` is paymentStatus RECEIVED (入金済み), an axis apart from `status` (CANCELLED: 注文取消).

    `reference` is Amazon's order reference id, None for an order of another payment method. `version` is what If-Match names.
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
        """The orders that carry this Amazon order reference: none, one, or (which is wrong) several."""
        ...

    def awaiting_payment(self, shop: ShopKey) -> AsyncIterator[Order]:
        """Those of Amazon Pay that are 未入金, by number."""
        ...

    async def mark_paid(self, order: Order, received: datetime, key: str) -> bool:
        """Compare-and-set from the version that was read. `received` is an aware time, `key` makes a repetition harmless.

        False where it was 入金済み already. Raises Conflict where the order moved, Rejected where it is cancelled.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """`state` is Amazon's newer word: AuthorizationInitiated, Authorized, CaptureInitiated, Captured (also Completed), Canceled,
    Declined. `reference` is the charge permission, which is the order reference. `amount` is what was captured, None before.
    """

    id: str
    reference: str
    state: str
    reason: str | None
    amount: Decimal | None
    currency: str | None
    updated: datetime


class Payments(Protocol):
    """All methods raise BackendError: Unreachable or Throttled to try later, Unexpected for an answer that makes no sense."""

    async def charge(self, shop: ShopKey, charge: str) -> Charge | None:
        """None where Amazon knows no such charge."""
        ...

    async def charges(self, shop: ShopKey, reference: str) -> Sequence[Charge]:
        """All charges of a charge permission, oldest first."""
        ...
