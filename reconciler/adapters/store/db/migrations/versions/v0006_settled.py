"""When the last message of each shop was processed: found without reading a message."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME = "ix_ipn_messages_settled"
_SETTLED = sa.text("settled IS NOT NULL")


def upgrade() -> None:
    op.create_index(_NAME, "ipn_messages", ["shop", "settled"], sqlite_where=_SETTLED)


def downgrade() -> None:
    op.drop_index(_NAME, "ipn_messages")
