"""Received messages: stored before Amazon gets 200, recognised when they come again, deleted when they are too old to be
accepted.

In: arrivals and refusals, from many requests at once. Out: `StoreOutcome`, once the commit of the arrival is on
disk; waiting arrivals share a commit. The message's id at its shop is the key: of two deliveries with other content the first
is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, or_, select

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import ipn_messages
from reconciler.adapters.store.inbox.arrivals import keep_in_file, keep_on_server
from reconciler.adapters.store.inbox.io import InboxWriter
from reconciler.adapters.store.inbox.quarantine import prune_copies, quarantine
from reconciler.ports.inbox import MessageStatus, ReceivedMessage, StoreOutcome
from reconciler.ports.quarantine import RejectedMessage

GATHER: Final = 0.002
"""Seconds that a message waits for others if several came at once before: a commit costs as much computing as dozens of rows."""

ENOUGH: Final = 16
"""Messages that are committed at once: while the disk writes them, the next ones are verified."""

_AT_ONCE: Final = 1000
"""Rows that one commit prunes: who waits to keep a message waits no longer than for these."""


class StoreInbox:
    """Implements ports.inbox.Inbox."""

    def __init__(self, store: Store) -> None:
        self._arrivals = InboxWriter(store, keep_on_server, file_work=keep_in_file, gather=GATHER, enough=ENOUGH)
        self._refusals = InboxWriter(store, quarantine)
        self._prunings = InboxWriter(store, _prune)

    async def keep(self, arrival: ReceivedMessage) -> StoreOutcome:
        return await self._arrivals.write_cancellable(arrival)

    async def quarantine(self, refusal: RejectedMessage) -> None:
        await self._refusals.write_cancellable(refusal)

    async def prune(self, before: datetime) -> int:
        gone = 0
        while True:
            now_gone = await self._prunings.write(before)
            gone += now_gone
            if now_gone < _AT_ONCE:
                return gone


_SETTLED: Final = (MessageStatus.DONE, MessageStatus.SAMPLE, MessageStatus.UNUSED)


def _prune(connection: Connection, moments: Sequence[datetime]) -> Sequence[int]:
    message = ipn_messages.c
    old = (
        select(message.number)
        .where(message.published < moments[0], message.standing.in_(_SETTLED))
        .where(or_(message.settled.is_(None), message.settled < moments[0]))
        .limit(_AT_ONCE)
    )
    gone = connection.execute(delete(ipn_messages).where(message.number.in_(old))).rowcount
    prune_copies(connection, moments[0], _AT_ONCE)
    return [gone] * len(moments)
