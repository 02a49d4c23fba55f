"""Closures of shops as rows, and indexes for what the console shows of the last weeks."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT_ONCE = 1000


def upgrade() -> None:
    closures = op.create_table(
        "closures",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("run", sa.String(64), sa.ForeignKey("runs.run"), nullable=False),
        sa.Column("shop", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_closures_at", "closures", ["at"])
    op.create_index("ix_closures_run", "closures", ["run"])
    op.create_index("ix_closures_shop", "closures", ["shop", "at"])
    op.create_index("ix_finding_events_at", "finding_events", ["fleet", "at", "finding", "kind"])
    op.create_index("ix_looks_complete", "looks", ["fleet", "complete", "ended"])
    _derive(closures)


def _derive(closures: sa.Table) -> None:
    """From the journal: what cannot be read gets no row."""
    events = sa.table("events", *(sa.column(name) for name in ("number", "run", "shop", "at", "document")))
    wanted = sa.select(events).where(events.c.document.like('%"closed_ms":%')).order_by(events.c.number)
    found = op.get_bind().execute(wanted.execution_options(yield_per=_AT_ONCE))
    for some in found.partitions():
        rows = [
            {"run": row.run, "shop": row.shop, "at": row.at, "milliseconds": closed}
            for row in some
            if row.shop is not None and (closed := _closed(row.document)) is not None
        ]
        if rows:
            op.bulk_insert(closures, rows)


def _closed(document: str) -> int | None:
    try:
        read = json.loads(document)
    except ValueError:
        return None
    found = read.get("closed_ms") if isinstance(read, dict) else None
    return found if isinstance(found, int) else None


def downgrade() -> None:
    op.drop_index("ix_looks_complete", "looks")
    op.drop_index("ix_finding_events_at", "finding_events")
    op.drop_table("closures")
