"""The tables of alerts: the outbox, and what each channel knows.

An alert names its events by number; the texts are made of them when it is sent.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from reconciler.adapters.store.db.finding_tables import FINDING, FLEET, MOMENT, WORD
from reconciler.adapters.store.db.run_tables import NUMBER, JsonColumn, metadata

CHANNEL = String(64)
ALERT = String(32)

alerts = Table(
    "alerts",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("id", ALERT, nullable=False, unique=True),
    Column("fleet", FLEET, nullable=False),
    Column("channel", CHANNEL, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("state", WORD, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("created", MOMENT, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("due", MOMENT, nullable=False),
    Column("entries", JsonColumn, nullable=False),
    Column("count", Integer, nullable=False),
    Column("cause", JsonColumn, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_until", MOMENT),
    Column("ended", MOMENT),
    Column("problem", WORD),
    Column("status", Integer),
    Column("detail", Text),
    Column("answer", Text),
    Index("ix_alerts_state", "fleet", "state", "channel"),
    sqlite_autoincrement=True,
)
"""`claimed_until` is NULL until the alert is claimed for the first time: its content never changes afterwards."""

alerted_findings = Table(
    "alerted_findings",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("channel", CHANNEL, primary_key=True),
    Column("finding", FINDING, primary_key=True),
    Column("alert", ALERT, nullable=False),
)
"""The findings that are open as far as each channel knows, with the alert that said so last."""
