"""Zoom's events, the legs of calls, and whose host an id is."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_leg",
        sa.Column("call", sa.Text(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("leg", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("first_seen", Moment(), nullable=False),
        sa.Column("last_seen", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("recorded_at", Moment()),
        sa.Column("began", Moment()),
        sa.Column("finished", Moment()),
        sa.Column("people", sa.Integer()),
        sa.Column("outside", sa.Integer()),
        sa.Column("told_at", Moment()),
        sa.Column("sealed", sa.LargeBinary()),
        sqlite_strict=True,
    )
    op.create_index("call_leg_uuid", "call_leg", ["uuid"])


def downgrade() -> None:
    op.drop_table("call_leg")
