"""The authorizations that are open, from what the inbox knows of objects at Amazon.

In: where the inbox is, shops and the time. Out: the open ones of each shop, and whether anything is known of it. Amazon ends an
authorization after 30 days, also where no notification says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import anyio.to_thread
from sqlalchemy import Connection, inspect, select

from reconciler.adapters.store.db.inbox_tables import ipn_objects
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.inbox.io import open_inbox_readonly
from reconciler.adapters.store.inbox.rows import object_from_row
from reconciler.core.onboarding.offboarding import OpenAuthorization, ShopAuthorizations
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports.payments import ObjectKind, ObjectState

_PENDING: Final = frozenset({"Pending", "AuthorizationInitiated"})
_OPEN: Final = _PENDING | {"Open", "Authorized"}
_LAPSES_AFTER: Final = timedelta(days=30)


class StoreAuthorizations:
    """Implements ports.onboarding.KnownAuthorizations."""

    def __init__(self, location: str) -> None:
        self._location = location

    async def of_shops(self, shops: Sequence[ShopKey], now: datetime) -> Mapping[ShopKey, ShopAuthorizations]:
        return await anyio.to_thread.run_sync(lambda: self._known(shops, now))

    def _known(self, shops: Sequence[ShopKey], now: datetime) -> Mapping[ShopKey, ShopAuthorizations]:
        with open_inbox_readonly(self._location) as store, store.reading() as connection:
            if not inspect(connection).has_table(ipn_objects.name):  # a sidecar of an earlier version
                return dict.fromkeys(shops, ShopAuthorizations())
            heard = set(_heard(connection, shops))
            found: dict[ShopKey, list[OpenAuthorization]] = {}
            for each in _open(connection, shops):
                lapses = each.what.deadline or each.what.updated + _LAPSES_AFTER
                if lapses > now:
                    found.setdefault(each.shop, []).append(_authorization(each, lapses))
        return {shop: ShopAuthorizations(open=tuple(found.get(shop, ())), heard=shop in heard) for shop in shops}


def _heard(connection: Connection, shops: Sequence[ShopKey]) -> Iterator[str]:
    for some in portions(shops):
        known = select(ipn_objects.c.shop).where(ipn_objects.c.shop.in_(some)).distinct()
        yield from connection.execute(known).scalars()


def _open(connection: Connection, shops: Sequence[ShopKey]) -> Iterator[ObjectState]:
    known = ipn_objects.c
    for some in portions(shops):
        wanted = (known.shop.in_(some), known.kind == ObjectKind.AUTHORIZATION, known.state.in_(sorted(_OPEN)))
        found = select(ipn_objects).where(*wanted).order_by(known.shop, known.updated, known.object_id)
        yield from (object_from_row(row) for row in connection.execute(found).mappings())


def _authorization(each: ObjectState, lapses: datetime) -> OpenAuthorization:
    what = each.what
    return OpenAuthorization(
        id=what.id,
        reference=what.reference,
        order=each.order,
        amount=None if what.amount is None else f"{what.amount} {what.currency or ''}".strip(),
        state=what.state,
        pending=what.state in _PENDING,
        updated=format_utc(what.updated),
        lapses=format_utc(lapses),
    )
