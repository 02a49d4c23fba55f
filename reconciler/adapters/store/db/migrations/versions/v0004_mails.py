"""What came of each mail: order, times, the mail server's answer, and the mail of each message.

Mails of earlier versions are linked to the messages that they are about: there were two kinds of events.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = ("order_number", "created", "problem", "code", "answer", "doubtful")
_KINDS = (("PaymentCapture", "capture"), ("CHARGE", "capture"), ("PaymentAuthorize", "authorization"))


def upgrade() -> None:
    for column in (
        sa.Column("order_number", sa.String(256)),
        sa.Column("created", sa.String(32)),
        sa.Column("problem", sa.String(64)),
        sa.Column("code", sa.Integer()),
        sa.Column("answer", sa.Text()),
        sa.Column("doubtful", sa.Text(), nullable=False, server_default=sa.text("''")),
    ):
        op.add_column("ipn_mails", column)
    op.add_column("ipn_messages", sa.Column("mail_event", sa.String(512)))
    for kind, event in _KINDS:
        op.execute(
            f"UPDATE ipn_messages SET mail_event = '{event}:' || object_id || '\\:Declined'"  # noqa: S608  # words of this file
            f" WHERE reason = 'declined' AND kind = '{kind}'"
        )
    op.execute(
        "UPDATE ipn_mails SET order_number = (SELECT max(m.order_number) FROM ipn_messages AS m"
        " WHERE m.mail_event = ipn_mails.event AND m.shop = ipn_mails.shop)"
    )


def downgrade() -> None:
    op.drop_column("ipn_messages", "mail_event")
    for name in reversed(_ADDED):
        op.drop_column("ipn_mails", name)
