"""The tables of reviews: plans of pull requests, deferred applies, what was reported."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from reconciler.adapters.store.db.run_tables import SHOP, JsonColumn, UtcDateTime, metadata

FLEET = String(256)
PLACE = String(300)
COMMIT = String(64)
HASH = String(71)

reviewed_plans = Table(
    "reviewed_plans",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("place", PLACE, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("head", COMMIT, primary_key=True),
    Column("base", COMMIT, nullable=False),
    Column("fingerprint", HASH, nullable=False),
    Column("leaves", JsonColumn, nullable=False),
    Column("created", UtcDateTime, nullable=False),
)
"""`leaves` is a mapping from shop to leaf."""

deferred_applies = Table(
    "deferred_applies",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("place", PLACE, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("head", COMMIT, nullable=False),
    Column("leaf", HASH, nullable=False),
    Column("approved", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("dropped", UtcDateTime),
    Column("dropped_by", Text),
    Column("applied", UtcDateTime),
    Column("applied_run", String(64)),
)

apply_reports = Table(
    "apply_reports",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("place", PLACE, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", HASH, nullable=False),
)
