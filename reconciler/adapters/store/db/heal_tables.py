"""The tables of healing and of the watcher: what was healed and proposed, and what a watcher keeps between two starts."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from reconciler.adapters.store.db.finding_tables import FINDING, FLEET, MOMENT, WORD
from reconciler.adapters.store.db.run_tables import NUMBER, RUN, SHOP, JsonColumn, metadata

RULE = String(64)

heals = Table(
    "heals",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("fleet", FLEET, nullable=False),
    Column("finding", FINDING, nullable=False),
    Column("shop", SHOP, nullable=False),
    Column("field", String(256), nullable=False),
    Column("rule", RULE, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("outcome", WORD, nullable=False),
    Column("actor", Text, nullable=False),
    Column("desired", JsonColumn, nullable=False),
    Column("run", RUN),
    Index("ix_heals_finding", "finding", "number"),
    Index("ix_heals_fleet", "fleet", "number"),
    sqlite_autoincrement=True,
)
"""One row for each heal of a finding. `actor` changed the field before; `run` is what wrote, if anything was."""

proposals = Table(
    "proposals",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("file", Text, nullable=False),
    Column("fingerprint", String(80), nullable=False),
    Column("rule", RULE, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("findings", JsonColumn, nullable=False),
)
"""The ready plan of a shop that waits for a person. `findings` are the ids of those that it settles."""

watch_states = Table(
    "watch_states",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
)
"""What a watcher continues from: cursors, and the commit that it saw last."""
