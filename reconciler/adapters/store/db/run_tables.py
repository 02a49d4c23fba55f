"""The tables, as SQLAlchemy Core. Types are portable: no SQLite type, no ORM. Only the migrations create them; a test keeps
the two equal. Partial indexes of PostgreSQL are only in the migrations: here they would load that dialect in every process.

`events` is the journal and is only appended to. `run_shops`, `closures` and `applied` are derived from it and written in the
same transaction as their event: one query replaces a scan of the journal. `leases` keeps a shop's row forever, so that its
fence never repeats.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects import sqlite

from reconciler.core.model.canonical import Json, dumps

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

metadata = MetaData()

SHOP = String(40)
RUN = String(64)
NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite assigns numbers only if the type is INTEGER."""


def json_text(value: Json) -> str:
    """Canonical JSON. A lone surrogate (of an undecodable file name) has no UTF-8: it is written as JSON's escape."""
    return dumps(value).encode("utf-8", "backslashreplace").decode()


class JsonColumn(TypeDecorator[Json]):
    """Canonical JSON in a text column; NULL reads as None."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:  # noqa: ARG002  # the base class's signature
        return json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Json:  # noqa: ARG002  # the base class's signature
        read: Json = None if value is None else json.loads(value)
        return read


@lru_cache(maxsize=1024)  # the rows of a lease have the same times, as have an event and the values it writes
def utc_text(moment: datetime) -> str:
    """Of one width, so that it sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time as text of one width in UTC, which sorts as time does."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # as above
        return None if value is None else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # as above
        return None if value is None else datetime.fromisoformat(value)


runs = Table(
    "runs",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("run", RUN, nullable=False, unique=True),
    Column("actor", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("command", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("git_commit", Text),
    Column("ended", UtcDateTime),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("run", RUN, ForeignKey("runs.run"), nullable=False),
    Column("shop", SHOP),
    Column("at", UtcDateTime, nullable=False),
    Column("document", JsonColumn, nullable=False),
    Index("ix_events_run", "run", "shop"),
    Index("ix_events_shop", "shop", "run"),
    sqlite_autoincrement=True,  # a number that was pruned does not come back
)

run_shops = Table(
    "run_shops",
    metadata,
    Column("run", RUN, ForeignKey("runs.run"), primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("steps", JsonColumn, nullable=False),
    Column("changes", JsonColumn, nullable=False),
    Column("settled", NUMBER, nullable=False, server_default=text("0")),
    Column("unfinished", Boolean, nullable=False),
    # What is looked for is rare: the index holds nothing else.
    Index("ix_run_shops_unfinished", "shop", sqlite_where=text("unfinished = 1")),
)
"""A shop that a run started. `settled` is the event up to which nothing is unfinished, by this run or a later one."""

closures = Table(
    "closures",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("run", RUN, ForeignKey("runs.run"), nullable=False),
    Column("shop", SHOP, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
    Index("ix_closures_at", "at"),
    Index("ix_closures_run", "run"),
    Index("ix_closures_shop", "shop", "at"),
    sqlite_autoincrement=True,
)
"""Closures that a run ended, for how long each shop was closed. `at` is when it was open again."""

applied = Table(
    "applied",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("field", String(256), primary_key=True),
    Column("value", JsonColumn, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("run", RUN, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("run", RUN, nullable=False),
    Column("place", Text),
    Column("pid", BigInteger, nullable=False),
    Column("born", BigInteger, nullable=False),
    Column("taken", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("released", Boolean, nullable=False),
)
"""`place`, `pid` and `born` identify the owning process (`processes`)."""


store_identity = Table(
    "store_identity",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("name", String(32), nullable=False),
)
"""One row, made at the first lease. It names the store, so that its fences are not compared with another store's."""


def insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say ON CONFLICT: both databases spell it alike, SQLAlchemy keeps it in each one's dialect."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # loaded where it is used: most stores are SQLite

        return postgresql.insert(table)
    return sqlite.insert(table)
