"""Payments as Amazon knows them now: what a notification without a state is completed with, and what polling compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from reconciler.core.values import ShopKey


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
