"""The numbers that a database has assigned to the rows of a table.

In: a connection and a table whose key the database assigns. A copied row brings its number along, which does not move the
sequence of PostgreSQL; and a number that was deleted must not come back. So the highest number is copied as well.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select, table, text, update
from sqlalchemy import column as named
from sqlalchemy.types import Integer

_SQLITE_NUMBERS = table("sqlite_sequence", named("name"), named("seq"))


def highest_number(connection: Connection, of: Table) -> int | None:
    """Of all rows that there ever were; None where the database assigns no numbers."""
    number = _number_column(of)
    if number is None:
        return None
    in_use: int = connection.execute(select(func.max(number))).scalar() or 0
    if connection.dialect.name == "sqlite":
        query = select(_SQLITE_NUMBERS.c.seq).where(_SQLITE_NUMBERS.c.name == of.name)
        assigned: int = connection.execute(query).scalar() or 0
        return max(in_use, assigned)
    sequence = _sequence(connection, of, number)
    if sequence is None:
        return None
    last = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608  # quoted by the server
    last_value: int = last.last_value if last.is_called else last.last_value - 1
    return max(in_use, last_value)


def assign_after(connection: Connection, of: Table, highest: int) -> None:
    """The next row gets a higher number than `highest`."""
    number = _number_column(of)
    if number is None or not highest:
        return
    if connection.dialect.name == "sqlite":
        here = _SQLITE_NUMBERS.c.name == of.name
        if not connection.execute(update(_SQLITE_NUMBERS).where(here).values(seq=highest)).rowcount:
            connection.execute(insert(_SQLITE_NUMBERS).values(name=of.name, seq=highest))
        return
    sequence = _sequence(connection, of, number)
    if sequence is not None:
        connection.execute(select(func.setval(sequence, highest)))


def _number_column(of: Table) -> Column[Any] | None:
    keys = list(of.primary_key)
    return keys[0] if len(keys) == 1 and isinstance(keys[0].type, Integer) else None


def _sequence(connection: Connection, of: Table, number: Column[Any]) -> str | None:
    quoted = connection.dialect.identifier_preparer.quote(of.name)
    found: str | None = connection.execute(select(func.pg_get_serial_sequence(quoted, number.name))).scalar()
    return found
