"""The timeline of an incident, and the incidents that it is related to.

Words are what a person wrote. They stay in this table: only `incident show` reads them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    select,
)

from agent.store.engine import Moment, Transaction, metadata

incident_event = Table(
    "incident_event",
    metadata,
    Column("incident", Text, ForeignKey("incident.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("by", Text, nullable=False),  # a staff id, or the agent
    Column("revision", Integer, nullable=False),
    Column("details", Text, nullable=False),  # JSON, nothing personal
    Column("words", Text),
    sqlite_strict=True,
)
incident_relation = Table(
    "incident_relation",
    metadata,
    Column("first", Text, ForeignKey("incident.id"), primary_key=True),
    Column("second", Text, ForeignKey("incident.id"), primary_key=True),
    CheckConstraint("first <> second", name="incident_relation_order"),
    Index("incident_relation_second", "second"),
    sqlite_strict=True,
)
e = incident_event.c
r = incident_relation.c
LAST = select(func.max(e.number)).where(e.incident == bindparam("of"))
NEW = incident_event.insert()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to an incident. `at` is UTC."""

    number: int
    at: datetime
    what: str
    by: str
    revision: int
    details: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    tx: Transaction

    def add(
        self,
        incident: str,
        what: str,
        revision: int,
        by: str,
        details: Mapping[str, str] | None = None,
        words: str = "",
    ) -> None:
        """One more event at its end."""
        number = (self.tx.sql.scalar(LAST, {"of": incident}) or 0) + 1
        row = {
            "incident": incident,
            "number": number,
            "at": self.tx.now,
            "what": what,
            "by": by,
            "revision": revision,
            "details": json.dumps(dict(details or {}), sort_keys=True),
            "words": words or None,
        }
        self.tx.sql.execute(NEW, row)

    def of(self, incident: str) -> list[Event]:
        """All of it, in order."""
        rows = select(incident_event).where(e.incident == incident).order_by(e.number)
        return [
            Event(
                number=row.number,
                at=row.at,
                what=row.what,
                by=row.by,
                revision=row.revision,
                details=json.loads(row.details),
                words=row.words or "",
            )
            for row in self.tx.sql.execute(rows)
        ]

    def relate(self, one: str, other: str) -> bool:
        """False: they were related already."""
        first, second = sorted((one, other))
        new = self.tx.insert(incident_relation).values(first=first, second=second)
        kept = new.on_conflict_do_nothing().returning(r.first)
        return self.tx.sql.scalar(kept) is not None

    def related(self, incident: str) -> list[str]:
        """The ids of those that it is related to."""
        after = select(r.second).where(r.first == incident)
        before = select(r.first).where(r.second == incident)
        return sorted({*self.tx.sql.scalars(after), *self.tx.sql.scalars(before)})
