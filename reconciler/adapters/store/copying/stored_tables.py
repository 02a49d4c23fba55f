"""The tables of a store, as its database describes them.

In: a connection. Out: every table that a migration made, those that others refer to first. Not from a list: a table that a later
migration adds is found without a change here. Values are read and written as they are stored, so that a copy loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, MetaData, Table, func, select

VERSION_TABLE: Final = "alembic_version"
"""Each store has its own: the migrations write it."""


def stored_tables(connection: Connection) -> Sequence[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def count_rows(connection: Connection, tables: Sequence[Table]) -> Mapping[str, int]:
    """Of the tables that hold any."""
    counted = {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    return {name: count for name, count in counted.items() if count}
