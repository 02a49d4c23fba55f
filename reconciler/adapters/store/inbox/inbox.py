"""Received messages: stored before Amazon gets 200, recognised when they come again, deleted when they are too old to be
accepted.

In: arrivals and refusals, from many requests at once. Out: `StoreOutcome`, once the commit of the arrival is on
disk; waiting arrivals share a commit. The message's id at its shop is the key: of two deliveries with other content the first
is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Executable, delete, or_, select

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import DUE_NOW, ipn_messages
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.inbox.io import InboxWriter
from reconciler.adapters.store.inbox.quarantine import prune_copies, quarantine
from reconciler.ports.inbox import MessageStatus, ReceivedMessage, StoreOutcome
from reconciler.ports.quarantine import RejectedMessage

GATHER: Final = 0.002
"""Seconds that a message waits for others if several came at once before: a commit costs as much computing as dozens of rows."""

_AT_ONCE: Final = 1000
"""Rows that one commit prunes: who waits to keep a message waits no longer than for these."""


class StoreInbox:
    """Implements ports.inbox.Inbox."""

    def __init__(self, store: Store) -> None:
        self._arrivals = InboxWriter(store, _keep, gather=GATHER)
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


def _keep(connection: Connection, arrivals: Sequence[ReceivedMessage]) -> Sequence[StoreOutcome]:
    """In the order of their keys, so that two processes that keep the same ones never wait for each other's rows."""
    first = {_key(arrival): index for index, arrival in reversed(list(enumerate(arrivals)))}
    rows = [_row(arrivals[first[key]]) for key in sorted(first)]
    new = {(message_id, shop) for message_id, shop in connection.execute(_insertion(connection.dialect.name), rows)}
    if len(new) == len(arrivals):
        return [StoreOutcome.STORED] * len(arrivals)
    stored = dict(_digests(connection, sorted({message_id for message_id, _ in first})))
    return [
        StoreOutcome.STORED
        if _key(arrival) in new and first[_key(arrival)] == index
        else StoreOutcome.DUPLICATE
        if stored[_key(arrival)] == _digest(arrival)
        else StoreOutcome.CLASH
        for index, arrival in enumerate(arrivals)
    ]


@cache
def _insertion(dialect: str) -> Executable:
    """Made once: to build it costs more than a row."""
    own = (ipn_messages.c.message_id, ipn_messages.c.shop)
    return insert(dialect, ipn_messages).on_conflict_do_nothing(index_elements=own).returning(*own)


def _key(arrival: ReceivedMessage) -> tuple[str, str]:
    """Shops of one seller have an endpoint each on its one topic: the same message comes to each, and is of one of them."""
    return arrival.message_id, str(arrival.shop)


def _digests(connection: Connection, message_ids: Sequence[str]) -> Iterator[tuple[tuple[str, str], str]]:
    wanted = select(ipn_messages.c.message_id, ipn_messages.c.shop, ipn_messages.c.digest)
    for start in range(0, len(message_ids), _AT_ONCE):  # a statement takes only so many values
        some = message_ids[start : start + _AT_ONCE]
        found = connection.execute(wanted.where(ipn_messages.c.message_id.in_(some)))
        yield from (((message_id, shop), digest) for message_id, shop, digest in found)


def _row(arrival: ReceivedMessage) -> dict[str, Any]:
    return {
        "message_id": arrival.message_id,
        "digest": _digest(arrival),
        "shop": arrival.shop,
        "published": arrival.published,
        "received": arrival.received,
        "kind": arrival.kind,
        "object_id": arrival.object_id,
        "lane": arrival.lane,
        "arrived_as": arrival.status,
        "standing": arrival.status,
        "due": DUE_NOW if arrival.status is MessageStatus.WAITING else None,
        "body": arrival.body,
    }


def _digest(arrival: ReceivedMessage) -> str:
    return arrival.digest or hashlib.sha256(arrival.body).hexdigest()


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
