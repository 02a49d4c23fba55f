"""Charges, as Amazon Pay keeps them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("charge_id", sa.String(64), primary_key=True),
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), nullable=False),
        sa.Column("charge_permission_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason_code", sa.String(64)),
        sa.Column("charge_amount", sa.String(16), nullable=False),
        sa.Column("capture_amount", sa.String(16)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("created_at", sa.String(19), nullable=False),
        sa.Column("updated_at", sa.String(19), nullable=False),
    )
    op.create_index("charges_permission", "charges", ["shop_key", "charge_permission_id"])


def downgrade() -> None:
    op.drop_table("charges")
