"""Totals for metrics, and when each shop was last compared."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FLEET = sa.String(256)


def upgrade() -> None:
    op.create_table(
        "looked_shops",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("shop", sa.String(40), primary_key=True),
        sa.Column("last_good", sa.String(20)),
    )
    op.create_table(
        "metric_totals",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("metric", sa.String(64), primary_key=True),
        sa.Column("labels", sa.String(256), primary_key=True),
        sa.Column("value", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("metric_totals")
    op.drop_table("looked_shops")
