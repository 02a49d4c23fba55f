"""What messages said, the objects at Amazon, and the permission and order of each capture."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.String(32)
_SHOP = sa.String(40)
_WORD = sa.String(64)
_ID = sa.String(256)
_AMOUNT = sa.String(32)
_CURRENCY = sa.String(8)


def upgrade() -> None:
    for name, kind in (("state", _WORD), ("code", _WORD), ("amount", _AMOUNT), ("currency", _CURRENCY)):
        op.add_column("ipn_messages", sa.Column(name, kind))
    for name in ("permission", "order_number"):
        op.add_column("ipn_captures", sa.Column(name, _ID))
    op.create_index("ix_ipn_captures_permission", "ipn_captures", ["shop", "permission"])
    _objects()


def downgrade() -> None:
    op.drop_table("ipn_objects")
    op.drop_index("ix_ipn_captures_permission", "ipn_captures")
    for name in ("permission", "order_number"):
        op.drop_column("ipn_captures", name)
    for name in ("state", "code", "amount", "currency"):
        op.drop_column("ipn_messages", name)


def _objects() -> None:
    op.create_table(
        "ipn_objects",
        sa.Column("shop", _SHOP, primary_key=True),
        sa.Column("object_id", _ID, primary_key=True),
        _needed("kind", _WORD),
        _needed("reference", _ID),
        sa.Column("permission", _ID),
        _needed("state", _WORD),
        sa.Column("code", _WORD),
        sa.Column("amount", _AMOUNT),
        sa.Column("currency", _CURRENCY),
        _needed("updated", _MOMENT),
        sa.Column("deadline", _MOMENT),
        sa.Column("order_number", _ID),
        _needed("source", _WORD),
    )
    op.create_index("ix_ipn_objects_reference", "ipn_objects", ["shop", "reference"])
    op.create_index("ix_ipn_objects_permission", "ipn_objects", ["shop", "permission"])
    op.create_index("ix_ipn_objects_state", "ipn_objects", ["shop", "kind", "state"])


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
