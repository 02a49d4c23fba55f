"""Implements ports.fleet.shared_limits.SharedRequests over the row of a fleet in the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.fleet_tables import shared_rates
from reconciler.adapters.store.db.run_tables import insert
from reconciler.core.fleet.request_bucket import RequestBucket
from reconciler.ports import Clock
from reconciler.ports.fleet.shared_limits import GrantedRequests


class StoreSharedRequests:
    """`most` is the highest rate, in requests a second. All of it raises StoreError."""

    def __init__(self, store: Store, fleet: str, most: float, clock: Clock) -> None:
        self._store = store
        self._fleet = fleet
        self._most = most
        self._clock = clock

    def take(self, count: int) -> GrantedRequests:
        bucket = self._change(lambda bucket, at: bucket.take(count, at))
        return GrantedRequests(count=count, wait=bucket.wait, per_second=bucket.per_second)

    def halve(self) -> float:
        return self._change(RequestBucket.halve).per_second

    def _change(self, change: Callable[[RequestBucket, float], RequestBucket]) -> RequestBucket:
        with self._store.writing() as connection:
            bucket = self._locked(connection)
            at = database_now(connection, self._clock).timestamp()
            bucket = change(bucket, at)
            connection.execute(update(shared_rates).where(self._row).values(_values(bucket)))
        return bucket

    def _locked(self, connection: Connection) -> RequestBucket:
        of_fleet = select(shared_rates).where(self._row).with_for_update()
        row = connection.execute(of_fleet).one_or_none()
        if row is None:
            empty = RequestBucket.empty(self._most, database_now(connection, self._clock).timestamp())
            made = insert(connection.dialect.name, shared_rates).on_conflict_do_nothing()
            connection.execute(made, {"fleet": self._fleet, **_values(empty)})
            row = connection.execute(of_fleet).one()
        return RequestBucket(
            most=self._most,
            tokens=row.tokens,
            filled=row.filled.timestamp(),
            per_second=row.per_second,
            halved=None if row.halved is None else row.halved.timestamp(),
        )

    @property
    def _row(self) -> ColumnElement[bool]:
        return shared_rates.c.fleet == self._fleet


def _values(bucket: RequestBucket) -> dict[str, Any]:
    return {
        "tokens": bucket.tokens,
        "filled": datetime.fromtimestamp(bucket.filled, UTC),
        "per_second": bucket.per_second,
        "halved": None if bucket.halved is None else datetime.fromtimestamp(bucket.halved, UTC),
    }
