"""The tables of fleet runs: runs and their chunks, what became of shops, and the limits that all workers share.

Times are the database's own (`database_now`), also on hosts whose clocks differ.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from reconciler.adapters.store.db.finding_tables import FLEET, WORD
from reconciler.adapters.store.db.run_tables import NUMBER, RUN, SHOP, JsonColumn, UtcDateTime, metadata

WORKER = String(256)

fleet_runs = Table(
    "fleet_runs",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("id", RUN, nullable=False, unique=True),
    Column("fleet", FLEET, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("git_commit", String(64), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("options", JsonColumn, nullable=False),
    Column("state", WORD, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("ended", UtcDateTime),
    Column("why", Text),
    Index("ix_fleet_runs_fleet", "fleet", "number"),
    sqlite_autoincrement=True,
)
"""`wave` is the last one that is open; `why` says why the run was stopped."""

run_chunks = Table(
    "run_chunks",
    metadata,
    Column("run", RUN, ForeignKey("fleet_runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("wave", Integer, nullable=False),
    Column("shops_from", SHOP, nullable=False),
    Column("shops_to", SHOP, nullable=False),
    Column("shops", Integer, nullable=False),
    Column("state", WORD, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", WORKER),
    Column("claimed", UtcDateTime),
    Column("seen", UtcDateTime),
    Column("result_digest", String(71)),
    Column("result", JsonColumn),
)
"""Both ends of the range are in it. `seen` is the last heartbeat."""

chunk_shops = Table(
    "chunk_shops",
    metadata,
    Column("run", RUN, ForeignKey("fleet_runs.id"), primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("leaf", String(71), nullable=False),
    Index("ix_chunk_shops_chunk", "run", "number"),
)
"""The approved leaf of each shop of an apply: a shop is in one chunk of a run."""

run_outcomes = Table(
    "run_outcomes",
    metadata,
    Column("run", RUN, ForeignKey("fleet_runs.id"), primary_key=True),
    Column("outcome", WORD, primary_key=True),
    Column("shop", SHOP, primary_key=True),
)
"""What became of shops, for the failure limit: a shop counts once for each outcome."""

shared_rates = Table(
    "shared_rates",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("filled", UtcDateTime, nullable=False),
    Column("per_second", Float, nullable=False),
    Column("halved", UtcDateTime),
)
"""The requests that all workers of a fleet may send: `tokens` are left, as of `filled`; fewer than none are taken in advance.
`halved`: when the backend last said that it is too much.
"""

closure_slots = Table(
    "closure_slots",
    metadata,
    Column("run", RUN, ForeignKey("fleet_runs.id"), primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(320)),
    Column("shop", SHOP),
    Column("until", UtcDateTime),
)
"""One row for each shop of a run that may be closed at the same time; free where `until` has passed or is empty, and no run
has left `shop` unfinished.
"""
