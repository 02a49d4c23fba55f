"""Fleet runs with their chunks, and the limits that workers share."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_FLEET = sa.String(256)
_RUN = sa.String(64)
_SHOP = sa.String(40)
_WORD = sa.String(32)
_TIME = sa.String(32)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_runs()
    _create_shops()
    _create_limits()


def _create_runs() -> None:
    op.create_table(
        "fleet_runs",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("id", _RUN, nullable=False, unique=True),
        sa.Column("fleet", _FLEET, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("git_commit", sa.String(64), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("ended", _TIME),
        sa.Column("why", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fleet_runs_fleet", "fleet_runs", ["fleet", "number"])
    op.create_table(
        "run_chunks",
        sa.Column("run", _RUN, sa.ForeignKey("fleet_runs.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("shops_from", _SHOP, nullable=False),
        sa.Column("shops_to", _SHOP, nullable=False),
        sa.Column("shops", sa.Integer(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(256)),
        sa.Column("claimed", _TIME),
        sa.Column("seen", _TIME),
        sa.Column("result_digest", sa.String(71)),
        sa.Column("result", sa.Text()),
    )


def _create_shops() -> None:
    op.create_table(
        "chunk_shops",
        sa.Column("run", _RUN, sa.ForeignKey("fleet_runs.id"), primary_key=True),
        sa.Column("shop", _SHOP, primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(71), nullable=False),
    )
    op.create_index("ix_chunk_shops_chunk", "chunk_shops", ["run", "number"])
    op.create_table(
        "run_outcomes",
        sa.Column("run", _RUN, sa.ForeignKey("fleet_runs.id"), primary_key=True),
        sa.Column("outcome", _WORD, primary_key=True),
        sa.Column("shop", _SHOP, primary_key=True),
    )


def _create_limits() -> None:
    op.create_table(
        "shared_rates",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled", _TIME, nullable=False),
        sa.Column("per_second", sa.Float(), nullable=False),
        sa.Column("halved", _TIME),
    )
    op.create_table(
        "closure_slots",
        sa.Column("run", _RUN, sa.ForeignKey("fleet_runs.id"), primary_key=True),
        sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String(320)),
        sa.Column("shop", _SHOP),
        sa.Column("until", _TIME),
    )


def downgrade() -> None:
    for name in ("closure_slots", "shared_rates", "run_outcomes", "chunk_shops", "run_chunks", "fleet_runs"):
        op.drop_table(name)
