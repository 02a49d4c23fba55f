"""Reading one row, the same way for all resources: inside a write transaction it is locked as it is read."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, bindparam, select

from reconciler.embedded.contract.problems import Problem


def first(connection: Connection, statement: Select[Any], values: Mapping[str, Any]) -> RowMapping | None:
    """The first row, locked where the database locks rows (SQLite's write lock covers the whole file)."""
    writes = connection.get_execution_options().get("writes", False)
    return connection.execute(statement.with_for_update() if writes else statement, values).mappings().first()


def row_of(connection: Connection, table: Table, shop_key: str) -> RowMapping:
    """The shop's row of a table in which each shop has exactly one."""
    row = first(connection, _by_shop(table), {"shop_key": shop_key})
    if row is None:
        raise Problem("SHOP_NOT_FOUND", "no shop has this shop key")
    return row


@cache
def _by_shop(table: Table) -> Select[Any]:
    # Kept, because building a statement costs more than running it.
    return select(table).where(table.c.shop_key == bindparam("shop_key"))
