"""Silences and maintenance, and the letters that they hold."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiet",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("ended_at", Moment()),
        sa.Column("ended_by", sa.Text()),
        sa.CheckConstraint("kind in ('silence', 'maintenance')", name="quiet_kind"),
        sa.CheckConstraint(
            "confirmed_by is null or confirmed_by <> owner", name="quiet_two_people"
        ),
        sa.CheckConstraint("since < until", name="quiet_ends"),
        sqlite_strict=True,
    )
    op.create_index("quiet_number", "quiet", ["kind", "year", "number"], unique=True)
    op.create_table(
        "held_letter",
        sa.Column("key", sa.Text(), sa.ForeignKey("mail.key"), primary_key=True),
        sa.Column("by", sa.Text(), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("held_letter_by", "held_letter", ["by"])


def downgrade() -> None:
    op.drop_table("held_letter")
    op.drop_table("quiet")
    owed = sa.table("obligation", sa.column("kind"))
    op.execute(sa.delete(owed).where(owed.c.kind == "quiet.end"))
