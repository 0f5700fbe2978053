"""Zoom: the group of each iPad's user, the account's pace, the consents of device users."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    calls = sa.Column("calls", sa.Text(), nullable=False, server_default="{}")
    op.add_column("sweep", calls)
    op.add_column(
        "asset", sa.Column("zoom_group", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "pace",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text(), primary_key=True),
        sa.Column("begun", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "consent",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("renewed_at", Moment(), nullable=False),
        sa.Column("lapsed_at", Moment()),
        sqlite_strict=True,
    )
    op.create_table(
        "consent_token",
        sa.Column("account", sa.Text(), sa.ForeignKey("consent.account"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_column("sweep", "calls")
    op.drop_table("consent_token")
    op.drop_table("consent")
    op.drop_table("pace")
    op.drop_column("asset", "zoom_group")
