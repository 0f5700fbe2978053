"""The table of incidents, and what its partial indexes are of."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    literal_column,
    text,
)

from agent.store.engine import Moment, metadata

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("cleared_at", Moment),  # it no longer stands
    Column("reopened_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Text),
    Column("taken_by", Text),
    Column("phone", Text),
    Column("ir", Text),
    Column("closing_by", Text),
    Column("override_by", Text),
    Column("cause", Text),
    Column("closed_at", Moment),
    Column("closed_by", Text),
    CheckConstraint(
        "state in ('open', 'acknowledged', 'in-hand', 'closed')", name="incident_state"
    ),
    CheckConstraint("(state = 'closed') = (closed_at is not null)", name="incident_closed"),
    Index(
        "incident_open", "type", "subject", unique=True,
        sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'"),
    ),
    Index(
        "incident_standing", "year", "number",
        sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'"),
    ),
    Index("incident_stage", "state", "year", "number"),
    Index("incident_place", "establishment", "year", "number"),
    Index("incident_last", "type", "subject", "year", "number"),
    Index("incident_number", "year", "number", unique=True),
    sqlite_strict=True,
)  # fmt: skip
i = incident.c
NOT_CLOSED = i.state != literal_column("'closed'")  # as the indexes say it
ANEW: dict[str, object] = dict.fromkeys(
    (
        "cleared_at", "acknowledged_at", "acknowledged_by", "taken_by", "closing_by",
        "override_by", "cause", "closed_at", "closed_by",
    )
)  # fmt: skip
"""A new revision is acknowledged and closed anew."""
