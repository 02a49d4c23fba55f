"""Of refused messages whose signature was good: where they are from, one copy of each at a shop."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "ipn_quarantine"
_COLUMNS = {
    "source": sa.String(64),
    "account": sa.String(12),
    "topic": sa.String(512),
    "seller": sa.String(256),
    "kind": sa.String(64),
    "message_id": sa.String(256),
    "digest": sa.String(64),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column(_TABLE, sa.Column(name, kind))
    op.create_index("ix_ipn_quarantine_message", _TABLE, ["message_id", "shop"], unique=True)
    of_topic = ["source", "account", "topic", "shop", "number", "kept"]
    op.create_index("ix_ipn_quarantine_topic", _TABLE, of_topic)


def downgrade() -> None:
    for index in ("ix_ipn_quarantine_topic", "ix_ipn_quarantine_message"):
        op.drop_index(index, _TABLE)
    for name in _COLUMNS:
        op.drop_column(_TABLE, name)
