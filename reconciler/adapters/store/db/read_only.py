"""A store that is only looked at: it is neither made nor migrated, and its database refuses every write.

In: an address. Out: `Store`. An SQLite file may be on a file system that cannot be written, beside a running writer or without
one; what a killed writer left in the WAL is read and stays there.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from reconciler.adapters.store.db.database import DEADLINE, Store, schema_version
from reconciler.adapters.store.db.engines import make_engine
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.migrations import HEAD
from reconciler.adapters.store.db.store_address import store_address
from reconciler.core.diagnostics.messages import msg


def open_store_for_reading(location: str | Path, *, busy_timeout: float = 10.0, deadline: float = DEADLINE) -> Store:
    """Of any version: who reads it asks for what it has. Raises StoreError."""
    url, place = store_address(location)
    engine = make_engine(url, place, busy_timeout, deadline, read_only=True)
    if engine.dialect.name == "sqlite":
        _connect_read_only(engine, Path(str(url.database)))
    return Store(engine, place, deadline)


def refuse_other_version(store: Store) -> None:
    """Raises StoreError for a store of another version than this one writes."""
    with store.reading() as connection:
        found = schema_version(connection, store.place)
    if found != HEAD:
        text = msg(
            "The store {place} has version {found}, and this program reads version {known}",
            place=store.place,
            found=found or "0000",
            known=HEAD,
        )
        raise StoreError(text, hint=msg("Any command that writes updates it, for example `reconciler drift`"))


def _connect_read_only(engine: Engine, file: Path) -> None:
    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _words: Any, _options: Any) -> sqlite3.Connection:
        address, log = file.absolute().as_uri(), file.with_name(f"{file.name}-wal")
        if not _has_content(log) and _may_write(file) and _may_write(file.parent):
            # Who may not write leaves the files of the WAL behind; who may and does not write removes them at the end.
            return _connected(f"{address}?mode=rw", "PRAGMA query_only=ON")
        try:
            return _connected(f"{address}?mode=ro")
        except sqlite3.OperationalError:
            if _has_content(log):
                raise
            # No writer is at work, and none can be where the files of the WAL cannot be made.
            return _connected(f"{address}?mode=ro&immutable=1")


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _connected(address: str, *settings: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        for setting in settings:
            connection.execute(setting)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
