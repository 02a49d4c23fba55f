"""What is known of the captures and other objects of an order reference, for operators: also in a store of an earlier version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Connection, Table, inspect, or_, select

from reconciler.adapters.store.db.inbox_tables import ipn_captures, ipn_objects
from reconciler.adapters.store.inbox.io import stored_columns
from reconciler.adapters.store.inbox.rows import fact_from_row, object_from_row
from reconciler.core.values import ShopKey
from reconciler.ports.payments import CaptureState, ObjectState


def find_captures(connection: Connection, shop: ShopKey, reference: str) -> Sequence[CaptureState]:
    columns = stored_columns(connection, ipn_captures)
    found = select(*columns).where(ipn_captures.c.shop == shop, _of(ipn_captures, columns, reference))
    return [fact_from_row(row) for row in connection.execute(found.order_by(ipn_captures.c.capture)).mappings()]


def find_objects(connection: Connection, shop: ShopKey, reference: str) -> Sequence[ObjectState]:
    if not inspect(connection).has_table(ipn_objects.name):
        return []
    columns = list(ipn_objects.columns)
    found = select(ipn_objects).where(ipn_objects.c.shop == shop, _of(ipn_objects, columns, reference))
    return [object_from_row(row) for row in connection.execute(found.order_by(ipn_objects.c.object_id)).mappings()]


def _of(table: Table, columns: Sequence[Column[object]], reference: str) -> ColumnElement[bool]:
    """Of the order reference, or of the charge permission where the store has that column."""
    named = [column for column in columns if column.name in {"reference", "permission"}]
    return or_(*(table.c[column.name] == reference for column in named))
