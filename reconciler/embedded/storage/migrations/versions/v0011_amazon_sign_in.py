"""The SellerId under which a shopper signed in with Amazon, and the codes that Amazon's answer carries."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shop_sessions", sa.Column("buyer_seller_id", sa.String(200)))
    op.create_table(
        "amazon_codes",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), nullable=False),
        sa.Column("seller_id", sa.String(200), nullable=False),
        sa.Column("buyer_id", sa.Integer, sa.ForeignKey("amazon_buyers.buyer_id"), nullable=False),
        sa.Column("expires_at", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("amazon_codes")
    op.drop_column("shop_sessions", "buyer_seller_id")
