"""Alerts, what each channel knows, and the labels and groups that their rules match."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FLEET = sa.String(256)
_CHANNEL = sa.String(64)
_MOMENT = sa.String(20)
_WORD = sa.String(32)
_ALERT = sa.String(32)


def upgrade() -> None:
    op.add_column("findings", sa.Column("labels", sa.Text(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("findings", sa.Column("shop_group", sa.Text()))
    op.create_table(
        "alerts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("id", _ALERT, nullable=False, unique=True),
        sa.Column("fleet", _FLEET, nullable=False),
        sa.Column("channel", _CHANNEL, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("kind", "state")),
        sa.Column("severity", sa.Integer(), nullable=False),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("created", "at", "due")),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, _MOMENT) for name in ("claimed_until", "ended")),
        sa.Column("problem", _WORD),
        sa.Column("status", sa.Integer()),
        *(sa.Column(name, sa.Text()) for name in ("detail", "answer")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_state", "alerts", ["fleet", "state", "channel"])
    op.create_table(
        "alerted_findings",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("channel", _CHANNEL, primary_key=True),
        sa.Column("finding", sa.String(16), primary_key=True),
        sa.Column("alert", _ALERT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("alerted_findings")
    op.drop_table("alerts")
    op.drop_column("findings", "shop_group")
    op.drop_column("findings", "labels")
