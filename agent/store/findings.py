"""What is wrong now, and what was: one open row for each subject and type of problem."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    func,
    select,
    text,
    update,
)

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem
from agent.store.engine import Counter, Moment, Transaction, metadata

finding = Table(
    "finding",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("incident", Text, nullable=False),
    Column("first_sweep", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("last_sweep", Text, nullable=False),
    Column("cleared_at", Moment),
    Index(
        "finding_open", "subject", "type", unique=True,
        sqlite_where=text("cleared_at is null"), postgresql_where=text("cleared_at is null"),
    ),
    Index(
        "finding_incident", "incident",
        sqlite_where=text("cleared_at is null"), postgresql_where=text("cleared_at is null"),
    ),
    sqlite_strict=True,
)  # fmt: skip
f = finding.c


@dataclass(frozen=True, slots=True)
class Open:
    """A finding that still stands."""

    id: int
    subject: str
    type: str
    establishment: str
    reason: str
    because: str
    value: str
    severity: Severity
    incident: str
    opened_at: datetime

    def worse_in(self, now: Problem) -> bool:
        """Graver than before, or no better and wrong in another way."""
        other = (now.reason, now.value) != (self.reason, self.value)
        return now.severity > self.severity or (now.severity == self.severity and other)

    def at(self, establishment: str, category: Category) -> Problem:
        """The same problem at the place where its iPad is now."""
        return Problem(
            type=self.type,
            subject=self.subject,
            establishment=establishment,
            reason=self.reason,
            because=self.because,
            value=self.value,
            category=category,
            severity=self.severity,
        )


@dataclass(frozen=True, slots=True)
class Findings:
    tx: Transaction

    def open(self, subjects: Collection[str] | None = None) -> list[Open]:
        """What stands, of these subjects or of all, the oldest first."""
        return self._select(*(() if subjects is None else (f.subject.in_(subjects),)))

    def _select(self, *where: ColumnElement[bool]) -> list[Open]:
        columns = (
            f.id, f.subject, f.type, f.establishment, f.reason, f.because, f.value, f.severity,
            f.incident, f.opened_at,
        )  # fmt: skip
        standing = select(*columns).where(f.cleared_at.is_(None), *where).order_by(f.id)
        return [
            Open(*row[:7], Severity(row.severity), row.incident, row.opened_at)
            for row in self.tx.sql.execute(standing)
        ]

    def add(self, sweep: str, problem: Problem, incident: str) -> None:
        """A problem that did not stand before."""
        self.tx.sql.execute(
            finding.insert().values(
                subject=problem.subject,
                type=problem.type,
                establishment=problem.establishment,
                reason=problem.reason,
                because=problem.because,
                value=problem.value,
                severity=int(problem.severity),
                incident=incident,
                first_sweep=sweep,
                opened_at=self.tx.now,
                last_sweep=sweep,
            )
        )

    def still(self, sweep: str, finding_id: int, problem: Problem) -> None:
        """It stands tonight too, perhaps for another reason."""
        now = {
            "last_sweep": sweep,
            "establishment": problem.establishment,
            "reason": problem.reason,
            "because": problem.because,
            "value": problem.value,
            "severity": int(problem.severity),
        }
        self.tx.sql.execute(update(finding).where(f.id == finding_id).values(**now))

    def clear(self, finding_id: int) -> None:
        """A sweep saw with its own eyes that it is over."""
        over = update(finding).where(f.id == finding_id).values(cleared_at=self.tx.now)
        self.tx.sql.execute(over)

    def of_incident(self, incident: str) -> list[Open]:
        """What of this incident still stands."""
        return self._select(f.incident == incident)

    def left_of(self, incident: str) -> int:
        """How many findings of this incident still stand."""
        standing = select(func.count()).where(f.incident == incident, f.cleared_at.is_(None))
        return self.tx.sql.scalar(standing) or 0
