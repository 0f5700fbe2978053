"""Contact windows and their evidence; a closing is never given up."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLOSINGS = "('contact.close', 'zoom.allow-list', 'zoom.meeting-gone')"
GIVEN_UP = "('withdrawn', 'void')"


def upgrade() -> None:
    op.create_table(
        "contact_window",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("call", sa.Text(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), sa.ForeignKey("asset.tag"), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("closing", sa.Text(), sa.ForeignKey("obligation.key"), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("attested_at", Moment()),
        sa.Column("closed_at", Moment()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.CheckConstraint(
            "state in ('requested', 'open', 'invited', 'accepted', 'in call', 'closing', 'closed', 'attested', 'verified', 'not verified')",
            name="contact_window_state",
        ),
        sa.CheckConstraint("mode in ('contact', 'meeting')", name="contact_window_mode"),
        sqlite_strict=True,
    )
    op.create_index("contact_window_call", "contact_window", ["call", "number"], unique=True)
    op.create_index("contact_window_group", "contact_window", ["group", "state"])
    op.create_table(
        "contact_evidence",
        sa.Column("window", sa.Text(), sa.ForeignKey("contact_window.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    for statement in _never_given_up():
        op.execute(statement)


def _never_given_up() -> tuple[str, ...]:
    """SQLite adds no constraint to a table that is there; a trigger says the same."""
    if op.get_bind().dialect.name == "postgresql":
        says = f"not (kind in {CLOSINGS} and state in {GIVEN_UP})"
        return (f"alter table obligation add constraint closing check ({says})",)
    return (
        f"""create trigger closing before update of state on obligation
        when new.kind in {CLOSINGS} and new.state in {GIVEN_UP}
        begin select raise(abort, 'a closing is never given up'); end""",
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table obligation drop constraint closing")
    else:
        op.execute("drop trigger closing")
    op.drop_table("contact_evidence")
    op.drop_table("contact_window")
