"""Applications that are under review."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shop = sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=True)
    op.create_table("reviewed_applications", shop, sa.Column("application", sa.String(32), primary_key=True))


def downgrade() -> None:
    op.drop_table("reviewed_applications")
