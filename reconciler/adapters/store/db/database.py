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
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import OperationalError

from reconciler.adapters.store.db.engines import make_engine
from reconciler.adapters.store.db.errors import StoreError, StoreNotCreated, translate_errors
from reconciler.adapters.store.db.migrations import HEAD, REVISIONS
from reconciler.adapters.store.db.schema import create_or_migrate
from reconciler.adapters.store.db.store_address import store_address
from reconciler.adapters.store.db.store_file import StoreFile
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import Clock

DEADLINE: Final = 30.0
"""Seconds that one trip to the store may take, where nothing else is said."""
_MARGIN: Final = 1.0
_PAUSE: Final = 0.01

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

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Raises StoreError."""
        with translate_errors(self.place), self._engine.connect() as connection:
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

    def check_writable(self) -> None:
        """Raises StoreError. Opening a store that exists only reads it."""
        with self.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

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
    url, place = store_address(location)
    if url.get_backend_name() == "sqlite":
        _make_file(Path(str(url.database)), place)
    store = Store(make_engine(url, place, busy_timeout, deadline), place, deadline)
    try:
        _migrate(store, busy_timeout)
    except BaseException:
        store.close()
        raise
    return store


def open_store_readonly(location: str | Path, *, busy_timeout: float = 10.0, deadline: float = DEADLINE) -> Store:
    """For looking only: the store is neither made nor migrated. Raises StoreError."""
    url, place = store_address(location)
    return Store(make_engine(url, place, busy_timeout, deadline), place, deadline)


def database_now(connection: Connection, clock: Clock) -> datetime:
    """The time that all users of the store agree on: a server's own clock, or on SQLite, which is one machine's, `clock`."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    return clock.now()


def _make_file(path: Path, place: str) -> None:
    """SQLite gives its side files the permissions of the first one, so it is made before SQLite sees it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        # mkdir says of a file in the place of the folder that it exists.
        reason = msg("Not a directory") if isinstance(error, FileExistsError) else system_reason(error)
        raise StoreNotCreated(
            msg("The store {place} cannot be created: {reason}", place=place, reason=reason)
        ) from error


def _migrate(store: Store, busy_timeout: float) -> None:
    """Brings the tables up to date. Costs one small query where they are."""
    with store.reading() as connection:
        if schema_version(connection, store.place) == HEAD:
            return
    if store._engine.dialect.name == "sqlite":  # noqa: SLF001  # the two halves of one module
        _use_wal(store, busy_timeout)
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.connection.driver_connection.deadline = None  # type: ignore[union-attr]  # our own class
            connection.execute(text("SET LOCAL statement_timeout TO 0"))  # it may rewrite tables, or wait for who does
            connection.execute(text("SET LOCAL lock_timeout TO 0"))
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if schema_version(connection, store.place) != HEAD:  # another process may have been quicker
            create_or_migrate(connection)
    store.close()  # the next connection is bounded again


def _use_wal(store: Store, busy_timeout: float) -> None:
    """Lets readers and one writer work side by side. Kept in the file; it cannot be said within a transaction.

    SQLite does not wait here for another process that writes the new file, or that does the same: it refuses at once.
    """
    last = time.monotonic() + busy_timeout
    with translate_errors(store.place), store._engine.execution_options(bare=True).connect() as connection:  # noqa: SLF001  # as above
        while True:
            try:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            except OperationalError as error:
                if time.monotonic() > last or getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(_PAUSE)
            else:
                return


def schema_version(connection: Connection, place: str) -> str | None:
    """The revision the store is at, None where it is new. Raises StoreError for one from the future."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise StoreError(
            msg(
                "The store {place} has version {found}, written by a newer reconciler; this one supports up to {known}",
                place=place,
                found=str(found),
                known=HEAD,
            ),
            hint=msg("Install that version of reconciler, or restore a backup from before the upgrade"),
        )
    return found
