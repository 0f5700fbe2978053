"""A lost iPad of which two people say that it is not the one in use."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_not_in_use",
        sa.Column("tag", sa.Text(), primary_key=True),
        sa.Column("report", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tag", "report"], ["device_report.tag", "device_report.number"]
        ),
        sa.CheckConstraint("by <> seen_by", name="device_not_in_use_two_people"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("device_not_in_use")
