"""The tables of findings. A look is one row; a finding is one row that is updated in place; an event is written where
something changed. So a look that sees nothing new adds one row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text, text

from reconciler.adapters.store.db.run_tables import NUMBER, SHOP, JsonColumn, metadata

FLEET = String(256)
MOMENT = String(20)
"""A time as `core.findings` writes it: UTC, to the second."""
WORD = String(32)
FINDING = String(16)

looks = Table(
    "looks",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("fleet", FLEET, nullable=False),
    Column("started", MOMENT, nullable=False),
    Column("ended", MOMENT),
    Column("milliseconds", BigInteger),
    Column("requests", Integer),
    Column("complete", Boolean, nullable=False),
    Column("shops", Integer),
    Column("unread", Integer),
    Column("events", Integer),
    Index("ix_looks_fleet", "fleet", "number"),
    Index("ix_looks_complete", "fleet", "complete", "ended"),
    sqlite_autoincrement=True,
)

findings = Table(
    "findings",
    metadata,
    Column("id", FINDING, primary_key=True),
    Column("fleet", FLEET, nullable=False),
    Column("shop", String(256), nullable=False),
    Column("field", String(256), nullable=False),
    Column("kind", WORD, nullable=False),
    Column("state", WORD, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("owner", Text),
    Column("file", Text),
    Column("desired", JsonColumn, nullable=False),
    Column("observed", JsonColumn, nullable=False),
    Column("actor", Text),
    Column("actor_type", Text),
    Column("actor_at", String(32)),
    Column("first_seen", MOMENT, nullable=False),
    Column("opened", MOMENT, nullable=False),
    Column("last_seen", MOMENT, nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("flipped", MOMENT, nullable=False),
    Column("openings", JsonColumn, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("resolved_by", WORD),
    Column("accepted_until", MOMENT),
    Column("look", NUMBER, nullable=False),
    Column("labels", JsonColumn, nullable=False, server_default=text("'{}'")),
    Column("shop_group", Text),
    Index("ix_findings_state", "fleet", "state"),
)
"""`look` is the last one that said something of the finding."""

finding_events = Table(
    "finding_events",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("finding", FINDING, nullable=False),
    Column("fleet", FLEET, nullable=False),
    Column("look", NUMBER, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("document", JsonColumn, nullable=False),
    Index("ix_finding_events_finding", "finding", "number"),
    Index("ix_finding_events_fleet", "fleet", "number"),
    Index("ix_finding_events_at", "fleet", "at", "finding", "kind"),
    sqlite_autoincrement=True,
)

unread_shops = Table(
    "unread_shops",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("since", MOMENT, nullable=False),
    Column("last_good", MOMENT),
    Column("code", WORD, nullable=False),
)
"""The shops that the last look at them could not compare. All others were compared by the last complete look."""

finding_readers = Table(
    "finding_readers",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("reader", String(128), primary_key=True),
    Column("event", NUMBER, nullable=False),
)
"""The event up to which each reader knows everything."""

looked_shops = Table(
    "looked_shops",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("shop", SHOP, primary_key=True),
    Column("last_good", MOMENT),
)
"""When each shop was last compared. NULL: by the last complete look, so that such a look updates only what was older or
newer. A shop that was never compared has the time of the first look that tried.
"""

metric_totals = Table(
    "metric_totals",
    metadata,
    Column("fleet", FLEET, primary_key=True),
    Column("metric", String(64), primary_key=True),
    Column("labels", String(256), primary_key=True),
    Column("value", Double, nullable=False),
)
"""Counters that survive processes and pruning. `labels` are the values of the labels, as JSON."""
