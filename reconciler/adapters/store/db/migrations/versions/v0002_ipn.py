"""The sidecar's tables: messages, captures, mails, quarantine."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.String(32)
_SHOP = sa.String(40)
_WORD = sa.String(64)
_ID = sa.String(256)
_DUE = sa.text("due IS NOT NULL")


def upgrade() -> None:
    _messages()
    _captures()
    _mails()
    _quarantine()


def downgrade() -> None:
    for name in ("ipn_quarantine", "ipn_mails", "ipn_captures", "ipn_messages"):
        op.drop_table(name)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _counter(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))


def _messages() -> None:
    op.create_table(
        "ipn_messages",
        sa.Column("number", _NUMBER, primary_key=True),
        _needed("message_id", _ID),
        _needed("digest", sa.String(64)),
        _needed("shop", _SHOP),
        _needed("published", _MOMENT),
        _needed("received", _MOMENT),
        _needed("kind", _WORD),
        sa.Column("object_id", _ID),
        _needed("lane", _ID),
        _needed("arrived_as", _WORD),
        _needed("standing", _WORD),
        _counter("tries"),
        sa.Column("reason", _WORD),
        sa.Column("due", _MOMENT),
        sa.Column("settled", _MOMENT),
        sa.Column("order_number", _ID),
        _needed("body", sa.LargeBinary()),
        sa.UniqueConstraint("message_id", "shop"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ipn_messages_due",
        "ipn_messages",
        ["lane", "number", "due", "shop"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_index("ix_ipn_messages_published", "ipn_messages", ["published"])
    op.create_index("ix_ipn_messages_shop", "ipn_messages", ["shop", "arrived_as", "number"])
    op.create_index("ix_ipn_messages_standing", "ipn_messages", ["standing", "reason", "number"])


def _captures() -> None:
    op.create_table(
        "ipn_captures",
        sa.Column("shop", _SHOP, primary_key=True),
        sa.Column("capture", _ID, primary_key=True),
        _needed("reference", _ID),
        _needed("state", _WORD),
        _needed("updated", _MOMENT),
        _needed("amount", sa.String(32)),
        _needed("currency", sa.String(8)),
        _needed("completed", sa.Boolean()),
        _needed("source", _WORD),
    )
    op.create_index("ix_ipn_captures_reference", "ipn_captures", ["shop", "reference"])


def _mails() -> None:
    op.create_table(
        "ipn_mails",
        sa.Column("number", _NUMBER, primary_key=True),
        _needed("event", sa.String(512)),
        _needed("shop", _SHOP),
        _needed("receiver", sa.Text()),
        _needed("subject", sa.Text()),
        _needed("text", sa.Text()),
        _needed("state", _WORD),
        _needed("since", _MOMENT),
        _counter("tries"),
        sa.Column("next_try", _MOMENT),
        sa.UniqueConstraint("event", "shop"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ipn_mails_state", "ipn_mails", ["state", "number"])
    op.create_index("ix_ipn_mails_shop", "ipn_mails", ["shop", "since"])


def _quarantine() -> None:
    op.create_table(
        "ipn_quarantine",
        sa.Column("number", _NUMBER, primary_key=True),
        _needed("received", _MOMENT),
        sa.Column("shop", _SHOP),
        _needed("reason", _WORD),
        _needed("size", sa.Integer()),
        _needed("kept", sa.Integer()),
        _needed("body", sa.LargeBinary()),
        sqlite_autoincrement=True,
    )
