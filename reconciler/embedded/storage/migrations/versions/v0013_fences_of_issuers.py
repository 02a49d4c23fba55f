"""The newest fence of each issuer that has written a shop, not of the last one only."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shop_fences",
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=True),
        sa.Column("issuer", sa.String(64), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO shop_fences (shop_key, issuer, number) SELECT shop_key, issuer, number FROM fences")
    op.drop_table("fences")


def downgrade() -> None:
    op.create_table(
        "fences",
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=True),
        sa.Column("issuer", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
    op.drop_table("shop_fences")
