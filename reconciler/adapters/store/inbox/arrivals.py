"""Received messages as rows: each is written unless there is one of the same message and shop.

In: arrivals and a transaction. Out: for each whether it was stored, is a duplicate, or clashes with what was stored before.

For a server the rows are one statement, made by SQLAlchemy. A file gets them from its driver as they are: SQLite runs a statement
per row in any case, and SQLAlchemy takes as much computing to prepare a row, and a transaction, as SQLite takes to write it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Executable, select

from reconciler.adapters.store.db.inbox_tables import DUE_NOW, ipn_messages
from reconciler.adapters.store.db.portions import divided
from reconciler.adapters.store.db.run_tables import insert, utc_text
from reconciler.ports.inbox import MessageStatus, ReceivedMessage, StoreOutcome

_Key = tuple[str, str]
"""MessageId and shop. Shops of one seller have an endpoint each on its one topic: the same message comes to each, and is of one
of them.
"""

_Row = tuple[str | bytes | None, ...]

_Digests = Callable[[Sequence[str]], Mapping[_Key, str]]
"""Of the stored ones with these MessageIds, of which there are at most _SOME."""

_KEY: Final = (ipn_messages.c.message_id, ipn_messages.c.shop)
_NAMES: Final = (
    "message_id", "digest", "shop", "published", "received", "kind", "object_id", "lane", "arrived_as", "standing", "due",
    "body",
)  # fmt: skip
_SIZES: Final = (16, 8, 4, 2, 1)
"""Rows of a statement; each of these statements is prepared once. The other threads go on while one runs, and before the next one
they let this thread wait for its turn.
"""

_ROW: Final = f"({', '.join('?' * len(_NAMES))})"
_INSERTS: Final = {
    size: f"INSERT INTO ipn_messages ({', '.join(_NAMES)}) VALUES {', '.join([_ROW] * size)}"  # noqa: S608  # names of ours
    " ON CONFLICT (message_id, shop) DO NOTHING"
    for size in _SIZES
}
_DUE_NOW: Final = utc_text(DUE_NOW)
_SOME: Final = 1000
"""A statement takes only so many values."""


def keep_on_server(connection: Connection, arrivals: Sequence[ReceivedMessage]) -> Sequence[StoreOutcome]:
    def insert_new(chosen: Sequence[ReceivedMessage]) -> set[_Key]:
        rows = [_values(arrival) for arrival in chosen]
        return {(name, shop) for name, shop in connection.execute(_statement(connection.dialect.name), rows)}

    return _kept(arrivals, insert_new, partial(_digests_on_server, connection))


def keep_in_file(driver: sqlite3.Connection, arrivals: Sequence[ReceivedMessage]) -> Sequence[StoreOutcome]:
    def insert_new(chosen: Sequence[ReceivedMessage]) -> set[_Key]:
        """Numbers only grow: what is above the highest one of before is new."""
        (highest,) = driver.execute("SELECT coalesce(max(number), 0) FROM ipn_messages").fetchone()
        rows = [_as_stored(arrival) for arrival in chosen]
        written = sum(
            driver.execute(_INSERTS[len(some)], list(chain(*some))).rowcount for some in divided(rows, _SIZES)
        )
        keys = {_key(arrival) for arrival in chosen}
        if written < len(keys):
            keys &= set(_in_portions(partial(_digests_in_file, driver, highest), keys))
        return keys

    return _kept(arrivals, insert_new, partial(_digests_in_file, driver, 0))


def _kept(
    arrivals: Sequence[ReceivedMessage], insert_new: Callable[[Sequence[ReceivedMessage]], set[_Key]], digests: _Digests
) -> Sequence[StoreOutcome]:
    """In the order of their keys, so that two processes that keep the same ones never wait for each other's rows."""
    first = {_key(arrival): index for index, arrival in reversed(list(enumerate(arrivals)))}
    new = insert_new([arrivals[first[key]] for key in sorted(first)])
    if len(new) == len(arrivals):
        return [StoreOutcome.STORED] * len(arrivals)
    stored = _in_portions(digests, first)
    return [
        StoreOutcome.STORED
        if _key(arrival) in new and first[_key(arrival)] == index
        else StoreOutcome.DUPLICATE
        if stored[_key(arrival)] == _digest(arrival)
        else StoreOutcome.CLASH
        for index, arrival in enumerate(arrivals)
    ]


def _in_portions(digests: _Digests, keys: Iterable[_Key]) -> dict[_Key, str]:
    names = sorted({name for name, _ in keys})
    found: dict[_Key, str] = {}
    for start in range(0, len(names), _SOME):
        found |= digests(names[start : start + _SOME])
    return found


def _digests_on_server(connection: Connection, names: Sequence[str]) -> Mapping[_Key, str]:
    wanted = select(*_KEY, ipn_messages.c.digest).where(ipn_messages.c.message_id.in_(names))
    return {(name, shop): digest for name, shop, digest in connection.execute(wanted)}


def _digests_in_file(driver: sqlite3.Connection, above: int, names: Sequence[str]) -> Mapping[_Key, str]:
    places = ", ".join("?" * len(names))
    wanted = f"SELECT message_id, shop, digest FROM ipn_messages WHERE number > ? AND message_id IN ({places})"  # noqa: S608  # marks
    return {(name, shop): digest for name, shop, digest in driver.execute(wanted, (above, *names))}


def _key(arrival: ReceivedMessage) -> _Key:
    return arrival.message_id, str(arrival.shop)


def _digest(arrival: ReceivedMessage) -> str:
    return arrival.digest or hashlib.sha256(arrival.body).hexdigest()


@cache
def _statement(dialect: str) -> Executable:
    """Made once: to build it costs more than a row."""
    return insert(dialect, ipn_messages).on_conflict_do_nothing(index_elements=_KEY).returning(*_KEY)


def _values(arrival: ReceivedMessage) -> dict[str, Any]:
    return {
        "message_id": arrival.message_id,
        "digest": _digest(arrival),
        "shop": arrival.shop,
        "published": arrival.published,
        "received": arrival.received,
        "kind": arrival.kind,
        "object_id": arrival.object_id,
        "lane": arrival.lane,
        "arrived_as": arrival.status,
        "standing": arrival.status,
        "due": DUE_NOW if arrival.status is MessageStatus.WAITING else None,
        "body": arrival.body,
    }


def _as_stored(arrival: ReceivedMessage) -> _Row:
    """In the order of `_NAMES`, as the types of the columns write it."""
    status = arrival.status.value
    return (
        arrival.message_id,
        _digest(arrival),
        str(arrival.shop),
        utc_text(arrival.published),
        utc_text(arrival.received),
        arrival.kind,
        arrival.object_id,
        arrival.lane,
        status,
        status,
        _DUE_NOW if arrival.status is MessageStatus.WAITING else None,
        arrival.body,
    )
