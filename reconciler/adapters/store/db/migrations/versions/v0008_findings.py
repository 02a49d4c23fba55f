"""Looks at the fleet, findings and their events."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_FLEET = sa.String(256)
_MOMENT = sa.String(20)
_WORD = sa.String(32)
_ID = sa.String(16)


def upgrade() -> None:
    _looks()
    _findings()
    _events()
    op.create_table(
        "unread_shops",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("shop", sa.String(40), primary_key=True),
        _needed("since", _MOMENT),
        sa.Column("last_good", _MOMENT),
        _needed("code", _WORD),
    )
    op.create_table(
        "finding_readers",
        sa.Column("fleet", _FLEET, primary_key=True),
        sa.Column("reader", sa.String(128), primary_key=True),
        _needed("event", _NUMBER),
    )


def downgrade() -> None:
    for table in ("finding_readers", "unread_shops", "finding_events", "findings", "looks"):
        op.drop_table(table)


def _looks() -> None:
    op.create_table(
        "looks",
        sa.Column("number", _NUMBER, primary_key=True),
        _needed("fleet", _FLEET),
        _needed("started", _MOMENT),
        sa.Column("ended", _MOMENT),
        sa.Column("milliseconds", sa.BigInteger),
        sa.Column("requests", sa.Integer),
        _needed("complete", sa.Boolean()),
        sa.Column("shops", sa.Integer),
        sa.Column("unread", sa.Integer),
        sa.Column("events", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_looks_fleet", "looks", ["fleet", "number"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", _ID, primary_key=True),
        _needed("fleet", _FLEET),
        *(_needed(name, sa.String(256)) for name in ("shop", "field")),
        *(_needed(name, _WORD) for name in ("kind", "state")),
        _needed("severity", sa.Integer()),
        *(sa.Column(name, sa.Text) for name in ("owner", "file")),
        *(_needed(name, sa.Text()) for name in ("desired", "observed")),
        *(sa.Column(name, sa.Text) for name in ("actor", "actor_type")),
        sa.Column("actor_at", sa.String(32)),
        *(_needed(name, _MOMENT) for name in ("first_seen", "opened", "last_seen", "since", "flipped")),
        _needed("openings", sa.Text()),
        _needed("present", sa.Boolean()),
        sa.Column("resolved_by", _WORD),
        sa.Column("accepted_until", _MOMENT),
        _needed("look", _NUMBER),
    )
    op.create_index("ix_findings_state", "findings", ["fleet", "state"])


def _events() -> None:
    op.create_table(
        "finding_events",
        sa.Column("number", _NUMBER, primary_key=True),
        _needed("finding", _ID),
        _needed("fleet", _FLEET),
        _needed("look", _NUMBER),
        _needed("at", _MOMENT),
        _needed("kind", _WORD),
        _needed("document", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_finding_events_finding", "finding_events", ["finding", "number"])
    op.create_index("ix_finding_events_fleet", "finding_events", ["fleet", "number"])


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
