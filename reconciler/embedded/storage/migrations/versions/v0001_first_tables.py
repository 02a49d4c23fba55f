"""The first tables, and the platform's one row."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _platform()
    _shops()
    _seller_central()
    _orders_and_changes()
    _access()


def downgrade() -> None:
    for name in (
        "idempotency",
        "access_tokens",
        "clients",
        "changes",
        "orders",
        "amazon_accounts",
        "ipn_endpoints",
        "ipn_lists",
        "entitlements",
        "part_texts",
        "system_parts",
        "amazon_pay",
        "amazon_settings",
        "shops",
        "platform",
    ):
        op.drop_table(name)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _of_shop(name: str, *items: SchemaItem) -> None:
    """A table whose rows belong to a shop and are found by its key."""
    key = sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=True)
    op.create_table(name, key, *items)


def _platform() -> None:
    platform = op.create_table(
        "platform", sa.Column("id", sa.Integer(), primary_key=True), _needed("maintenance", sa.Boolean())
    )
    op.bulk_insert(platform, [{"id": 1, "maintenance": False}])


def _shops() -> None:
    op.create_table(
        "shops",
        sa.Column("shop_key", sa.String(64), primary_key=True),
        _needed("storefront_status", sa.String(8)),
        _needed("storefront_version", sa.Integer()),
        _needed("updated_at", sa.String(19)),
    )
    op.create_index("shops_updated_at", "shops", ["updated_at", "shop_key"])
    _of_shop(
        "amazon_settings",
        _needed("use_amazon", sa.Boolean()),
        sa.Column("seller_id", sa.String(200)),
        sa.Column("client_id", sa.String(200)),
        _needed("mws_auth_token", sa.Text()),
        _needed("token_well_formed", sa.Boolean()),
        sa.Column("notification_email", sa.String(254)),
        sa.Column("merchant_site_url", sa.Text()),
        _needed("api_status", sa.String(16)),
        _needed("version", sa.Integer()),
    )
    op.create_index("amazon_settings_seller_id", "amazon_settings", ["seller_id"])
    flags = ("in_use", "regular", "pre_order", "subscription")
    _of_shop("amazon_pay", *(_needed(name, sa.Boolean()) for name in flags), _needed("version", sa.Integer()))
    _of_shop("system_parts", _needed("output", sa.Boolean()), _needed("version", sa.Integer()))
    part = sa.Column("part", sa.String(32), primary_key=True)
    _of_shop("part_texts", part, sa.Column("label", sa.Text()), sa.Column("message", sa.Text()))
    _of_shop(
        "entitlements",
        _needed("pay_option", sa.Boolean()),
        _needed("amazon_contract", sa.Boolean()),
        _needed("commerce_creator", sa.String(16)),
        _needed("subscription_applications", sa.Boolean()),
        _needed("version", sa.Integer()),
    )


def _seller_central() -> None:
    op.create_table(
        "ipn_lists",
        sa.Column("seller_id", sa.String(200), primary_key=True),
        sa.Column("environment", sa.String(16), primary_key=True),
        _needed("version", sa.Integer()),
    )
    op.create_table(
        "ipn_endpoints",
        sa.Column("endpoint_id", sa.Integer(), primary_key=True),
        _needed("seller_id", sa.String(200)),
        _needed("environment", sa.String(16)),
        _needed("url", sa.Text()),
        _needed("created_at", sa.String(19)),
        sa.ForeignKeyConstraint(["seller_id", "environment"], ["ipn_lists.seller_id", "ipn_lists.environment"]),
    )
    op.create_index("ipn_endpoints_list", "ipn_endpoints", ["seller_id", "environment"])
    op.create_table(
        "amazon_accounts",
        sa.Column("seller_id", sa.String(200), primary_key=True),
        sa.Column("client_id", sa.String(200)),
        _needed("revoked", sa.Boolean()),
        _needed("revoked_tokens", sa.Text()),
    )


def _orders_and_changes() -> None:
    _of_shop(
        "orders",
        sa.Column("order_no", sa.String(12), primary_key=True),
        _needed("type", sa.String(16)),
        _needed("status", sa.String(24)),
        _needed("payment_status", sa.String(16)),
        sa.Column("receipt_date", sa.String(19)),
        sa.Column("amazon_order_reference_id", sa.String(64)),
        _needed("total_amount", sa.String(16)),
        _needed("currency", sa.String(3)),
        _needed("version", sa.Integer()),
    )
    op.create_index("orders_reference", "orders", ["amazon_order_reference_id"])
    op.create_table(
        "changes",
        sa.Column("change_id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), nullable=False),
        _needed("at", sa.String(19)),
        _needed("actor", sa.String(200)),
        _needed("actor_type", sa.String(16)),
        _needed("resource", sa.String(32)),
        _needed("field", sa.String(120)),
        _needed("before", sa.Text()),
        _needed("after", sa.Text()),
        sa.Column("cause", sa.String(120)),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_shop", "changes", ["shop_key", "change_id"])


def _access() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(200), primary_key=True),
        _needed("secret_hash", sa.String(200)),
        sa.Column("shop_key", sa.String(64)),
    )
    op.create_table(
        "access_tokens",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("client_id", sa.String(200), sa.ForeignKey("clients.client_id"), nullable=False),
        _needed("expires_at", sa.Integer()),
    )
    op.create_index("access_tokens_expiry", "access_tokens", ["expires_at"])
    op.create_table(
        "idempotency",
        sa.Column("client_id", sa.String(200), primary_key=True),
        sa.Column("idempotency_key", sa.String(255), primary_key=True),
        _needed("fingerprint", sa.String(64)),
        _needed("status", sa.Integer()),
        _needed("version", sa.String(64)),
        _needed("body", sa.Text()),
        _needed("created_at", sa.String(19)),
    )
