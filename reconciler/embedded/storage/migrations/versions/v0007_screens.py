"""Accounts, sessions and previews of the admin screens, and the texts that only the screens have."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("closed_message", sa.Text))
    op.add_column("orders", sa.Column("ordered_at", sa.String(19)))
    _create_users()
    op.create_table("sign_in_failures", _key("who"), _number("failures"), _number("last_at"))
    owner = sa.Column("session_hash", sa.String(64), nullable=False)
    op.create_table("preview_sessions", _key("token_hash"), _shop(primary_key=False), owner, _number("expires_at"))
    op.create_index("preview_sessions_expiry", "preview_sessions", ["expires_at"])
    html = [
        sa.Column(f"comment_{device}_html", sa.Boolean, nullable=False, server_default=sa.false())
        for device in ("pc", "mobile")
    ]
    texts = [_text(name) for name in ("display_name", "comment_pc", "comment_mobile", "mail_text")]
    op.create_table("payment_texts", _shop(primary_key=True), *texts, *html, _number("version"))


def downgrade() -> None:
    for name in ("payment_texts", "preview_sessions", "sign_in_failures", "admin_sessions", "admin_users"):
        op.drop_table(name)
    op.drop_column("orders", "ordered_at")
    op.drop_column("shops", "closed_message")


def _create_users() -> None:
    op.create_table(
        "admin_users",
        sa.Column("user_id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("shop_key", "account", "name")),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.UniqueConstraint("shop_key", "account", name="admin_users_account"),
    )
    user = sa.Column("user_id", sa.Integer, sa.ForeignKey("admin_users.user_id"), nullable=False)
    op.create_table("admin_sessions", _key("token_hash"), user, _number("expires_at"), _text("notices"), _text("draft"))
    op.create_index("admin_sessions_expiry", "admin_sessions", ["expires_at"])


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _shop(*, primary_key: bool) -> sa.Column[str]:
    return sa.Column(
        "shop_key", sa.String(64), sa.ForeignKey("shops.shop_key"), primary_key=primary_key, nullable=False
    )
