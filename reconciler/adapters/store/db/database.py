"""The database of the store: connections, transactions, migration.

In: a file path or an SQLAlchemy URL. Out: `Store`, with `reading()` (one snapshot) and `writing()` (one transaction: all of it
or nothing, and on disk when it returns). On SQLite a write takes the write lock at its start (BEGIN IMMEDIATE), so what
it reads cannot change before it writes; on PostgreSQL rows are locked as they are read. It knows no table.

SQLite is run in WAL with `synchronous=FULL`: each commit is synced before it returns. WAL needs shared memory, so the processes
of one SQLite store are on one machine; several machines share a PostgreSQL.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from reconciler.adapters.store.db.errors import StoreError, translate_errors
from reconciler.adapters.store.db.migrations import HEAD, REVISIONS
from reconciler.adapters.store.db.postgres_deadline import connection_class
from reconciler.adapters.store.db.store_file import StoreFile
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import Clock

DEADLINE: Final = 30.0
"""Seconds that one trip to the store may take, where nothing else is said."""
_MARGIN: Final = 1.0
_MIN_CONNECT, _MAX_CONNECT = 2, 10
"""Seconds that making a connection may take: the client library takes no less than two."""
_PATIENCE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Of PostgreSQL's client library, in seconds and, the last, milliseconds: a server that is gone is noticed. A URL may differ."""

_MIGRATION_LOCK = 0x7265636F  # of PostgreSQL's advisory locks; any otherwise unused number


class Store:
    """`place` is its name in messages: the file, or the URL without user, password and query. `file` is None with a server.

    No request to a server takes longer than `deadline` seconds. Work in a thread is waited for `patience` seconds
    (`group_commit.py`): a little longer, so that the driver gives up first.
    """

    def __init__(self, engine: Engine, place: str, deadline: float = DEADLINE) -> None:
        self.place = place
        self.deadline = deadline
        self.patience = deadline + _MARGIN
        self._engine = engine
        serverless = engine.dialect.name == "sqlite"
        self.file = Path(str(engine.url.database)) if serverless else None
        self._file = None if self.file is None else StoreFile(self.file, place)
        # Threads of one process take turns here, fairly; SQLite's own waiting is a poll with growing naps.
        self._turn = threading.Lock() if serverless else nullcontext()
        self._writer = engine.execution_options(writes=True)
        self._reader = engine if serverless else engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Raises StoreError."""
        with translate_errors(self.place), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Raises StoreError."""
        with translate_errors(self.place), self._turn:
            self._check_file()
            with self._writer.begin() as connection:
                yield connection
            self._check_file()

    @contextmanager
    def writing_to_driver(self) -> Iterator[sqlite3.Connection]:
        """As `writing`, on SQLite only, without what SQLAlchemy does around each statement. Raises StoreError."""
        with translate_errors(self.place), self._turn:
            self._check_file()
            with closing(self._engine.raw_connection()) as pooled:  # which takes back what is not committed
                driver: sqlite3.Connection = pooled.driver_connection  # type: ignore[assignment]  # of this engine
                driver.execute("BEGIN IMMEDIATE")
                yield driver
                driver.execute("COMMIT")
            self._check_file()

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self._file is not None

    def _check_file(self) -> None:
        """Before, so that nothing is written into a file that is gone; afterwards, so that what was written counts."""
        if self._file is not None:
            self._file.check()

    def overdue(self) -> StoreError:
        """What is said of a trip that took longer than `deadline`."""
        reason = msg("it does not answer within {seconds} s", seconds=f"{self.deadline:g}")
        return StoreError(msg("The store {place} cannot be used: {reason}", place=self.place, reason=reason))

    def close(self) -> None:
        self._engine.dispose()


def open_store(
    location: str | Path = ".reconciler/journal.db", *, busy_timeout: float = 10.0, deadline: float = DEADLINE
) -> Store:
    """Opens the store, and makes or migrates it where needed. `busy_timeout` and `deadline` are in seconds. Raises StoreError."""
    url, place = _url(location)
    if url.get_backend_name() == "sqlite":
        _make_file(Path(str(url.database)), place)
    store = Store(_engine(url, place, busy_timeout, deadline), place, deadline)
    try:
        _migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def open_store_readonly(location: str | Path, *, busy_timeout: float = 10.0, deadline: float = DEADLINE) -> Store:
    """For looking only: the store is neither made nor migrated. Raises StoreError."""
    url, place = _url(location)
    return Store(_engine(url, place, busy_timeout, deadline), place, deadline)


def database_now(connection: Connection, clock: Clock) -> datetime:
    """The time that all users of the store agree on: a server's own clock, or on SQLite, which is one machine's, `clock`."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    return clock.now()


def _url(location: str | Path) -> tuple[URL, str]:
    if "://" not in str(location):
        path = Path(location).expanduser()
        return URL.create("sqlite", database=str(path)), str(path)
    try:
        url = make_url(str(location))
    except (ArgumentError, ValueError):  # the latter for a port that is no number; it quotes the port
        raise StoreError(msg("the URL of the store is invalid")) from None
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise StoreError(msg("a store in memory is lost at the end: use a file"))
        return url, str(url.database)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        name = redact(url.drivername)
        raise StoreError(msg("a store is an SQLite file or a PostgreSQL database, not {name}", name=name))
    return url, _known_as(url)


def _known_as(url: URL) -> str:
    """Driver, host and database. A password with an unescaped character extends into the host, or starts at a `#`."""
    host, database = (url.host or "").rpartition("@")[2], (url.database or "").partition("#")[0]
    port = "" if url.port is None else f":{url.port}"
    return redact(f"{url.drivername}://{host}{port}/{database}")


def _make_file(path: Path, place: str) -> None:
    """SQLite gives its side files the permissions of the first one, so it is made before SQLite sees it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        reason = system_reason(error)
        raise StoreError(msg("the store {place} cannot be created: {reason}", place=place, reason=reason)) from error


def _engine(url: URL, place: str, busy_timeout: float, deadline: float) -> Engine:
    connecting = {"connect_timeout": max(_MIN_CONNECT, min(_MAX_CONNECT, round(deadline)))}
    patience = {} if url.get_backend_name() == "sqlite" else _PATIENCE | connecting
    try:
        # hide_parameters: a driver's error must not print what was being written.
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args={name: value for name, value in patience.items() if name not in url.query},
        )
    except (ImportError, NoSuchModuleError):
        way = msg("the store {place} needs a driver: install reconciler[postgres]", place=place)
        raise StoreError(way) from None
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine, busy_timeout)
    else:
        _configure_postgresql(engine, deadline)
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


def _configure_postgresql(engine: Engine, deadline: float) -> None:
    bounded = connection_class(deadline)

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        return bounded.connect(*words, **options)

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _entry: ConnectionPoolEntry) -> None:
        """A server or role may turn it off; a journal must not. A healthy server itself ends what takes too long."""
        raw.execute("SET synchronous_commit TO on")
        raw.execute(f"SET statement_timeout TO '{deadline * 1000:.0f}ms'")
        raw.execute(f"SET lock_timeout TO '{deadline * 1000:.0f}ms'")
        raw.commit()


def _migrate(store: Store) -> None:
    """Brings the tables up to date. Costs one small query where they are."""
    with store.reading() as connection:
        if schema_version(connection, store.place) == HEAD:
            return
    if store._engine.dialect.name == "sqlite":  # noqa: SLF001  # the two halves of one module
        _use_wal(store)
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.connection.driver_connection.deadline = None  # type: ignore[union-attr]  # our own class
            connection.execute(text("SET LOCAL statement_timeout TO 0"))  # it may rewrite tables, or wait for who does
            connection.execute(text("SET LOCAL lock_timeout TO 0"))
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if schema_version(connection, store.place) != HEAD:  # another process may have been quicker
            _upgrade(connection)
    store.close()  # the next connection is bounded again


def _use_wal(store: Store) -> None:
    """Lets readers and one writer work side by side. Kept in the file; it cannot be said within a transaction."""
    with translate_errors(store.place), store._engine.execution_options(bare=True).connect() as connection:  # noqa: SLF001  # as above
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def schema_version(connection: Connection, place: str) -> str | None:
    """The revision the store is at, None where it is new. Raises StoreError for one from the future."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise StoreError(
            msg(
                "the store {place} has version {found}, written by a newer reconciler; this one supports up to {known}",
                place=place,
                found=str(found),
                known=HEAD,
            )
        )
    return found


def _upgrade(connection: Connection) -> None:
    # Alembic is heavy to import and wanted once in a store's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "reconciler.adapters.store.db:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
