"""Stores with rows in every table that their migrations made, whatever the tables mean."""

from __future__ import annotations

from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, MetaData, Table, insert, inspect, select

from reconciler.adapters.store.db.database import Store, open_store

ROWS = 3
WORD = "東京-é-"
TERSE = 8
"""A column of fewer characters than this has room for a number only."""


def filled(location: str, rows: int = ROWS) -> Store:
    store = open_store(location)
    with store.writing() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(insert(table), [_row(table, number) for number in range(1, rows + 1)])
    return store


def _row(table: Table, number: int) -> dict[str, object]:
    """Every second row has no value where none is needed."""
    return {each.name: _value(each, number) if number % 2 or not each.nullable else None for each in table.columns}


def _value(column, number: int) -> object:
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return _value(target, number)
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, LargeBinary):
        return bytes(range(256)) + bytes([number % 256])
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Float):
        return number / 3
    length = getattr(column.type, "length", None) or 40
    return f"{WORD if length > TERSE else ''}{number}"[-length:]


def table_names(store: Store) -> set[str]:
    with store.reading() as connection:
        return {*inspect(connection).get_table_names()} - {"alembic_version"}


def content(store: Store) -> dict[str, set[tuple[object, ...]]]:
    """Table by table, the rows as they are stored."""
    with store.reading() as connection:
        return {name: _rows(connection, name) for name in table_names(store)}


def _rows(connection: Connection, name: str) -> set[tuple[object, ...]]:
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    columns = [table.columns[each] for each in sorted(table.columns.keys())]
    return {tuple(row) for row in connection.execute(select(*columns))}
