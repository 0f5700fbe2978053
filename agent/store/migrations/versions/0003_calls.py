"""Calls: authorisations under section 40E."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Day, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("grantor", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("delegated_by", sa.Text(), nullable=False),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column("persons", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("dated", Day(), nullable=False),
        sa.Column("review_on", Day(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "grantor in ('secretary-of-state', 'governor', 'delegate')", name="grantor"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "authorisation_asset",
        sa.Column(
            "authorisation", sa.Text(), sa.ForeignKey("authorisation.id"), primary_key=True
        ),
        sa.Column("tag", sa.Text(), primary_key=True),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("authorisation_asset")
    op.drop_table("authorisation")
