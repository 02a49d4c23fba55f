"""Who dismissed a mail, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ADDED = ("dismissed_by", "dismissed_because")


def upgrade() -> None:
    for name in _ADDED:
        op.add_column("ipn_mails", sa.Column(name, sa.Text()))


def downgrade() -> None:
    for name in reversed(_ADDED):
        op.drop_column("ipn_mails", name)
