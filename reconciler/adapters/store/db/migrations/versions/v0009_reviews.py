"""Plans of pull requests, deferred applies, what was reported."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FLEET = sa.String(256)
_PLACE = sa.String(300)
_COMMIT = sa.String(64)
_HASH = sa.String(71)
_MOMENT = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "reviewed_plans",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("place", _PLACE, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("head", _COMMIT, primary_key=True),
        _needed("base", _COMMIT),
        _needed("fingerprint", _HASH),
        _needed("leaves", sa.Text()),
        _needed("created", _MOMENT),
    )
    op.create_table(
        "deferred_applies",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("shop", sa.String(40), primary_key=True),
        _needed("place", _PLACE),
        _needed("number", sa.BigInteger()),
        _needed("head", _COMMIT),
        _needed("leaf", _HASH),
        *(_needed(name, _MOMENT) for name in ("approved", "expires", "since")),
        sa.Column("dropped", _MOMENT),
        sa.Column("dropped_by", sa.Text),
    )
    op.create_table(
        "apply_reports",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("place", _PLACE, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        _needed("digest", _HASH),
    )


def downgrade() -> None:
    for table in ("apply_reports", "deferred_applies", "reviewed_plans"):
        op.drop_table(table)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
