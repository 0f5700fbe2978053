"""Incidents, and the letters that tell of them. A letter and its obligation are one commit."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
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
from agent.domain.incident import Incident, incident_id
from agent.domain.mail import Letter
from agent.domain.problems import Problem
from agent.domain.routes import Recipient
from agent.store.engine import Moment, Transaction, metadata
from agent.store.ledger import Ledger

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
    Column("cleared_at", Moment),
    CheckConstraint("state in ('open', 'cleared')", name="incident_state"),
    Index(
        "incident_open", "type", "subject", unique=True,
        sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
    ),
    Index("incident_number", "year", "number", unique=True),
    sqlite_strict=True,
)  # fmt: skip
i = incident.c
mail = Table(
    "mail",
    metadata,
    Column("key", Text, ForeignKey("obligation.key"), primary_key=True),
    Column("incident", Text, ForeignKey("incident.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("occasion", Text, nullable=False),  # the sweep that wrote it; empty: none did
    Column("scope", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("accepted_at", Moment),
    Column("answer", Text),
    Index("mail_message_id", "message_id"),
    sqlite_strict=True,
)
m = mail.c


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter, whom it goes to, when it was written, and what it tells of."""

    letter: Letter
    to: Recipient
    written_at: datetime
    incident: str
    revision: int
    type: str
    category: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Incidents:
    tx: Transaction

    def open_for(self, type_: str, subject: str) -> Incident | None:
        """The open incident of this type and subject."""
        found = self._select(i.type == type_, i.subject == subject, i.state == "open")
        return found[0] if found else None

    def get(self, incident_id: str) -> Incident:
        return self._select(i.id == incident_id)[0]

    def open(self) -> list[Incident]:
        """Every open incident, the oldest first."""
        return self._select(i.state == "open")

    def raise_for(self, problem: Problem) -> Incident:
        """The open incident of this problem, opened now if there is none."""
        found = self.open_for(problem.type, problem.subject)
        return found or self._open(problem)

    def worsen(self, old: Incident, problem: Problem) -> Incident:
        """A new revision, where the iPad is now: everybody is told again."""
        new = replace(
            old,
            establishment=problem.establishment,
            severity=max(old.severity, problem.severity),
            reason=problem.reason,
            because=problem.because,
            revision=old.revision + 1,
            changed_at=self.tx.now,
        )
        values = {
            "establishment": new.establishment,
            "severity": int(new.severity),
            "reason": new.reason,
            "because": new.because,
            "revision": new.revision,
            "changed_at": new.changed_at,
        }
        self.tx.sql.execute(update(incident).where(i.id == old.id).values(**values))
        return new

    def clear(self, incident_id: str) -> None:
        """Nothing of it stands any more."""
        over = {"state": "cleared", "cleared_at": self.tx.now}
        self.tx.sql.execute(update(incident).where(i.id == incident_id).values(**over))

    def told_before(self, about: Incident, to: Recipient, occasion: str) -> bool:
        """Whether it was told of this revision on an earlier occasion than this one."""
        of_this = (m.incident == about.id) & (m.revision == about.revision)
        to_them = (m.scope == to.scope) & (m.code == to.code) & (m.role == to.role)
        found = select(m.key).where(of_this, to_them, m.occasion != occasion).limit(1)
        return self.tx.sql.scalar(found) is not None

    def tell(
        self, about: Incident, to: Recipient, what: Letter, occasion: str, *, again: bool
    ) -> bool:
        """Owe this letter, once for each recipient and revision. True if it is new.

        `again`: once more for this occasion, since there is more to tell.
        """
        subject = f"{about.id}/{about.revision}/{to}" + (f"/{occasion}" if again else "")
        if not Ledger(self.tx).owe_once("mail", subject, self.tx.now):
            return False
        self.tx.sql.execute(
            mail.insert().values(
                key=f"mail/{subject}",
                incident=about.id,
                revision=about.revision,
                occasion=occasion,
                scope=to.scope,
                code=to.code,
                role=to.role,
                message_id=what.message_id,
                subject=what.subject,
                body=what.body,
                written_at=self.tx.now,
            )
        )
        return True

    def posted(self, key: str) -> Posted:
        """The letter of a mail obligation."""
        about = (i.type, i.category, i.opened_at)
        both = select(*m, *(column.label(f"of_{column.name}") for column in about))
        row = self.tx.sql.execute(both.where(m.key == key, i.id == m.incident)).one()
        return Posted(
            Letter(row.message_id, row.subject, row.body),
            Recipient(row.scope, row.code, row.role),
            row.written_at,
            row.incident,
            row.revision,
            row.of_type,
            row.of_category,
            row.of_opened_at,
        )

    def accepted(self, key: str, answer: str) -> None:
        """A mail server took it. That is not yet read by anybody."""
        taken = {"accepted_at": self.tx.now, "answer": answer}
        self.tx.sql.execute(update(mail).where(m.key == key).values(**taken))

    def told(self, sweep_began: datetime) -> list[tuple[str, str, datetime | None]]:
        """Role, code and time of acceptance of every letter written since."""
        rows = select(m.role, m.code, m.accepted_at).where(m.written_at >= sweep_began)
        return [(row.role, row.code, row.accepted_at) for row in self.tx.sql.execute(rows)]

    def _open(self, problem: Problem) -> Incident:
        year = self.tx.now.year
        last = self.tx.sql.scalar(select(func.max(i.number)).where(i.year == year)) or 0
        new = Incident(
            id=incident_id(year, last + 1),
            type=problem.type,
            subject=problem.subject,
            establishment=problem.establishment,
            reason=problem.reason,
            because=problem.because,
            category=problem.category,
            severity=problem.severity,
            revision=1,
            opened_at=self.tx.now,
            changed_at=self.tx.now,
        )
        self.tx.sql.execute(
            incident.insert().values(
                id=new.id, year=year, number=last + 1, type=new.type, subject=new.subject,
                establishment=new.establishment, reason=new.reason, because=new.because,
                category=new.category.value, severity=int(new.severity), state="open",
                revision=1, opened_at=new.opened_at, changed_at=new.changed_at,
            )
        )  # fmt: skip
        return new

    def _select(self, *where: object) -> list[Incident]:
        columns = (
            i.id, i.type, i.subject, i.establishment, i.reason, i.because, i.category,
            i.severity, i.revision, i.opened_at, i.changed_at,
        )  # fmt: skip
        rows = self.tx.sql.execute(select(*columns).where(*where).order_by(i.year, i.number))  # type: ignore[arg-type]
        return [
            Incident(
                **row._asdict()
                | {"category": Category(row.category), "severity": Severity(row.severity)}
            )
            for row in rows
        ]
