"""The sidecar's inbox for those who only look: when each shop was heard of last, and what was captured in silence.

In: where the inbox is. Out: `NotificationStats`, for many shops together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import anyio.to_thread
from sqlalchemy import Connection, func, select

from reconciler.adapters.store.db.inbox_tables import ipn_captures, ipn_messages
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.inbox.io import open_inbox_readonly
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.notifications import NotificationStats
from reconciler.ports.payments import Source


class StoreNotifications:
    """Implements ports.notifications.Notifications."""

    def __init__(self, location: str) -> None:
        self._location = location

    async def stats(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, NotificationStats]:
        return await anyio.to_thread.run_sync(lambda: self._heard(shops, since))

    def _heard(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, NotificationStats]:
        with open_inbox_readonly(self._location) as store, store.reading() as connection:
            last = dict(_last(connection, shops))
            unheard: dict[ShopKey, list[datetime]] = {shop: [] for shop in last}
            for shop, at in _polled(connection, shops, since):
                if shop not in last or at > last[shop]:
                    unheard.setdefault(shop, []).append(at)
        return {
            shop: NotificationStats(
                last=last.get(shop), missed_captures=len(moments), missed_since=min(moments, default=None)
            )
            for shop, moments in unheard.items()
        }


def _last(connection: Connection, shops: Sequence[ShopKey]) -> Iterator[tuple[ShopKey, datetime]]:
    """The last one of a shop that was no sample, by number: the order of arrival."""
    message = ipn_messages.c
    genuine = message.arrived_as != MessageStatus.SAMPLE
    for some in portions(shops):
        newest = select(func.max(message.number)).where(message.shop.in_(some), genuine).group_by(message.shop)
        found = select(message.shop, message.received).where(message.number.in_(newest))
        yield from ((ShopKey(shop), at) for shop, at in connection.execute(found))


def _polled(connection: Connection, shops: Sequence[ShopKey], since: datetime) -> Iterator[tuple[ShopKey, datetime]]:
    """The captures whose newest state polling found, once completed."""
    known = ipn_captures.c
    polled = (known.source == Source.POLL, known.completed, known.updated >= since)
    for some in portions(shops):
        found = select(known.shop, known.updated).where(known.shop.in_(some), *polled)
        yield from ((ShopKey(shop), at) for shop, at in connection.execute(found))
