"""The life of an incident: acknowledged, in hand, closed; its timeline, and what is related."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = "state in ('open', 'acknowledged', 'in-hand', 'closed')"
CLOSED = "(state = 'closed') = (closed_at is not null)"
OLD_STATES = "state in ('open', 'cleared')"
COLUMNS = (
    "id", "year", "number", "type", "subject", "establishment", "reason", "because",
    "category", "severity", "state", "revision", "opened_at", "changed_at", "cleared_at",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("incident_open", "incident")
    if op.get_bind().dialect.name == "sqlite":
        state = "case state when 'cleared' then 'closed' else state end"
        _make_anew((*_old(), *_new(), *_checks(STATES, CLOSED)), state, _closing())
    else:
        op.drop_constraint("incident_state", "incident", type_="check")
        for column in _new():
            op.add_column("incident", column)
        new = ", ".join(f"{name} = {value}" for name, value in _closing().items())
        op.execute(f"update incident set state = 'closed', {new} where state = 'cleared'")  # noqa: S608  words of ours
        op.create_check_constraint("incident_state", "incident", STATES)
        op.create_check_constraint("incident_closed", "incident", CLOSED)
    _partial("incident_open", ["type", "subject"], "state <> 'closed'", unique=True)
    _partial("incident_standing", ["year", "number"], "state <> 'closed'")
    op.create_index("incident_stage", "incident", ["state", "year", "number"])
    op.create_index("incident_place", "incident", ["establishment", "year", "number"])
    op.create_index("incident_last", "incident", ["type", "subject", "year", "number"])
    op.create_index("mail_incident", "mail", ["incident", "revision"])
    op.create_index(
        "finding_incident", "finding", ["incident"],
        sqlite_where=sa.text("cleared_at is null"),
        postgresql_where=sa.text("cleared_at is null"),
    )  # fmt: skip
    _make_timeline()


def downgrade() -> None:
    op.drop_table("incident_relation")
    op.drop_table("incident_event")
    op.drop_index("finding_incident", "finding")
    op.drop_index("mail_incident", "mail")
    for name in ("last", "place", "stage", "standing", "open"):
        op.drop_index(f"incident_{name}", "incident")
    state = "case state when 'closed' then 'cleared' else 'open' end"
    if op.get_bind().dialect.name == "sqlite":
        over = {"cleared_at": "case when state = 'closed' then closed_at else cleared_at end"}
        _make_anew((*_old(), *_checks(OLD_STATES)), state, over)
    else:
        op.drop_constraint("incident_closed", "incident", type_="check")
        op.drop_constraint("incident_state", "incident", type_="check")
        op.execute("update incident set cleared_at = closed_at where state = 'closed'")
        op.execute(f"update incident set state = {state}")  # noqa: S608  words of ours
        for column in _new():
            op.drop_column("incident", column.name)
        op.create_check_constraint("incident_state", "incident", OLD_STATES)
    _partial("incident_open", ["type", "subject"], "state = 'open'", unique=True)


def _old() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("cleared_at", Moment()),
    )


def _new() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("reopened_at", Moment()),
        sa.Column("acknowledged_at", Moment()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("taken_by", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("ir", sa.Text()),
        sa.Column("closing_by", sa.Text()),
        sa.Column("override_by", sa.Text()),
        sa.Column("cause", sa.Text()),
        sa.Column("closed_at", Moment()),
        sa.Column("closed_by", sa.Text()),
    )


def _closing() -> dict[str, str]:
    """What was cleared was closed by the machine."""
    over = "case when cleared_at is null then null else {} end"
    return {
        "cause": over.format("'no-longer-found'"),
        "closed_at": "cleared_at",
        "closed_by": over.format("'agent'"),
    }


def _checks(states: str, closed: str = "") -> tuple[sa.CheckConstraint, ...]:
    both = (("incident_state", states), ("incident_closed", closed))
    return tuple(sa.CheckConstraint(says, name=name) for name, says in both if says)


def _make_anew(
    shape: Sequence[sa.Column[object] | sa.CheckConstraint], state: str, values: dict[str, str]
) -> None:
    """SQLite changes no CHECK of a table that is there. Who refers to it keeps its name."""
    op.drop_index("incident_number", "incident")
    op.create_table("incident_anew", *shape, sqlite_strict=True)
    copied = {name: name for name in COLUMNS} | {"state": state} | values
    op.execute(
        f"insert into incident_anew ({', '.join(copied)})"  # noqa: S608  words of ours
        f" select {', '.join(copied.values())} from incident"
    )
    op.drop_table("incident")
    op.rename_table("incident_anew", "incident")
    op.create_index("incident_number", "incident", ["year", "number"], unique=True)


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, "incident", columns, unique=unique,
        sqlite_where=sa.text(where), postgresql_where=sa.text(where),
    )  # fmt: skip


def _make_timeline() -> None:
    op.create_table(
        "incident_event",
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("words", sa.Text()),
        sqlite_strict=True,
    )
    op.create_table(
        "incident_relation",
        sa.Column("first", sa.Text(), sa.ForeignKey("incident.id"), primary_key=True),
        sa.Column("second", sa.Text(), sa.ForeignKey("incident.id"), primary_key=True),
        sa.CheckConstraint("first <> second", name="incident_relation_order"),
        sqlite_strict=True,
    )
    op.create_index("incident_relation_second", "incident_relation", ["second"])
