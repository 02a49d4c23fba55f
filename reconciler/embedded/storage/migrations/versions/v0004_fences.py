"""Which write made a change, and the newest fence that each shop was written under."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("write_key", sa.String(255)))
    op.create_table(
        "fences",
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=True),
        sa.Column("issuer", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("fences")
    op.drop_column("changes", "write_key")
