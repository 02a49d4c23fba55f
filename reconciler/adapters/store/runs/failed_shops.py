"""The shops in which runs failed, since an event of the journal. None of the events is read here: their kind is searched.

Two runs that record at the same time on PostgreSQL may commit their events in another order than that of the numbers. One that
comes late is not seen here; the shop is looked at in its turn.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from reconciler.adapters.store.db.run_tables import events
from reconciler.adapters.store.runs.counts import is_event
from reconciler.core.values import ShopKey
from reconciler.ports.journal import FailedShops


def failed_shops(connection: Connection, after: int | None) -> FailedShops:
    last = connection.execute(select(func.max(events.c.number))).scalar() or 0
    if after is None or after >= last:
        return FailedShops(last=last)
    failed = or_(*(is_event(kind) for kind in ("step-failed", "prediction-missed", "reopen-failed", "shop-skipped")))
    query = select(events.c.shop).where(events.c.number > after, events.c.number <= last, events.c.shop.is_not(None))
    shops = connection.execute(query.where(failed).distinct()).scalars()
    return FailedShops(last=last, shops=frozenset(ShopKey(shop) for shop in shops))
