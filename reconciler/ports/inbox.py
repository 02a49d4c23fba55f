"""The inbox of notifications: what was received is on the disk before Amazon hears that it was.

A message goes one way: *waiting* -> *done*, or *waiting* -> *parked* -> *waiting* again at its time, or by hand. What follows
from it (what is now known of a capture, a mail that is owed) is kept in the same transaction as its end, so a crash leaves
either both or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.mailer import MailReply
from reconciler.ports.payments import CaptureState, ObjectKind, ObjectState, Said
from reconciler.ports.quarantine import RejectedMessage


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


@frozen
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


@frozen
class InboxMessage:
    """An arrival as the inbox has it. `number` grows in the order of arrival; `tries` counts the times it was parked.

    `mail` is the mail about it, where one was due, as operators see it.
    """

    number: int
    arrival: ReceivedMessage
    status: MessageStatus
    tries: int = 0
    reason: str | None = None
    next_try: datetime | None = None
    settled: datetime | None = None
    order: str | None = None
    mail: OutboxMail | None = None
    said: Said | None = None


@frozen
class PendingMail:
    """A mail to be sent once. `event` is the key of its subject: (kind, object, state); a second mail about it for the shop
    is not stored.

    `to` is the shop's 通知メールアドレス when the event was settled, `order` the number of the order that it is about. It
    holds no buyer's data, no token and no note.
    """

    event: str
    shop: ShopKey
    to: str
    subject: str
    text: str
    order: str | None = None


@frozen
class Completion:
    """How the work on a message ended: `standing` is DONE or PARKED (with `next_try`), `reason` a word of a closed list."""

    status: MessageStatus
    reason: str
    at: datetime
    next_try: datetime | None = None
    order: str | None = None
    fact: CaptureState | None = None
    mail: PendingMail | None = None
    known: ObjectState | None = None


class Inbox(Protocol):
    """What the receiving side needs."""

    async def keep(self, arrival: ReceivedMessage) -> StoreOutcome:
        """Returns once the message cannot be lost. Raises InboxUnavailable; then it is not known whether it was kept."""
        ...

    async def quarantine(self, refusal: RejectedMessage) -> None:
        """Keeps a bounded number of copies, the newest: of each reason, of each topic if it is signed, of a bounded number of
        topics. A signed message has one copy per shop, however often it comes. Raises InboxUnavailable.
        """
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

    async def facts(self, shop: ShopKey, *references: str) -> Sequence[CaptureState]:
        """All captures known of these order references and charge permissions, by capture id."""

    async def objects(self, shop: ShopKey, *references: str) -> Sequence[ObjectState]:
        """All objects known of these order references and charge permissions, by id."""

    async def unsettled_objects(self, shop: ShopKey, kind: ObjectKind, states: Sequence[str]) -> Sequence[ObjectState]:
        """The objects of this kind that are known to be in one of these states, by id."""
        ...

    async def completed_for_other_shop(self, message_id: str, shop: ShopKey) -> bool:
        """Whether this message, which comes to each shop of one seller, is done at another shop, by an order of that one."""
        ...

    async def complete(self, number: int, settlement: Completion) -> bool:
        """All of it or nothing, on disk. False if another worker settled the message first: nothing is stored then."""
        ...

    async def record_fact(
        self, fact: CaptureState | None, mail: PendingMail | None = None, known: ObjectState | None = None
    ) -> None:
        """What polling found: the same, without a message."""
        ...

    async def remind(self, known: ObjectState, moment: datetime, mail: PendingMail | None) -> bool:
        """The mail is owed, and this moment of the object is remembered. False if it was before: nothing is stored then."""
        ...


class MailState(StrEnum):
    """OWED; SENDING since just before the text was passed on; SENT; FAILED permanently; HELD back: above the shop's limit.

    UNKNOWN: the text was passed on, and no answer came. It may have been sent: to that address it is not sent again
    automatically. FAILED and UNKNOWN are reported to operators, and go to the shop's new address once it changes.

    DISMISSED: an operator decided that it need not arrive. Nothing but `resend` sends it.
    """

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    UNKNOWN = "unknown"
    DISMISSED = "dismissed"

    @property
    def undelivered(self) -> bool:
        """Whether a person should see to it: the mail did not arrive, or may not have."""
        return self in UNDELIVERED


UNDELIVERED: Final = (MailState.FAILED, MailState.UNKNOWN)


@frozen
class Dismissal:
    """Who dismissed a mail, and why; when is the mail's `since`."""

    by: str
    reason: str


@frozen
class OutboxMail:
    """`mail.to` is the address of the last attempt, or of the next one. `created` is when it became due, `since` when it came to
    its state. `reply` is what came of the last attempt; `doubtful` are the addresses that may have it already.
    """

    number: int
    mail: PendingMail
    state: MailState
    since: datetime
    created: datetime | None = None
    tries: int = 0
    next_try: datetime | None = None
    reply: MailReply = MailReply()
    doubtful: tuple[str, ...] = ()
    dismissal: Dismissal | None = None


class Outbox(Protocol):
    async def due(self, now: datetime, *, limit: int) -> Sequence[OutboxMail]:
        """OWED or HELD, and due: oldest first. A mail that is HELD without a `next_try` is never due."""
        ...

    async def mark(
        self,
        number: int,
        state: MailState,
        at: datetime,
        *,
        was: MailState,
        next_try: datetime | None = None,
        reply: MailReply | None = None,
    ) -> bool:
        """On disk when it returns. With `next_try` the mail, which is OWED or HELD, is due again then. What ends an attempt
        counts a try.

        Compare-and-set: False, and nothing is changed, if the mail's state is not `was`: another sender has it. An UNKNOWN mail's
        address becomes doubtful.
        """
        ...

    async def interrupted(self, before: datetime) -> Sequence[OutboxMail]:
        """SENDING since before then: the process that sent them is gone."""
        ...

    async def undelivered_addresses(self) -> Sequence[tuple[ShopKey, str]]:
        """The shops and addresses of all mails that are FAILED or UNKNOWN, each once."""
        ...

    async def readdress(self, shop: ShopKey, old: str, new: str, at: datetime) -> int:
        """The shop's mails that were FAILED or UNKNOWN at the old address are OWED at the new one; how many.

        Not those that the new address may have already.
        """
        ...

    async def redirect(self, number: int, new: str, *, was: MailState) -> bool:
        """A mail that is due goes to another address. Compare-and-set, as `mark`."""
        ...

    async def sent_since(self, shop: ShopKey, since: datetime) -> int:
        """How many mails of the shop were SENDING, SENT or UNKNOWN since then."""
        ...
