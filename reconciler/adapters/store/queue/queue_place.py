"""The queue of a store, for those who connect to it with the library of the queue.

In: an open store and its address. Out: how to connect, and in which schema the queue's tables are. They are made where an earlier
version, or a user with fewer rights, left them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.migrations.queue.queue_schema import has_queue, make_queue, queue_schema
from reconciler.adapters.store.db.store_address import server_parameters
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen


@frozen
class QueuePlace:
    """`parameters` are those of the driver and hold the password. `store` is the store's name in messages."""

    parameters: Mapping[str, Any] = field(repr=False)
    schema: str
    store: str


def find_queue(store: Store, location: str) -> QueuePlace:
    """Raises StoreError where the store is no PostgreSQL database, or where its user may neither use nor make the queue."""
    parameters = server_parameters(location)
    with store.reading() as connection:
        schema = queue_schema(connection)
        found = has_queue(connection, schema)
    if not found:
        with store.writing() as connection:
            found = make_queue(connection)
    if not found:
        raise StoreError(
            msg("the database {place} has no queue, and its user may not create one", place=store.place),
            hint=msg("Run `GRANT CREATE ON DATABASE` for the user of the store, then start the worker again"),
        )
    return QueuePlace(parameters=parameters, schema=schema, store=store.place)
