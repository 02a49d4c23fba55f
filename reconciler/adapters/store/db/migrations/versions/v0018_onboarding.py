"""What each shop still needs before it is live, as the last onboarding status saw it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.String(20)


def upgrade() -> None:
    op.create_table(
        "onboarding_shops",
        sa.Column("fleet", sa.String(256), primary_key=True),
        sa.Column("shop", sa.String(40), primary_key=True),
        sa.Column("checked", _MOMENT, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(32)),
        sa.Column("since", _MOMENT),
        sa.Column("was_live", sa.Boolean(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("table_file", sa.Text()),
        sa.Column("table_line", sa.Integer()),
        sa.Column("row_digest", sa.String(64)),
    )
    op.create_index("ix_onboarding_shops_checked", "onboarding_shops", ["fleet", "checked", "rank", "shop"])


def downgrade() -> None:
    op.drop_table("onboarding_shops")
