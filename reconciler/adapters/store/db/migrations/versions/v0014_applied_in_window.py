"""When a deferred apply was applied without a CI job, and by which run, until the next job reports it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deferred_applies", sa.Column("applied", sa.String(32)))
    op.add_column("deferred_applies", sa.Column("applied_run", sa.String(64)))


def downgrade() -> None:
    op.drop_column("deferred_applies", "applied_run")
    op.drop_column("deferred_applies", "applied")
