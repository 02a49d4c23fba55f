"""The table of the onboarding status: one row for each shop that a status was about, replaced by the next one."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from reconciler.adapters.store.db.finding_tables import FLEET, MOMENT, WORD
from reconciler.adapters.store.db.run_tables import SHOP, JsonColumn, metadata

onboarding_shops = Table(
    "onboarding_shops",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("checked", MOMENT, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("party", WORD),
    Column("since", MOMENT),
    Column("was_live", Boolean, nullable=False),
    Column("items", JsonColumn, nullable=False),
    Column("place", Text),
    Column("table_file", Text),
    Column("table_line", Integer),
    Column("row_digest", String(64)),
    Index("ix_onboarding_shops_checked", "fleet", "checked", "rank", "shop"),
)
"""`checked` is when the status was made that the row is from: shops of the last status have the latest. `rank` orders states,
the loudest first. `party` acts first; `since` is when the first open item was first seen missing. `items` are all, in order.
"""
