"""Implements ports.onboarding.PaidOrders over the sidecar's inbox, for those who only look.

Captures stay after their messages are deleted, so a shop that was ever paid is found.
"""

from __future__ import annotations

from collections.abc import Collection

import anyio.to_thread
from sqlalchemy import select

from reconciler.adapters.store.db.inbox_tables import ipn_captures
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.inbox.io import open_inbox_readonly
from reconciler.core.values import ShopKey


class StorePaidOrders:
    def __init__(self, location: str) -> None:
        self._location = location

    async def paid_shops(self, shops: Collection[ShopKey]) -> frozenset[ShopKey]:
        return await anyio.to_thread.run_sync(lambda: self._paid(sorted(shops)))

    def _paid(self, shops: list[ShopKey]) -> frozenset[ShopKey]:
        found: set[ShopKey] = set()
        known = ipn_captures.c
        with open_inbox_readonly(self._location) as store, store.reading() as connection:
            for some in portions(shops):
                query = select(known.shop).where(known.shop.in_(some), known.completed).distinct()
                found.update(map(ShopKey, connection.execute(query).scalars()))
        return frozenset(found)
