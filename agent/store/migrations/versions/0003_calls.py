"""Calls: authorisations under section 40E, calls and their logs, tasks, withdrawals."""

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
    op.create_table(
        "call",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), sa.ForeignKey("asset.tag"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("erased_at", Moment()),
        sa.CheckConstraint(
            "state in ('requested', 'approved', 'in call', 'interrupted', 'ended', 'closed', 'refused', 'cancelled', 'expired')",
            name="call_state",
        ),
        sqlite_strict=True,
    )
    op.create_index("call_number", "call", ["year", "number"], unique=True)
    op.create_index("call_when", "call", ["establishment", "at"])
    op.create_table(
        "call_entry",
        sa.Column("call", sa.Text(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sqlite_strict=True,
    )
    op.create_table(
        "task",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("done_at", Moment()),
        sa.Column("done_by", sa.Text()),
        sa.Column("reference", sa.Text()),
        sqlite_strict=True,
    )
    op.create_index("task_open", "task", ["establishment", "done_at"])
    op.create_table(
        "withdrawal",
        sa.Column("resident", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.CheckConstraint("what in ('withdrawn', 'reinstated')", name="withdrawal_what"),
        sqlite_strict=True,
    )
    op.create_table(
        "device_report",
        sa.Column("tag", sa.Text(), sa.ForeignKey("asset.tag"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.CheckConstraint("what in ('lost', 'found')", name="device_report_what"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("device_report")
    op.drop_table("withdrawal")
    op.drop_table("task")
    op.drop_table("call_entry")
    op.drop_table("call")
    op.drop_table("authorisation_asset")
    op.drop_table("authorisation")
