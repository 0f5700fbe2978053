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
        sa.Column("began", Moment()),
        sa.Column("finished", Moment()),
        sa.Column("people", sa.Integer()),
        sa.Column("outside", sa.Integer()),
        sa.Column("told_at", Moment()),
        sa.Column("sealed", sa.LargeBinary()),
        sqlite_strict=True,
    )
    op.create_index("call_leg_uuid", "call_leg", ["uuid"])
    op.create_table(
        "call_watch",
        sa.Column("call", sa.Text(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text()),
        sqlite_strict=True,
    )
    op.create_table(
        "zoom_event",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", Moment()),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("zoom_event_received", "zoom_event", ["received_at"])
    op.create_table(
        "zoom_host",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("tag", sa.Text()),
        sa.Column("learned_at", Moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "zoom_notice",
        sa.Column("holding", sa.Text(), primary_key=True),
        sa.Column("sign", sa.Text(), primary_key=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text()),
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("noticed_at", Moment(), nullable=False),
        sa.Column("stop", sa.Text()),
        sa.Column("stop_at", Moment()),
        sa.CheckConstraint("sign in ('recording', 'companion')", name="zoom_notice_sign"),
        sqlite_strict=True,
    )
    op.create_index("zoom_notice_tag", "zoom_notice", ["tag", "noticed_at"])


def downgrade() -> None:
    op.drop_table("zoom_notice")
    op.drop_table("zoom_host")
    op.drop_table("zoom_event")
    op.drop_table("call_watch")
    op.drop_table("call_leg")
