"""Statements that run for many rows at once, again and again, without what SQLAlchemy does for each value.

In: how to make the statement, the names of its parameters, and rows in that order. A row holds what a driver takes: text,
numbers, None; the caller writes a value as the type of its column would (`json_text`, `utc_text`). The rows of a journal cost
two to three times as much if SQLAlchemy handles each value.

SQLite's driver lets the other threads go on while a statement runs, and waits for its turn after each. So there a statement holds
many rows: the thread that commits and the event loop would take turns at every row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final, TypeAlias

from sqlalchemy import Connection, Dialect, Insert

from reconciler.adapters.store.db.portions import divided

RowValue: TypeAlias = str | int | bool | None
Row: TypeAlias = tuple[RowValue, ...]

_SIZES: Final = (64, 8, 1)
"""Rows of a statement of SQLite: the text of each is made once, and a statement may have a thousand values."""


class RowStatement:
    """`make` gets the name of the dialect. `parameters`: in the order in which the statement has them. No two rows that are
    written together may have the same key.
    """

    def __init__(self, make: Callable[[str], Insert], parameters: Sequence[str]) -> None:
        self._make = make
        self._parameters = list(parameters)
        self._texts: dict[tuple[str, int], str] = {}

    def execute(self, connection: Connection, rows: Sequence[Row]) -> None:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(self._text(connection, 1), list(rows))
            return
        for some in divided(rows, _SIZES):
            connection.exec_driver_sql(self._text(connection, len(some)), tuple(chain.from_iterable(some)))

    def _text(self, connection: Connection, size: int) -> str:
        key = (connection.dialect.name, size)
        if key not in self._texts:
            self._texts[key] = self._made(connection.dialect.name, type(connection.dialect), size)
        return self._texts[key]

    def _made(self, name: str, kind: Callable[..., Dialect], size: int) -> str:
        """With a mark for each parameter. Raises ValueError where the statement has other parameters, or in another order."""
        dialect = kind(paramstyle="qmark" if name == "sqlite" else "format")
        compiled = self._make(name).compile(dialect=dialect, column_keys=self._parameters)
        if compiled.positiontup != self._parameters:
            raise ValueError(f"the statement has the parameters {compiled.positiontup}, not {self._parameters}")
        row = f"({', '.join('?' * len(self._parameters))})"
        return str(compiled).replace(f"VALUES {row}", f"VALUES {', '.join([row] * size)}", 1)
