"""The queue that carries names of chunks to workers, on PostgreSQL."""

from alembic import op

from reconciler.adapters.store.db.migrations.queue.queue_schema import drop_queue, make_queue

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        make_queue(op.get_bind())


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        drop_queue(op.get_bind())
