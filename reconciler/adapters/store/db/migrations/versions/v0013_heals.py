"""Heals of drift with the plans they propose, and what a watcher keeps between two starts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FLEET = sa.String(256)
_SHOP = sa.String(40)
_MOMENT = sa.String(20)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "heals",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("fleet", _FLEET, nullable=False),
        sa.Column("finding", sa.String(16), nullable=False),
        sa.Column("shop", _SHOP, nullable=False),
        sa.Column("field", sa.String(256), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("desired", sa.Text(), nullable=False),
        sa.Column("run", sa.String(64)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_heals_finding", "heals", ["finding", "number"])
    op.create_index("ix_heals_fleet", "heals", ["fleet", "number"])
    op.create_table(
        "proposals",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("shop", _SHOP, primary_key=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(80), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
    )
    op.create_table(
        "watch_states",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("watch_states")
    op.drop_table("proposals")
    op.drop_table("heals")
