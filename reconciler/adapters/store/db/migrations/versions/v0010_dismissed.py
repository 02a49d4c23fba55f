"""Who dismissed a mail, and why; and the reminders of deadlines that were given."""

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
    op.create_table(
        "ipn_reminders",
        sa.Column("shop", sa.String(40), primary_key=True),
        sa.Column("object_id", sa.String(256), primary_key=True),
        sa.Column("moment", sa.String(32), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("ipn_reminders")
    for name in reversed(_ADDED):
        op.drop_column("ipn_mails", name)
