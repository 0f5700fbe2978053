"""The clocks of what is open already: incidents that nobody acknowledged, tasks of people."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("incident.clock", "task.remind", "digest")
incident = sa.table(
    "incident", sa.column("id"), sa.column("state"), sa.column("revision"),
    sa.column("changed_at", Moment()),
)  # fmt: skip
task = sa.table(
    "task", sa.column("kind"), sa.column("subject"), sa.column("number"),
    sa.column("due", Moment()), sa.column("done_at", Moment()),
)  # fmt: skip
obligation = sa.table(
    "obligation", sa.column("key"), sa.column("kind"), sa.column("subject"),
    sa.column("state"), sa.column("due", Moment()), sa.column("next_at", Moment()),
    sa.column("fence"), sa.column("wish"), sa.column("failures"),
)  # fmt: skip


def upgrade() -> None:
    sql = op.get_bind()
    open_now = sa.select(incident).where(incident.c.state == "open")
    owed = [
        ("incident.clock", f"{row.id}/{row.revision}", row.changed_at)
        for row in sql.execute(open_now)
    ]
    undone = sa.select(task).where(task.c.done_at.is_(None))
    owed += [
        ("task.remind", f"{row.kind}/{row.subject}/{row.number}", row.due)
        for row in sql.execute(undone)
    ]
    rows = [
        {
            "key": f"{kind}/{subject}", "kind": kind, "subject": subject, "state": "owed",
            "due": at, "next_at": at, "fence": 0, "wish": 1, "failures": 0,
        }
        for kind, subject, at in owed
    ]  # fmt: skip
    if rows:
        sql.execute(sa.insert(obligation), rows)


def downgrade() -> None:
    op.get_bind().execute(sa.delete(obligation).where(obligation.c.kind.in_(KINDS)))
