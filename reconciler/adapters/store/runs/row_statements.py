"""Statements that run for many rows at once, again and again: what SQLAlchemy does for each value is left out.

In: how to make the statement, the names of its parameters, and rows in that order. A row holds what a driver takes: text,
numbers, None; the caller writes a value as the type of its column would (`json_text`, `utc_text`). The rows of a journal cost
two to three times as much if SQLAlchemy handles each value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Dialect, Insert, Update

RowValue: TypeAlias = str | int | bool | None


class RowStatement:
    """`make` gets the name of the dialect. `parameters`: in the order in which the statement has them."""

    def __init__(self, make: Callable[[str], Insert | Update], parameters: Sequence[str]) -> None:
        self._make = make
        self._parameters = list(parameters)
        self._texts: dict[str, str] = {}

    def execute(self, connection: Connection, rows: Sequence[tuple[RowValue, ...]]) -> None:
        name = connection.dialect.name
        if name not in self._texts:
            self._texts[name] = self._text(name, type(connection.dialect))
        connection.exec_driver_sql(self._texts[name], list(rows))

    def _text(self, name: str, kind: Callable[..., Dialect]) -> str:
        """With a mark for each parameter. Raises ValueError where the statement has other parameters, or in another order."""
        dialect = kind(paramstyle="qmark" if name == "sqlite" else "format")
        compiled = self._make(name).compile(dialect=dialect, column_keys=self._parameters)
        if compiled.positiontup != self._parameters:
            raise ValueError(f"the statement has the parameters {compiled.positiontup}, not {self._parameters}")
        return str(compiled)
