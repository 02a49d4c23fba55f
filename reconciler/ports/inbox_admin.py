"""The inbox for operators: what was received, what was refused, its statistics, and what a person may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import (
    Dismissal,
    InboxMessage,
    MailState,
    MessageStatus,
    OutboxMail,
)
from reconciler.ports.payments import CaptureState, ObjectState
from reconciler.ports.quarantine import QuarantinedMessage, QuarantineFilter, ReadmittedCopy, RefusedTopic
from reconciler.ports.runtime import Clock


@frozen
class InboxFilter:
    """Which entries an operator asks for: all that is given must hold. `words` finds a message, object, lane or order by its id,
    and an order reference that an object's id starts with. `reason` is a reason of ours or Amazon's reason code; `since` and
    `until` bound when a message was received.

    `before` is an entry's number: those that came earlier, for the next page.
    """

    shop: ShopKey | None = None
    status: MessageStatus | None = None
    reason: str | None = None
    kind: str | None = None
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


@frozen
class MailFilter:
    """Which mails an operator asks for: all that is given must hold. `before` is a mail's number, for the next page."""

    shop: ShopKey | None = None
    order: str | None = None
    states: Sequence[MailState] | None = None
    before: int | None = None
    limit: int = 50


@frozen
class InboxStats:
    """Statistics of the inbox. `waiting_since` is when the oldest message that waits arrived, of shops that have one;
    `last_received` and `last_processed` by shop, without samples.
    `refused_topics` are those with the newest copies, most important source first.
    """

    messages: Mapping[MessageStatus, int]
    parked: Mapping[str, int]
    refused: Mapping[str, int]
    mails: Mapping[MailState, int]
    waiting_since: Mapping[ShopKey, datetime]
    last_received: Mapping[ShopKey, datetime]
    last_processed: Mapping[ShopKey, datetime]
    refused_topics: Sequence[RefusedTopic] = ()

    @property
    def oldest_waiting(self) -> datetime | None:
        return min(self.waiting_since.values(), default=None)


class InboxAdmin(Protocol):
    """What an operator may see and do. All methods raise InboxUnavailable."""

    async def entries(self, wanted: InboxFilter) -> Sequence[InboxMessage]:
        """Newest first, without their bodies (empty)."""
        ...

    async def count_entries(self, wanted: InboxFilter) -> int:
        """How many there are, without regard to the limit."""
        ...

    async def entry(self, number: int) -> InboxMessage | None:
        """With its body."""
        ...

    async def newest_by_kind(self) -> Sequence[InboxMessage]:
        """The newest entry of each kind, with its body."""
        ...

    async def known(self, shop: ShopKey, reference: str) -> tuple[Sequence[CaptureState], Sequence[ObjectState]]:
        """The captures, and all objects, of an order reference or charge permission, by id."""
        ...

    async def replay(self, number: int) -> bool:
        """Waiting again, whether parked or done, with no tries behind it. False where there is no such entry, or it is of
        a standing that is never worked on.
        """
        ...

    async def park(self, number: int, reason: str, at: datetime) -> bool:
        """Parked until a call of `again`. False if it is neither waiting nor parked."""
        ...

    async def quarantined(self, wanted: QuarantineFilter) -> Sequence[QuarantinedMessage]:
        """Of what was refused, newest first, without what was received after all."""
        ...

    async def count_quarantined(self, wanted: QuarantineFilter) -> int:
        """How many there are, without regard to the limit."""
        ...

    async def copy_body(self, number: int) -> bytes | None:
        """What is kept of the body. None where there is no such copy."""
        ...

    async def forget_copy(self, number: int) -> bool:
        """Deletes a copy. False where there is none."""
        ...

    async def mails(self, wanted: MailFilter) -> Sequence[OutboxMail]:
        """Newest first."""
        ...

    async def count_mails(self, wanted: MailFilter) -> int:
        """How many there are, without regard to the limit."""
        ...

    async def mail(self, number: int) -> OutboxMail | None: ...

    async def resend(self, number: int, at: datetime) -> bool:
        """Due at once, with any earlier result, also to an address that may have it. False where there is no such mail, or it
        is being sent.
        """
        ...

    async def resend_undelivered(self, shop: ShopKey | None, at: datetime) -> Sequence[int]:
        """The same for all mails that are FAILED or UNKNOWN, of one shop or all; their numbers."""
        ...

    async def dismiss(self, number: int, dismissal: Dismissal, at: datetime) -> bool:
        """No attempt and no alarm from now on. False where there is no such mail, or it was sent or is being sent."""
        ...

    async def counts(self) -> InboxStats: ...


@frozen
class PollResult:
    """The result for one charge of an unpaid order; for the shop as a whole if it could not be read (`order` None), with what the
    backend said.
    """

    shop: ShopKey
    order: str | None
    charge: str | None
    reason: str
    alarm: bool
    problem: Diagnostic | None = None


@frozen
class MessageDetails:
    """An entry, without what was posted (`size` is its length in bytes), and what is known of the captures and of all objects of
    its order reference.
    """

    entry: InboxMessage
    size: int
    captures: Sequence[CaptureState]
    objects: Sequence[ObjectState] = ()


class SimulatedKind(StrEnum):
    """What a simulated notification is about."""

    CAPTURE = "capture"
    REFUND = "refund"
    CHARGEBACK = "chargeback"


@frozen
class Simulation:
    """`amount` None: the order's total. `number` distinguishes several captures, refunds or chargebacks of one order. `to` is the
    sidecar.
    """

    shop: ShopKey
    order: str
    to: str
    kind: SimulatedKind = SimulatedKind.CAPTURE
    state: str = "Completed"
    amount: Decimal | None = None
    number: int = 1
    newer: bool = False


@frozen
class Simulated:
    """What was posted, and the status that was answered. `capture` is the id of what it is about."""

    message_id: str
    capture: str
    status: int


class InboxAccess(Protocol):
    """The inbox as operators reach it beside a running sidecar."""

    @property
    def clock(self) -> Clock: ...

    @property
    def actor(self) -> str:
        """Who operates."""
        ...

    @property
    def mail_sender(self) -> str:
        """The address that mails are sent from."""
        ...

    def reading(self) -> AbstractContextManager[InboxAdmin | None]:
        """None where nothing was ever received. Raises SetupError."""
        ...

    def writing(self) -> AbstractContextManager[InboxAdmin | None]:
        """None where nothing was ever received. Raises SetupError."""
        ...

    async def details(self, number: int) -> MessageDetails | None:
        """Raises SetupError."""
        ...

    async def readmit(self, wanted: QuarantineFilter) -> Sequence[ReadmittedCopy]:
        """Verifies copies again under the present settings, oldest first. Raises BackendError, SecretMissing, SetupError."""
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
