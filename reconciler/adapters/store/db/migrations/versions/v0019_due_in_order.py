"""The messages to be processed, in their order: the worker finds the next ones without sorting all that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ix_ipn_messages_due", "ipn_messages"
_DUE = sa.text("due IS NOT NULL")


def upgrade() -> None:
    _replace(["number", "lane", "due", "shop"])


def downgrade() -> None:
    _replace(["lane", "number", "due", "shop"])


def _replace(columns: list[str]) -> None:
    op.drop_index(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, columns, sqlite_where=_DUE, postgresql_where=_DUE)
