"""Which world this is: a name of its own, made once."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    identity = op.create_table("identity", sa.Column("world", sa.String(12), primary_key=True))
    op.bulk_insert(identity, [{"world": secrets.token_hex(6)}])


def downgrade() -> None:
    op.drop_table("identity")
