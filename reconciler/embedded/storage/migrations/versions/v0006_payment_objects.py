"""Refunds, disputes and charge permissions, as Amazon Pay keeps them, and the order that a charge is for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charges", sa.Column("merchant_reference_id", sa.String(64)))
    op.create_table("refunds", _id("refund_id"), _shop(), *_of_charge(), *_state())
    op.create_index("refunds_charge", "refunds", ["charge_id"])
    filed = sa.Column("filing_reason", sa.String(64), nullable=False)
    op.create_table("disputes", _id("dispute_id"), _shop(), *_of_charge(), filed, *_state())
    op.create_index("disputes_charge", "disputes", ["charge_id"])
    kind = sa.Column("type", sa.String(16), nullable=False)
    op.create_table("charge_permissions", _id("charge_permission_id"), _shop(), kind, *_state())


def downgrade() -> None:
    for name in ("charge_permissions", "disputes", "refunds"):
        op.drop_table(name)
    op.drop_column("charges", "merchant_reference_id")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=True)


def _shop() -> sa.Column[str]:
    return sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), nullable=False)


def _of_charge() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("charge_id", sa.String(64), nullable=False),
        sa.Column("amount", sa.String(16), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
    )


def _state() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason_code", sa.String(64)),
        sa.Column("created_at", sa.String(19), nullable=False),
        sa.Column("updated_at", sa.String(19), nullable=False),
    )
