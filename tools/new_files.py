"""What all migrations make of an empty SQLite file, as statements: a new store and a new embedded backend start with them.

In: the migrations. Out: path within the project to content.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, create_engine

from reconciler.adapters.store.db import schema as store
from reconciler.embedded.storage import schema as platform

_ABOUT: Final = "-- Made from the migrations by `make schemas`.\n"
_OF_ITS_OWN: Final = {"identity": "INSERT INTO identity (world) VALUES (lower(hex(randomblob(6))));"}
"""Tables whose row is another one in each database."""


def new_file_statements() -> Mapping[str, str]:
    return {
        f"reconciler/adapters/store/db/{store.NEW_FILE}": _statements(store.run_migrations),
        f"reconciler/embedded/storage/{platform.NEW_FILE}": _statements(platform.upgrade_database),
    }


def _statements(migrate: Callable[[Connection], None]) -> str:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        lines = "\n".join((*_tables(driver), *_rows(driver))).splitlines()
    engine.dispose()
    return _ABOUT + "".join(f"{line.rstrip()}\n" for line in lines)


def _tables(driver: sqlite3.Connection) -> Iterator[str]:
    """In the order they were made: an index comes after its table."""
    found = driver.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    return (f"{sql.strip()};" for (sql,) in found.fetchall())


def _rows(driver: sqlite3.Connection) -> Iterator[str]:
    names = driver.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    for (name,) in names.fetchall():
        if name in _OF_ITS_OWN:
            yield _OF_ITS_OWN[name]
            continue
        columns = [column for _, column, *_ in driver.execute(f"PRAGMA table_info('{name}')").fetchall()]
        values = " || ', ' || ".join(f'quote("{column}")' for column in columns)
        for (row,) in driver.execute(f'SELECT {values} FROM "{name}"').fetchall():  # noqa: S608  # names of ours
            yield f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({row});"  # noqa: S608  # as above
