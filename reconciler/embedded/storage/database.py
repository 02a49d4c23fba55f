"""The database: connections, transactions, migration.

In: a file path or an SQLAlchemy URL. Out: `reading()` (one snapshot) and `writing()` (one transaction, all or nothing).
On SQLite a write takes the write lock at its start (BEGIN IMMEDIATE), so what it reads cannot change before it
writes; on PostgreSQL rows are locked as they are read (`with_for_update`, which SQLite ignores). It knows no table.
"""

import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from reconciler.embedded.storage.migrations import HEAD, REVISIONS
from reconciler.embedded.storage.schema import make_or_upgrade

_PAUSE = 0.01
_VERSION = "alembic_version"
_OURS = "platform"
"""A table that every version has had."""


class DatabaseError(Exception):
    """The database cannot be used as it is; the message says why."""


class Database:
    def __init__(self, location: str | Path, *, busy_timeout: float = 10.0) -> None:
        self._engine = _engine(_url(location), busy_timeout)
        self._busy_timeout = busy_timeout
        self._writer = self._engine.execution_options(writes=True)
        weakref.finalize(
            self, self._engine.dispose
        )  # also of a world that is dropped, or that a wrong seed kept from beginning

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Migrates the tables. Costs one small query if there is nothing to do. Raises DatabaseError, with nothing written to the
        database of another program.
        """
        try:
            self._bring_up_to_date()
        except DBAPIError as error:
            raise DatabaseError(f"cannot use the database: {error.orig}") from error

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            if _version_on(connection) == HEAD:
                return
        if self._engine.dialect.name == "sqlite":
            self._use_wal()
        with self.writing() as connection:
            if _version_on(connection) != HEAD:  # another process may have been quicker
                make_or_upgrade(connection)

    def check(self) -> None:
        """Whether it answers, and is still the same file. Raises DatabaseError."""
        url = self._engine.url
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise DatabaseError("the file was deleted")
        try:
            with self.reading() as connection:
                connection.execute(text("SELECT 1 FROM platform")).close()
        except DBAPIError as error:
            raise DatabaseError(f"cannot use the database: {error.orig}") from error

    def check_writable(self) -> None:
        """Raises DatabaseError."""
        try:
            with self.writing() as connection:
                connection.execute(text("UPDATE platform SET id = id"))
        except DBAPIError as error:
            raise DatabaseError(f"cannot write to the database: {error.orig}") from error

    def close(self) -> None:
        self._engine.dispose()

    def _use_wal(self) -> None:
        """Let readers and one writer work side by side. Kept in the file; it cannot be said within a transaction.

        SQLite refuses this at once, without waiting, while another process writes the new file or does the same.
        """
        last = time.monotonic() + self._busy_timeout
        with closing(self._engine.raw_connection()) as raw:
            while True:
                try:
                    raw.cursor().execute("PRAGMA journal_mode=WAL").close()
                except sqlite3.OperationalError as error:
                    if time.monotonic() > last or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                        raise DatabaseError(f"cannot use the database: {error}") from error
                    time.sleep(_PAUSE)
                else:
                    return


def _url(location: str | Path) -> str:
    given = str(location)
    if "://" not in given:
        path = Path(given).expanduser()
        _make_folder(path.parent)
        _refuse_other_files(path)
        return f"sqlite:///{path}"
    url = make_url(given)
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseError("an in-memory database supports one reader only; use a file, such as backend.sqlite")
    return given


def _make_folder(folder: Path) -> None:
    """One level and no more: where a whole path is not there, it is a slip."""
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise DatabaseError(f"the folder {folder.parent} does not exist") from None
    except FileExistsError:
        raise DatabaseError(f"{folder} is not a folder") from None


def _refuse_other_files(path: Path) -> None:
    """Before SQLite opens it, which would wait for a pipe.

    The file is not opened: closing it would release every lock that this process holds on it through SQLite (POSIX), and another
    process would treat a database in use as unused, and delete its write-ahead log.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise DatabaseError("not a file (example: backend.sqlite)")


def _engine(url: str, busy_timeout: float) -> Engine:
    # hide_parameters: a driver's error must not print what was being written.
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _teach_sqlite(engine, busy_timeout)
    return engine


def _teach_sqlite(engine: Engine, busy_timeout: float) -> None:
    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _entry: ConnectionPoolEntry) -> None:
        raw.isolation_level = None  # transactions are started below, not by the driver
        raw.execute(f"PRAGMA busy_timeout={int(busy_timeout * 1000)}")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version_on(connection: Connection) -> str | None:
    """None: the database is new. Raises DatabaseError for one of another program, or newer than this program."""
    tables = inspect(connection).get_table_names()
    version = (
        connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if _VERSION in tables else None
    )
    if tables and _OURS not in tables and connection.dialect.name == "sqlite":
        raise DatabaseError(f"the database belongs to another program (tables: {', '.join(sorted(tables)[:3])})")
    if version is not None and version not in REVISIONS:
        raise DatabaseError(
            f"the database has version {version} of a newer release; this release supports versions up to {HEAD}"
        )
    return version
