"""Goods, members, carts, the practice Amazon's accounts, checkouts, received mails and JavaScript origins."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = (
    "products",
    "members",
    "amazon_buyers",
    "amazon_sessions",
    "amazon_consents",
    "account_links",
    "shop_sessions",
    "cart_items",
    "checkout_sessions",
    "order_details",
    "received_mails",
    "javascript_origins",
)


def upgrade() -> None:
    op.add_column("shops", sa.Column("guest_purchase", sa.Boolean, nullable=False, server_default=sa.true()))
    _create_people()
    _create_links()
    _create_sessions()
    _create_checkouts()
    _create_seller_central()


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)
    op.drop_column("shops", "guest_purchase")


def _create_people() -> None:
    op.create_table(
        "products",
        _shop(primary_key=True),
        _string("product_id", 32, primary_key=True),
        _text("name"),
        _number("price"),
        _string("sale_type", 16),
        sa.Column("cycle_months", sa.Integer),
    )
    op.create_table(
        "members",
        _identity("member_id"),
        _shop(),
        *_strings(login_id=254, password_hash=200, name=64, email=254),
        sa.Column("mail_accepted", sa.Boolean, nullable=False),
        _string("created_at", 19),
        sa.UniqueConstraint("shop_key", "login_id", name="members_login"),
    )
    op.create_index("members_email", "members", ["shop_key", "email"])
    op.create_table(
        "amazon_buyers",
        _identity("buyer_id"),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        *_strings(password_hash=200, name=64),
        _text("addresses"),
    )


def _create_links() -> None:
    op.create_table(
        "amazon_consents",
        _shop(primary_key=True),
        _string("seller_id", 200, primary_key=True),
        _buyer(primary_key=True),
        _string("given_at", 19),
    )
    op.create_table(
        "account_links",
        _shop(primary_key=True),
        _string("seller_id", 200, primary_key=True),
        _buyer(primary_key=True),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id"), nullable=False),
        _string("linked_at", 19),
        sa.UniqueConstraint("shop_key", "seller_id", "member_id", name="account_links_member"),
    )


def _create_sessions() -> None:
    op.create_table("amazon_sessions", _string("token_hash", 64, primary_key=True), _buyer(), _number("expires_at"))
    op.create_index("amazon_sessions_expiry", "amazon_sessions", ["expires_at"])
    op.create_table(
        "shop_sessions",
        _identity("session_id"),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        _shop(),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id")),
        sa.Column("buyer_id", sa.Integer, sa.ForeignKey("amazon_buyers.buyer_id")),
        sa.Column("login_state", sa.String(64)),
        sa.Column("return_to", sa.String(200)),
        _text("notices"),
        _number("expires_at"),
    )
    op.create_index("shop_sessions_expiry", "shop_sessions", ["expires_at"])
    op.create_table(
        "cart_items",
        sa.Column("session_id", sa.Integer, sa.ForeignKey("shop_sessions.session_id"), primary_key=True),
        _string("shop_key", 64),
        _string("product_id", 32, primary_key=True),
        _number("quantity"),
        sa.ForeignKeyConstraint(["shop_key", "product_id"], ["products.shop_key", "products.product_id"]),
    )


def _create_checkouts() -> None:
    op.create_table(
        "checkout_sessions",
        _string("checkout_session_id", 36, primary_key=True),
        _shop(),
        _number("session_id"),
        *_strings(seller_id=200, environment=16, order_type=16, state=16, amount=16),
        _text("items"),
        sa.Column("buyer_id", sa.Integer, sa.ForeignKey("amazon_buyers.buyer_id")),
        sa.Column("address", sa.Text),
        sa.Column("card", sa.String(8)),
        sa.Column("order_no", sa.String(12)),
        _string("created_at", 19),
        _number("expires_at"),
    )
    op.create_index("checkout_sessions_shop", "checkout_sessions", ["shop_key", "created_at"])
    op.create_table(
        "order_details",
        _shop(primary_key=True),
        _string("order_no", 12, primary_key=True),
        _text("items"),
        *_strings(buyer_name=64, buyer_email=254),
        _text("address"),
        _string("delivery_time", 64),
        _text("request"),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.member_id")),
    )


def _create_seller_central() -> None:
    op.create_table(
        "received_mails",
        _identity("mail_id"),
        _string("received_at", 19),
        sa.Column("shop_key", sa.String(64)),
        sa.Column("order_no", sa.String(12)),
        _text("sender_name"),
        *_strings(sender=254, recipient=254),
        _text("subject"),
        _text("body"),
    )
    op.create_index("received_mails_recipient", "received_mails", ["recipient"])
    keys = (_string("seller_id", 200, primary_key=True), _string("origin", 200, primary_key=True))
    op.create_table("javascript_origins", *keys)


def _shop(*, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("shops.shop_key")
    return sa.Column("shop_key", sa.String(64), key, primary_key=primary_key, nullable=False)


def _buyer(*, primary_key: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("amazon_buyers.buyer_id")
    return sa.Column("buyer_id", sa.Integer, key, primary_key=primary_key, nullable=False)


def _identity(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=True)


def _string(name: str, length: int, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), primary_key=primary_key, nullable=False)


def _strings(**lengths: int) -> Sequence[sa.Column[str]]:
    return [_string(name, length) for name, length in lengths.items()]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
