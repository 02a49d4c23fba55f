"""Tables of the screens: who signs in, sessions, previews, and texts that no route of the contract offers."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, false

from reconciler.embedded.storage.columns import JsonText, metadata, shop_key_column, version_column

admin_users = Table(
    "admin_users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("shop_key", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(200), nullable=False),
    UniqueConstraint("shop_key", "account", name="admin_users_account"),
)
"""An empty shop key: an operator."""

admin_sessions = Table(
    "admin_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", Integer, ForeignKey("admin_users.user_id"), nullable=False),
    Column("expires_at", Integer, nullable=False),
    Column("notices", JsonText, nullable=False),
    Column("draft", JsonText, nullable=False),
    Index("admin_sessions_expiry", "expires_at"),
)
"""`notices` are shown on the next page, `draft` is what a form of the session shows again; both once."""

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Integer, nullable=False),
)

preview_sessions = Table(
    "preview_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("shop_key", String(64), ForeignKey("shops.shop_key"), nullable=False),
    Column("session_hash", String(64), nullable=False),
    Column("expires_at", Integer, nullable=False),
    Index("preview_sessions_expiry", "expires_at"),
)

payment_texts = Table(
    "payment_texts",
    metadata,
    shop_key_column(),
    Column("display_name", Text, nullable=False),
    Column("comment_pc", Text, nullable=False),
    Column("comment_pc_html", Boolean, nullable=False, server_default=false()),
    Column("comment_mobile", Text, nullable=False),
    Column("comment_mobile_html", Boolean, nullable=False, server_default=false()),
    Column("mail_text", Text, nullable=False),
    version_column(),
)

reviewed_applications = Table(
    "reviewed_applications",
    metadata,
    shop_key_column(),
    Column("application", String(32), primary_key=True),
)
"""Applications of a shop that are under review, by the column of its entitlements."""
