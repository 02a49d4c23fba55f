"""The first tables: runs, their events and shops, what was last applied, leases."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.String(32)
_RUN = sa.String(64)
_SHOP = sa.String(40)


def upgrade() -> None:
    _runs()
    _events()
    _run_shops()
    _applied()
    _leases()


def downgrade() -> None:
    for name in ("leases", "applied", "run_shops", "events", "runs"):
        op.drop_table(name)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _of_run(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column("run", _RUN, sa.ForeignKey("runs.run"), nullable=False, primary_key=primary_key)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("run", _RUN, nullable=False, unique=True),
        _needed("actor", sa.Text()),
        _needed("host", sa.Text()),
        _needed("pid", sa.BigInteger()),
        _needed("command", sa.Text()),
        _needed("version", sa.Text()),
        _needed("started", _MOMENT),
        _needed("fingerprint", sa.Text()),
        sa.Column("git_commit", sa.Text()),
        sa.Column("ended", _MOMENT),
        sqlite_autoincrement=True,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("number", _NUMBER, primary_key=True),
        _of_run(),
        sa.Column("shop", _SHOP),
        _needed("at", _MOMENT),
        _needed("document", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_run", "events", ["run", "shop"])
    op.create_index("ix_events_shop", "events", ["shop", "run"])


def _run_shops() -> None:
    op.create_table(
        "run_shops",
        _of_run(primary_key=True),
        sa.Column("shop", _SHOP, primary_key=True),
        _needed("steps", sa.Text()),
        _needed("changes", sa.Text()),
        sa.Column("settled", _NUMBER, nullable=False, server_default=sa.text("0")),
        _needed("unfinished", sa.Boolean()),
    )
    op.create_index(
        "ix_run_shops_unfinished",
        "run_shops",
        ["shop"],
        sqlite_where=sa.text("unfinished = 1"),
        postgresql_where=sa.text("unfinished"),
    )


def _applied() -> None:
    op.create_table(
        "applied",
        sa.Column("shop", _SHOP, primary_key=True),
        sa.Column("field", sa.String(256), primary_key=True),
        _needed("value", sa.Text()),
        _needed("at", _MOMENT),
        _needed("run", _RUN),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("shop", _SHOP, primary_key=True),
        _needed("fence", sa.BigInteger()),
        _needed("owner", sa.Text()),
        _needed("run", _RUN),
        sa.Column("place", sa.Text()),
        _needed("pid", sa.BigInteger()),
        _needed("born", sa.BigInteger()),
        _needed("taken", _MOMENT),
        _needed("expires", _MOMENT),
        _needed("released", sa.Boolean()),
    )
