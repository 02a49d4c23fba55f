"""A new database on a server, made by the statements that the migrations issued for the first one.

Migrations take some 45 ms, and a run of the tests makes hundreds of such databases. The first new one is made by the migrations
themselves; their statements are repeated for each later one. A database that is not empty is migrated as ever, and the tool has
statements of its own for a new file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event, inspect

Upgrade = Callable[[Connection], None]
Statement = tuple[str, Any]


def replaying(upgrade: Upgrade) -> Upgrade:
    """`upgrade`, run once and repeated from then on. The name of a world is a new one each time."""
    known: dict[str, list[Statement]] = {}

    def upgraded(connection: Connection) -> None:
        if connection.dialect.name == "sqlite" or inspect(connection).get_table_names():
            upgrade(connection)
        elif connection.dialect.name in known:
            for statement, parameters in known[connection.dialect.name]:
                named = statement.startswith("INSERT INTO identity")
                connection.exec_driver_sql(statement, _renamed(parameters) if named else parameters or None)
        else:
            known[connection.dialect.name] = _recorded(upgrade, connection)

    return upgraded


def _renamed(parameters: Any) -> Any:
    """By place or by name, as the driver takes them."""
    name = secrets.token_hex(6)
    return dict.fromkeys(parameters, name) if isinstance(parameters, dict) else (name,)


def _recorded(upgrade: Upgrade, connection: Connection) -> list[Statement]:
    reported: list[Statement] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            reported.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", listen)
    try:
        upgrade(connection)
    finally:
        event.remove(connection, "before_cursor_execute", listen)
    return reported
