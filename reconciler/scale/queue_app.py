"""The library's application, connected to the queue of a store.

In: the place of a queue. Out: an application without tasks, to be opened for as long as it is used. Each statement says in its
own transaction in which schema it looks, and nothing is prepared on the server: so a pooler between the two may give each
transaction another connection.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection, conninfo, sql
from psycopg_pool import AsyncConnectionPool

from reconciler.adapters.store.queue.queue_place import QueuePlace
from reconciler.lib.frozen_class import frozen

CONNECT: Final = 10.0
"""Seconds to make a connection, or to wait for a free one."""
_PATIENCE: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "connect_timeout": int(CONNECT),
}
"""As of the store: a server that is gone is noticed."""
_STATEMENT: Final = "30s"

Configure = Callable[[AsyncConnection[Any]], Awaitable[None]]


@frozen(kw_only=False)
class QueueNames:
    """Of one fleet: several may share a store. Short, since the name of a channel of PostgreSQL is."""

    fleet: str

    @property
    def look(self) -> str:
        return f"look-{self._suffix}"

    @property
    def write(self) -> str:
        return f"write-{self._suffix}"

    @property
    def care(self) -> str:
        return f"care-{self._suffix}"

    @property
    def _suffix(self) -> str:
        return hashlib.sha256(self.fleet.encode()).hexdigest()[:16]


class SchemaPool(AsyncConnectionPool[AsyncConnection[Any]]):
    """Whose connections use one schema, and answer within a time, in each transaction."""

    def __init__(self, *, schema: str, **options: Any) -> None:
        super().__init__(**options)
        self._path = sql.Identifier(schema).as_string()

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[AsyncConnection[Any]]:  # noqa: ASYNC109  # the pool's shape
        async with super().connection(timeout) as connection:
            await connection.execute(
                "SELECT set_config('search_path', %s, true), set_config('statement_timeout', %s, true)",
                (self._path, _STATEMENT),
            )
            yield connection


def queue_app(
    place: QueuePlace, *, connections: int = 1, patience: float = CONNECT, configure: Configure | None = None
) -> App:
    """`connections`: at most so many at one time, without the one that listens; a free one is waited for `patience` seconds.
    `configure` gets each new one.
    """
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # may quote the address; what failed is an event of ours
    parameters = {name: value for name, value in _PATIENCE.items() if name not in place.parameters}
    connector = PsycopgConnector(
        conninfo=conninfo.make_conninfo(**{**place.parameters, **parameters}),
        pool_factory=partial(SchemaPool, schema=place.schema),
        min_size=1,
        max_size=connections,
        timeout=patience,
        kwargs={"prepare_threshold": None},
        configure=configure,
    )
    return App(connector=connector)
