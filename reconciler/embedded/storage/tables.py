"""The tables, as SQLAlchemy Core. Types are portable: no SQLite type, no ORM.

Times are text in the platform's own form (`clock.stamp`), which sorts as time; versions are counters that grow by one
whenever the content changed. What can be derived from other columns (buttonsVisible) is not stored.
The tables are created by the migrations alone; a test keeps the two equal.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    true,
)

from reconciler.embedded.storage.columns import JsonText, metadata, shop_key_column, version_column

platform = Table(
    "platform",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("maintenance", Boolean, nullable=False),
)

identity = Table("identity", metadata, Column("world", String(12), primary_key=True))
"""Of one row, made with the database."""

shops = Table(
    "shops",
    metadata,
    Column("shop_key", String(64), primary_key=True),
    Column("storefront_status", String(8), nullable=False),
    Column("storefront_version", Integer, nullable=False),
    Column("updated_at", String(19), nullable=False),
    Column("closed_message", Text),
    Column("guest_purchase", Boolean, nullable=False, server_default=true()),
    Index("shops_updated_at", "updated_at", "shop_key"),
)

amazon_settings = Table(
    "amazon_settings",
    metadata,
    shop_key_column(),
    Column("use_amazon", Boolean, nullable=False),
    Column("seller_id", String(200)),
    Column("client_id", String(200)),
    Column("mws_auth_token", JsonText, nullable=False),
    Column("token_well_formed", Boolean, nullable=False),
    Column("notification_email", String(254)),
    Column("merchant_site_url", Text),
    Column("api_status", String(16), nullable=False),
    version_column(),
    Index("amazon_settings_seller_id", "seller_id"),
)

amazon_pay = Table(
    "amazon_pay",
    metadata,
    shop_key_column(),
    Column("in_use", Boolean, nullable=False),
    Column("regular", Boolean, nullable=False),
    Column("pre_order", Boolean, nullable=False),
    Column("subscription", Boolean, nullable=False),
    Column("auto_link", Boolean, nullable=False, server_default=true()),
    version_column(),
)

system_parts = Table(
    "system_parts",
    metadata,
    shop_key_column(),
    Column("output", Boolean, nullable=False),
    version_column(),
)

part_texts = Table(
    "part_texts",
    metadata,
    shop_key_column(),
    Column("part", String(32), primary_key=True),
    Column("label", Text),
    Column("message", Text),
)

entitlements = Table(
    "entitlements",
    metadata,
    shop_key_column(),
    Column("pay_option", Boolean, nullable=False),
    Column("amazon_contract", Boolean, nullable=False),
    Column("commerce_creator", String(16), nullable=False),
    Column("subscription_applications", Boolean, nullable=False),
    version_column(),
)

ipn_lists = Table(
    "ipn_lists",
    metadata,
    Column("seller_id", String(200), primary_key=True),
    Column("environment", String(16), primary_key=True),
    version_column(),
)

ipn_endpoints = Table(
    "ipn_endpoints",
    metadata,
    Column("endpoint_id", Integer, primary_key=True),
    Column("seller_id", String(200), nullable=False),
    Column("environment", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("created_at", String(19), nullable=False),
    ForeignKeyConstraint(["seller_id", "environment"], ["ipn_lists.seller_id", "ipn_lists.environment"]),
    Index("ipn_endpoints_list", "seller_id", "environment"),
)

orders = Table(
    "orders",
    metadata,
    shop_key_column(),
    Column("order_no", String(12), primary_key=True),
    Column("type", String(16), nullable=False),
    Column("status", String(24), nullable=False),
    Column("payment_status", String(16), nullable=False),
    Column("receipt_date", String(19)),
    Column("amazon_order_reference_id", String(64)),
    Column("total_amount", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    version_column(),
    Column("ordered_at", String(19)),
    Index("orders_reference", "amazon_order_reference_id"),
)

charges = Table(
    "charges",
    metadata,
    Column("charge_id", String(64), primary_key=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("charge_permission_id", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("reason_code", String(64)),
    Column("charge_amount", String(16), nullable=False),
    Column("capture_amount", String(16)),
    Column("currency", String(3), nullable=False),
    Column("created_at", String(19), nullable=False),
    Column("updated_at", String(19), nullable=False),
    Column("merchant_reference_id", String(64)),
    Index("charges_permission", "shop_key", "charge_permission_id"),
)


def _state() -> tuple[Column[Any], ...]:
    return (
        Column("state", String(32), nullable=False),
        Column("reason_code", String(64)),
        Column("created_at", String(19), nullable=False),
        Column("updated_at", String(19), nullable=False),
    )


refunds = Table(
    "refunds",
    metadata,
    Column("refund_id", String(64), primary_key=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("charge_id", String(64), nullable=False),
    Column("amount", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    *_state(),
    Index("refunds_charge", "charge_id"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", String(64), primary_key=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("charge_id", String(64), nullable=False),
    Column("amount", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("filing_reason", String(64), nullable=False),
    *_state(),
    Index("disputes_charge", "charge_id"),
)

charge_permissions = Table(
    "charge_permissions",
    metadata,
    Column("charge_permission_id", String(64), primary_key=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("type", String(16), nullable=False),
    *_state(),
)

changes = Table(
    "changes",
    metadata,
    Column("change_id", Integer, primary_key=True, autoincrement=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("at", String(19), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("actor_type", String(16), nullable=False),
    Column("resource", String(32), nullable=False),
    Column("field", String(120), nullable=False),
    Column("before", JsonText, nullable=False),
    Column("after", JsonText, nullable=False),
    Column("cause", String(120)),
    Column("write_key", String(255)),
    Index("changes_shop", "shop_key", "change_id"),
    sqlite_autoincrement=True,
)

fences = Table(
    "shop_fences",
    metadata,
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), primary_key=True),
    Column("issuer", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

amazon_accounts = Table(
    "amazon_accounts",
    metadata,
    Column("seller_id", String(200), primary_key=True),
    Column("client_id", String(200)),
    Column("revoked", Boolean, nullable=False),
    Column("revoked_tokens", JsonText, nullable=False),
)

clients = Table(
    "clients",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("secret_hash", String(200), nullable=False),
    Column("shop_key", String(64)),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", String(200), ForeignKey("clients.client_id"), nullable=False),
    Column("expires_at", Integer, nullable=False),
    Index("access_tokens_expiry", "expires_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("body", JsonText, nullable=False),
    Column("created_at", String(19), nullable=False),
)
