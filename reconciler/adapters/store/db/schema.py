"""The tables of a store: those of a new file at once, those of an older store by its migrations.

`new_file.sql` is what all migrations make of an empty file (`make schemas` writes it from them): to run them one after the other
takes twenty times as long, and Alembic is heavy to import. A server gets its tables from the migrations in any case.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

from sqlalchemy import Connection

from reconciler.adapters.store.db.migrations import HEAD

NEW_FILE: Final = "new_file.sql"


def create_or_migrate(connection: Connection) -> None:
    """In the transaction of the connection, at the end of which the tables are those of this version."""
    if connection.dialect.name == "sqlite" and not _has_tables(connection):
        _create(connection)
    else:
        run_migrations(connection)


def _create(connection: Connection) -> None:
    """A migration that is so new that the statements do not have it yet is run after them."""
    text = files(__package__).joinpath(NEW_FILE).read_text(encoding="utf-8")
    for statement in _statements(text):
        connection.exec_driver_sql(statement)
    if connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() != HEAD:
        run_migrations(connection)


def run_migrations(connection: Connection) -> None:
    # Alembic is heavy to import and wanted once in a store's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "reconciler.adapters.store.db:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _has_tables(connection: Connection) -> bool:
    return connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").first() is not None


def _statements(text: str) -> Iterator[str]:
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
