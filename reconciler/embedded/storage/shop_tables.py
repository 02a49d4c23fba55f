"""Tables of what shoppers do: goods, members, carts, Amazon's accounts and checkouts. The contract offers none of them.

Times of sessions are epoch seconds, other times the platform's stamps.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from reconciler.embedded.storage.columns import JsonText, metadata, shop_key_column


def _of_shop() -> Column[str]:
    return Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False)


products = Table(
    "products",
    metadata,
    shop_key_column(),
    Column("product_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("price", Integer, nullable=False),
    Column("sale_type", String(16), nullable=False),
    Column("cycle_months", Integer),
)
"""`sale_type` is an order's type; only 定期 and 頒布会 have a cycle. Prices are yen."""

members = Table(
    "members",
    metadata,
    Column("member_id", Integer, primary_key=True),
    _of_shop(),
    Column("login_id", String(254), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("name", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("mail_accepted", Boolean, nullable=False),
    Column("created_at", String(19), nullable=False),
    UniqueConstraint("shop_key", "login_id", name="members_login"),
    Index("members_email", "shop_key", "email"),
)

amazon_buyers = Table(
    "amazon_buyers",
    metadata,
    Column("buyer_id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("name", String(64), nullable=False),
    Column("addresses", JsonText, nullable=False),
)
"""Accounts at the practice Amazon. `addresses` are lists of lines."""

amazon_sessions = Table(
    "amazon_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id"), nullable=False),
    Column("expires_at", Integer, nullable=False),
    Index("amazon_sessions_expiry", "expires_at"),
)

amazon_consents = Table(
    "amazon_consents",
    metadata,
    shop_key_column(),
    Column("seller_id", String(200), primary_key=True),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id"), primary_key=True),
    Column("given_at", String(19), nullable=False),
)

account_links = Table(
    "account_links",
    metadata,
    shop_key_column(),
    Column("seller_id", String(200), primary_key=True),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id"), primary_key=True),
    Column("member_id", Integer, ForeignKey("members.member_id"), nullable=False),
    Column("linked_at", String(19), nullable=False),
    UniqueConstraint("shop_key", "seller_id", "member_id", name="account_links_member"),
)
"""Amazon names a buyer differently to each merchant, so a link belongs to the SellerId under which it was made."""

shop_sessions = Table(
    "shop_sessions",
    metadata,
    Column("session_id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    _of_shop(),
    Column("member_id", Integer, ForeignKey("members.member_id")),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id")),
    Column("buyer_seller_id", String(200)),
    Column("login_state", String(64)),
    Column("return_to", String(200)),
    Column("notices", JsonText, nullable=False),
    Column("expires_at", Integer, nullable=False),
    Index("shop_sessions_expiry", "expires_at"),
)
"""`buyer_id`: who signed in with Amazon at this shop, under `buyer_seller_id`. `login_state` is the hash of what the answer of a
sign-in at Amazon must bring back.
"""

amazon_codes = Table(
    "amazon_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    _of_shop(),
    Column("seller_id", String(200), nullable=False),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id"), nullable=False),
    Column("expires_at", Integer, nullable=False),
)
"""What the shop and Amazon hand each other through the browser, once and for a short time."""

cart_items = Table(
    "cart_items",
    metadata,
    Column("session_id", Integer, ForeignKey("shop_sessions.session_id"), primary_key=True),
    Column("shop_key", String(64), nullable=False),
    Column("product_id", String(32), primary_key=True),
    Column("quantity", Integer, nullable=False),
    ForeignKeyConstraint(["shop_key", "product_id"], ["products.shop_key", "products.product_id"]),
)

checkout_sessions = Table(
    "checkout_sessions",
    metadata,
    Column("checkout_session_id", String(36), primary_key=True),
    _of_shop(),
    Column("session_id", Integer, nullable=False),
    Column("seller_id", String(200), nullable=False),
    Column("environment", String(16), nullable=False),
    Column("order_type", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("amount", String(16), nullable=False),
    Column("items", JsonText, nullable=False),
    Column("buyer_id", Integer, ForeignKey("amazon_buyers.buyer_id")),
    Column("address", JsonText),
    Column("card", String(8)),
    Column("order_no", String(12)),
    Column("created_at", String(19), nullable=False),
    Column("expires_at", Integer, nullable=False),
    Index("checkout_sessions_shop", "shop_key", "created_at"),
)
"""`state`: Open, Completed, Canceled. `items` are those of the cart, `address` the chosen lines, `card` its last digits.
The shop's session may end before it.
"""

order_details = Table(
    "order_details",
    metadata,
    shop_key_column(),
    Column("order_no", String(12), primary_key=True),
    Column("items", JsonText, nullable=False),
    Column("buyer_name", String(64), nullable=False),
    Column("buyer_email", String(254), nullable=False),
    Column("address", JsonText, nullable=False),
    Column("delivery_time", String(64), nullable=False),
    Column("request", Text, nullable=False),
    Column("member_id", Integer, ForeignKey("members.member_id")),
)
"""What an order of the shop's own pages holds beside the contract's order."""

received_mails = Table(
    "received_mails",
    metadata,
    Column("mail_id", Integer, primary_key=True),
    Column("received_at", String(19), nullable=False),
    Column("shop_key", String(64)),
    Column("order_no", String(12)),
    Column("sender_name", Text, nullable=False),
    Column("sender", String(254), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("received_mails_recipient", "recipient"),
)

javascript_origins = Table(
    "javascript_origins",
    metadata,
    Column("seller_id", String(200), primary_key=True),
    Column("origin", String(200), primary_key=True),
)
