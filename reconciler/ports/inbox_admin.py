"""The inbox as operators look at it: what was received, what was refused, how it stands, and what a person may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.core.values import ShopKey
from reconciler.ports.inbox import InboxMessage, MailState, MessageStatus, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedMessage:
    """A copy in the quarantine, without what was posted: that had `size` bytes, of which the first `kept` are kept."""

    number: int
    received: datetime
    shop: ShopKey | None
    reason: str
    size: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """Which entries an operator asks for: all that is given must hold. `words` finds a message, object, lane or order by its id.

    `before` is an entry's number: those that came earlier, for the next page.
    """

    shop: ShopKey | None = None
    status: MessageStatus | None = None
    reason: str | None = None
    words: str | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineFilter:
    """Which copies of refused messages an operator asks for: all that is given must hold."""

    shop: ShopKey | None = None
    reason: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStats:
    """How the inbox stands. `oldest_waiting` is when that message came; `last_received` by shop, samples left out."""

    messages: Mapping[MessageStatus, int]
    parked: Mapping[str, int]
    refused: Mapping[str, int]
    mails: Mapping[MailState, int]
    oldest_waiting: datetime | None
    last_received: Mapping[ShopKey, datetime]


class InboxAdmin(Protocol):
    """What an operator may see and do. All methods raise InboxUnavailable."""

    async def entries(self, wanted: InboxFilter) -> Sequence[InboxMessage]:
        """Newest first, their bodies left out (empty)."""
        ...

    async def entry(self, number: int) -> InboxMessage | None:
        """With its body."""
        ...

    async def replay(self, number: int) -> bool:
        """Waiting again, whether parked or done, with no tries behind it. False where there is no such entry, or it is of
        a standing that is never worked on.
        """
        ...

    async def park(self, number: int, reason: str, at: datetime) -> bool:
        """Put aside until somebody says `again`. False where it is neither waiting nor parked."""
        ...

    async def quarantined(self, wanted: QuarantineFilter) -> Sequence[QuarantinedMessage]:
        """Of what was refused, newest first."""
        ...

    async def mails(self, states: Sequence[MailState], *, limit: int = 50) -> Sequence[OutboxMail]:
        """Newest first."""
        ...

    async def counts(self) -> InboxStats: ...
