"""The inbox of notifications: what was received is on the disk before Amazon hears that it was.

A message goes one way: *waiting* -> *done*, or *waiting* -> *parked* -> *waiting* again at its time, or by hand. What follows
from it (what is now known of a capture, a mail that is owed) is kept in the same transaction as its end, so a crash leaves
either both or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from reconciler.core.values import ShopKey


class InboxUnavailable(Exception):
    """The inbox could not be written or read (disk full, locked, missing). It is our own fault: Amazon gets 503 and retries."""


class MessageStatus(StrEnum):
    """The status of a message. SAMPLE and UNUSED are stored and never processed."""

    WAITING = "waiting"
    PARKED = "parked"
    DONE = "done"
    SAMPLE = "sample"
    UNUSED = "unused"


class StoreOutcome(StrEnum):
    """STORED now; DUPLICATE of a message that is kept already; CLASH: the same MessageId with other content, not kept.

    All of one shop: what Amazon sends to the endpoints of several shops of one seller is kept for each.
    """

    STORED = "stored"
    DUPLICATE = "duplicate"
    CLASH = "clash"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A verified message on its way into the inbox.

    `message_id` is Amazon SNS's and the key against duplicates; `published` SNS's Timestamp, which stays the same on retries;
    `kind` what it is about (`PaymentCapture`, `CHARGE`); `object_id` Amazon's id of that object if it has one; `lane` groups what
    must be processed one after another: the order reference, else the object, else the message itself. `body` is what was
    posted, byte for byte; it may hold a buyer's data and is never shown. `digest` covers what was signed: it is equal for two
    deliveries of one message, also if one is signed again or spelled differently. Empty: the body's own.
    """

    message_id: str
    shop: ShopKey
    published: datetime
    received: datetime
    kind: str
    object_id: str | None
    lane: str
    status: MessageStatus
    body: bytes
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedMessage:
    """A permanently refused message, for the quarantine: a bug of ours would otherwise lose a payment without a trace.

    `reason` is one of a closed list of words; `shop` None if the shop was unknown.
    """

    received: datetime
    shop: ShopKey | None
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """An arrival as the inbox has it. `number` grows in the order of arrival; `tries` counts the times it was parked."""

    number: int
    arrival: ReceivedMessage
    status: MessageStatus
    tries: int = 0
    reason: str | None = None
    next_try: datetime | None = None
    settled: datetime | None = None
    order: str | None = None


class Source(StrEnum):
    """How a state of a capture came to be known."""

    NOTICE = "notice"
    POLL = "poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureState:
    """The newest that is known of one capture (a charge, in Amazon's newer words). `reference` is the order reference.

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

    def after(self, known: CaptureState | None) -> CaptureState:
        """Both combined: the newer by Amazon's time, on a tie the later state. The order of the two does not matter."""
        if known is None:
            return self
        newer = max(known, self, key=lambda fact: (fact.updated, _RANK.get(fact.state, 0), fact.state, fact.amount))
        return replace(newer, completed=known.completed or self.completed)


_RANK: Final = {"Pending": 0, "Completed": 1, "Declined": 1, "Closed": 2}
"""States of a capture in the order in which they can follow each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMail:
    """A mail to be sent once. `event` is the key of its subject: (kind, object, state); a second mail about it for the shop
    is not stored.

    `to` is the shop's 通知メールアドレス when the event was settled. It holds no buyer's data, no token and no note.
    """

    event: str
    shop: ShopKey
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """How the work on a message ended: `standing` is DONE or PARKED (with `next_try`), `reason` a word of a closed list."""

    status: MessageStatus
    reason: str
    at: datetime
    next_try: datetime | None = None
    order: str | None = None
    fact: CaptureState | None = None
    mail: PendingMail | None = None


class Inbox(Protocol):
    """What the receiving side needs."""

    async def keep(self, arrival: ReceivedMessage) -> StoreOutcome:
        """Returns once the message cannot be lost. Raises InboxUnavailable; then it is not known whether it was kept."""
        ...

    async def quarantine(self, refusal: RejectedMessage) -> None:
        """Keeps a bounded number of copies of each reason, the newest. Raises InboxUnavailable."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forgets what was published and settled before then; how many. What is not settled stays.

        Copies of what was refused before then go as well. Raises InboxUnavailable.
        """
        ...


class WorkQueue(Protocol):
    """What the worker needs: the messages that are due, what is known of an order, and where the end is written down."""

    async def due(
        self, now: datetime, *, limit: int, without: Sequence[str] = (), without_shops: Sequence[ShopKey] = ()
    ) -> Sequence[InboxMessage]:
        """Waiting, or parked and due at `now`: oldest first, at most one a lane, none of these lanes and shops."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next parked message is due; None where none is."""
        ...

    async def facts(self, shop: ShopKey, reference: str) -> Sequence[CaptureState]:
        """All captures known of an order reference, by capture id."""
        ...

    async def completed_for_other_shop(self, message_id: str, shop: ShopKey) -> bool:
        """Whether this message, which comes to each shop of one seller, is done at another shop, by an order of that one."""
        ...

    async def complete(self, number: int, settlement: Completion) -> bool:
        """All of it or nothing, on disk. False if another worker settled the message first: nothing is stored then."""
        ...

    async def record_fact(self, fact: CaptureState | None, mail: PendingMail | None = None) -> None:
        """What polling found: the same, without a message."""
        ...


class MailState(StrEnum):
    """OWED; SENDING since just before the text was passed on; SENT; FAILED permanently; HELD back: above the shop's limit.

    A mail found SENDING after a crash may have been sent: it is not sent again automatically, and is reported to operators.
    """

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    number: int
    mail: PendingMail
    state: MailState
    since: datetime
    tries: int = 0
    next_try: datetime | None = None


class Outbox(Protocol):
    async def due(self, now: datetime, *, limit: int) -> Sequence[OutboxMail]:
        """OWED or HELD, and due: oldest first. A mail that is HELD without a `next_try` is never due."""
        ...

    async def mark(
        self, number: int, state: MailState, at: datetime, *, was: MailState, next_try: datetime | None = None
    ) -> bool:
        """On disk when it returns. With `next_try` the mail, which is OWED or HELD, is due again then; OWED counts a try.

        Compare-and-set: False, and nothing is changed, if the mail's state is not `was`: another sender has it.
        """
        ...

    async def sent_since(self, shop: ShopKey, since: datetime) -> int:
        """How many mails of the shop were SENDING or SENT since then."""
        ...
