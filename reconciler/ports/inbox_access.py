"""The inbox of notifications as operators reach it beside a running sidecar."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from reconciler.core.values import ShopKey
from reconciler.ports.inbox import CaptureState, InboxMessage
from reconciler.ports.inbox_admin import InboxAdmin
from reconciler.ports.runtime import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What became of one charge of an order that waited; of the shop as a whole where it could not be asked (`order` None)."""

    shop: ShopKey
    order: str | None
    charge: str | None
    reason: str
    alarm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDetails:
    """An entry, without what was posted (`size` is its length in bytes), and what is known of its order reference's captures."""

    entry: InboxMessage
    size: int
    captures: Sequence[CaptureState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """`amount` None: the order's total. `number` tells several captures of one order apart. `to` is where the sidecar listens."""

    shop: ShopKey
    order: str
    to: str
    state: str = "Completed"
    amount: Decimal | None = None
    number: int = 1
    newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What was posted, and the status that was answered."""

    message_id: str
    capture: str
    status: int


class InboxAccess(Protocol):
    """The inbox as operators reach it beside a running sidecar."""

    @property
    def clock(self) -> Clock: ...

    def reading(self) -> AbstractContextManager[InboxAdmin | None]:
        """None where nothing was ever received. Raises SetupError."""
        ...

    def writing(self) -> AbstractContextManager[InboxAdmin | None]:
        """None where nothing was ever received. Raises SetupError."""
        ...

    async def details(self, number: int) -> MessageDetails | None:
        """Raises SetupError."""
        ...

    async def poll(self, shops: Sequence[ShopKey]) -> Sequence[PollResult]:
        """All shops where none is named. Raises BackendError, SecretMissing, SetupError."""
        ...

    async def simulate(self, wanted: Simulation) -> Simulated:
        """Raises BackendError, SecretMissing, SetupError: the last also where it could touch what is real."""
        ...

    async def is_paid(self, shop: ShopKey, order: str) -> bool:
        """Whether the order is 入金済み at the backend. Raises BackendError, SecretMissing, SetupError."""
        ...
