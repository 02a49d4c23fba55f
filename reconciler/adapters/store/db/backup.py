"""A copy of a store's file, taken while others write to it.

In: an SQLite store, and a path where no file is. Out: a file that is a store of its own, as of one moment. A server's database is
copied with the tools of the server.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason


def backup_store(store: Store, target: Path) -> int:
    """Its size in bytes. The file is there when it is complete, or not at all. Raises StoreError."""
    with store.reading() as connection:
        if connection.dialect.name != "sqlite":
            raise StoreError(
                msg("{place} is a server's database and is not copied to a file", place=store.place),
                hint=msg("Use pg_dump, or the backup of the server"),
            )
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # of that dialect
        try:
            _copy(source, target)
        except OSError as error:
            reason = system_reason(error)
            raise StoreError(
                msg("The backup {file} cannot be written: {reason}", file=str(target), reason=reason),
                hint=msg("Name a file that does not exist yet, in a folder that exists and is writable"),
            ) from error
    return target.stat().st_size


def _copy(source: sqlite3.Connection, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        os.link(partial, target)  # unlike a rename, it replaces no file
    finally:
        partial.unlink()
