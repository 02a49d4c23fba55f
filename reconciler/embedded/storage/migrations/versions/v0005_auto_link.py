"""自動連携 of the payment row. It is on in the shops that are there: how they behaved so far."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("amazon_pay", sa.Column("auto_link", sa.Boolean, nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("amazon_pay", "auto_link")
