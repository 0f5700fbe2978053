"""Retention: the calls that are over already owe their erasure too."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEEP = timedelta(days=90)
call = sa.table("call", sa.column("id"), sa.column("state"), sa.column("erased_at"))
entry = sa.table(
    "call_entry", sa.column("call"), sa.column("step"), sa.column("entered_at", Moment())
)
obligation = sa.table(
    "obligation", sa.column("key"), sa.column("kind"), sa.column("subject"),
    sa.column("state"), sa.column("due", Moment()), sa.column("next_at", Moment()),
    sa.column("fence"), sa.column("wish"), sa.column("failures"),
)  # fmt: skip


def upgrade() -> None:
    over = call.c.state.in_(("closed", "refused", "cancelled", "expired"))
    ended = entry.c.step.in_(("close", "refuse", "cancel", "expire"))
    last = sa.func.max(entry.c.entered_at, type_=Moment()).label("last")
    found = (
        sa.select(call.c.id, last)
        .join(entry, entry.c.call == call.c.id)
        .where(over, ended, call.c.erased_at.is_(None))
        .group_by(call.c.id)
    )
    rows = [
        {
            "key": f"call.erase/{row.id}", "kind": "call.erase", "subject": row.id,
            "state": "owed", "due": row.last + KEEP, "next_at": row.last + KEEP,
            "fence": 0, "wish": 1, "failures": 0,
        }
        for row in op.get_bind().execute(found)
    ]  # fmt: skip
    if rows:
        op.get_bind().execute(sa.insert(obligation), rows)


def downgrade() -> None:
    owed = sa.delete(obligation).where(obligation.c.kind == "call.erase")
    op.get_bind().execute(owed)
