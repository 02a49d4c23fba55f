"""Engines of SQLAlchemy for a store: time limits, transactions, durability.

SQLite is run in WAL with `synchronous=FULL`: each commit is synced before it returns. A server is set to sync as well.

A pooler between a server and us may give each transaction another connection, which other programs use as well: so nothing is
set for a session and nothing is prepared, and each transaction starts with its own settings, in one request.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.postgres_deadline import connection_class
from reconciler.core.diagnostics.messages import msg

_MIN_CONNECT, _MAX_CONNECT = 2, 10
"""Seconds that making a connection may take: the client library takes no less than two."""
_PATIENCE: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Of PostgreSQL's client library, in seconds and, the last, milliseconds: a server that is gone is noticed. A URL may differ."""


def make_engine(url: URL, place: str, busy_timeout: float, deadline: float, *, read_only: bool = False) -> Engine:
    """`read_only`: a server refuses every write. Raises StoreError where its driver is not installed."""
    connecting = {"connect_timeout": max(_MIN_CONNECT, min(_MAX_CONNECT, round(deadline)))}
    patience = {} if url.get_backend_name() == "sqlite" else _PATIENCE | connecting | {"prepare_threshold": None}
    try:
        # hide_parameters: a driver's error must not print what was being written.
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args={name: value for name, value in patience.items() if name not in url.query},
        )
    except (ImportError, NoSuchModuleError):
        way = msg("The store {place} needs a driver: install reconciler[postgres]", place=place)
        raise StoreError(way) from None
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine, busy_timeout)
    else:
        _configure_postgresql(engine, deadline, read_only=read_only)
    return engine


def _configure_sqlite(engine: Engine, busy_timeout: float) -> None:
    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _entry: ConnectionPoolEntry) -> None:
        raw.isolation_level = None  # transactions are started below, not by the driver
        raw.execute(f"PRAGMA busy_timeout={int(busy_timeout * 1000)}")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("bare", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _configure_postgresql(engine: Engine, deadline: float, *, read_only: bool) -> None:
    """A server or role may turn synchronous commits off; a journal must not. A healthy server itself ends what takes too long."""
    bounded = connection_class(deadline)
    access = " READ ONLY" if read_only else ""  # a database that refuses writes is left as it is
    limit = f"{deadline * 1000:.0f}ms"
    settings = {"synchronous_commit": "on", "statement_timeout": f"'{limit}'", "lock_timeout": f"'{limit}'"}
    own = "".join(f"; SET LOCAL {name} TO {value}" for name, value in settings.items())

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        return bounded.connect(*words, **options)

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _entry: ConnectionPoolEntry) -> None:
        raw.autocommit = True  # transactions are started below, not by the driver

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        level = "READ COMMITTED" if connection.get_execution_options().get("writes", False) else "REPEATABLE READ"
        connection.exec_driver_sql(f"BEGIN ISOLATION LEVEL {level}{access}{own}")
