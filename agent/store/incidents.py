"""Incidents, and the letters that tell of them. A letter and its obligation are one commit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    update,
)

from agent.domain.check import Category, Severity
from agent.domain.clock import CLOCK, FIRST_LOOK
from agent.domain.incident import NO_LONGER_FOUND, Incident, State, incident_id
from agent.domain.incident_gates import Case
from agent.domain.incident_steps import STEPS
from agent.domain.mail import Letter
from agent.domain.people import AGENT, Actor
from agent.domain.problems import Problem
from agent.domain.routes import Recipient
from agent.domain.steps import Step
from agent.domain.steps import take as may_take
from agent.store.audit import Audit
from agent.store.engine import Moment, Transaction, metadata
from agent.store.incident_events import Timeline
from agent.store.incident_table import ANEW, NOT_CLOSED, i, incident
from agent.store.ledger import Ledger

mail = Table(
    "mail",
    metadata,
    Column("key", Text, ForeignKey("obligation.key"), primary_key=True),
    Column("incident", Text, ForeignKey("incident.id")),  # none: a letter of no incident
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
    Column("went_to", Text),  # who stood in, as Recipient is written; none: nobody had to
    Index("mail_incident", "incident", "revision"),
    Index("mail_message_id", "message_id"),
    sqlite_strict=True,
)
m = mail.c
WHOLE = select(*(i[one.name] for one in fields(Incident))).order_by(i.year, i.number)
OF_ID = WHOLE.where(i.id == bindparam("id"))
OPEN_FOR = WHOLE.where(
    i.type == bindparam("type"), i.subject == bindparam("subject"), NOT_CLOSED
)
LAST_FOR = (
    select(i.id)
    .where(i.type == bindparam("type"), i.subject == bindparam("subject"))
    .order_by(i.year.desc(), i.number.desc())
    .limit(1)
)
LAST_OF = select(func.max(i.number)).where(i.year == bindparam("year"))
NEW_INCIDENT, NEW_LETTER = incident.insert(), mail.insert()
"""What each report asks is built once: building it takes longer than its answer."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter, whom it goes to, when it was written, and what it tells of."""

    letter: Letter
    to: Recipient
    written_at: datetime
    about: tuple[str, str]  # as the audit names it: INCIDENT or LETTER, and its id
    revision: int
    type: str  # empty, as the category, in a letter of no incident
    category: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One letter and what its channel answered; nothing accepted yet: None. Times are UTC."""

    revision: int
    to: Recipient
    written_at: datetime
    accepted_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class Incidents:
    tx: Transaction

    def open_for(self, type_: str, subject: str) -> Incident | None:
        """The incident of this type and subject that is not closed."""
        found = self._read(OPEN_FOR, type=type_, subject=subject)
        return found[0] if found else None

    def last_for(self, type_: str, subject: str) -> Incident | None:
        """The newest of this type and subject, closed or not."""
        found = self.tx.sql.scalar(LAST_FOR, {"type": type_, "subject": subject})
        return None if found is None else self.get(found)

    def has(self, incident_id: str) -> bool:
        """Whether there is such an incident."""
        return self.tx.sql.scalar(select(i.id).where(i.id == incident_id)) is not None

    def get(self, incident_id: str) -> Incident:
        return self._read(OF_ID, id=incident_id)[0]

    def find(self, incident_id: str) -> Incident | None:
        """None where there is none."""
        found = self._read(OF_ID, id=incident_id)
        return found[0] if found else None

    def open(self, type_: str | None = None) -> list[Incident]:
        """Every incident that is not closed, of this type or of all, the oldest first."""
        return self.select(NOT_CLOSED, *(() if type_ is None else (i.type == type_,)))

    def open_of(self, subject: str) -> list[Incident]:
        """Every incident of this subject that is not closed."""
        return self.select(i.subject == subject, NOT_CLOSED)

    def unacknowledged(self, before: datetime) -> list[Incident]:
        """Whose revision began before this time (UTC) and that nobody has acknowledged."""
        return self.select(i.state == State.OPEN.value, i.changed_at < before)

    def raise_for(
        self, problem: Problem, *, persists: bool = True, by: Actor = AGENT
    ) -> Incident:
        """The incident of this problem that is not closed, opened now if there is none.

        `persists`: the same look finds it until it is over. One that a person closed all the
        same is opened again. One that was over comes back as its next revision while it is
        not closed, and else as a new incident.
        """
        found = self.open_for(problem.type, problem.subject)
        if found is not None:
            return found if found.cleared_at is None else self.worsen(found, problem, by)
        last = self.last_for(problem.type, problem.subject)
        if last is not None and persists and last.cleared_at is None:
            return self.reopen(last, problem, by)
        return self._open(problem, last, by)

    def raise_again(self, old: Incident, problem: Problem, by: Actor = AGENT) -> Incident:
        """Its next revision. One that was closed while it stands is opened again."""
        anew = self.reopen if old.state is State.CLOSED else self.worsen
        return anew(old, problem, by)

    def worsen(self, old: Incident, problem: Problem, by: Actor = AGENT) -> Incident:
        """A new revision, where the iPad is now: everybody is told again."""
        return self._revise("worsen", old, problem, by)

    def reopen(
        self, old: Incident, problem: Problem, by: Actor = AGENT, step: str = "find-again"
    ) -> Incident:
        """It was closed, and was found again: a new revision, to be acknowledged anew."""
        new = self._revise(step, old, problem, by, reopened_at=self.tx.now)
        told = {"reason": problem.reason, "revision": new.revision}
        Audit(self.tx).add("INCIDENT_REOPENED", "INCIDENT", old.id, by=by, details=told)
        return new

    def clear(self, incident_id: str, by: Actor = AGENT) -> State:
        """Nothing of it stands any more. Security and loss wait for a person to close them."""
        old = self.get(incident_id)
        over: dict[str, object] = {"cleared_at": self.tx.now}
        if old.is_grave or old.state is State.CLOSED:
            return self.write(_step("clear", old), old, by.id, over).state
        over |= {"cause": NO_LONGER_FOUND, "closed_at": self.tx.now, "closed_by": by.id}
        return self.write(_step("no-longer-found", old), old, by.id, over).state

    def write(
        self,
        step: Step[Case],
        old: Incident,
        by: str,
        values: Mapping[str, object],
        *,
        words: str = "",
        told: Mapping[str, str] | None = None,
    ) -> Incident:
        """A step that may be taken: its state, its other values, its event in the timeline."""
        new_state = {} if step.enters is None else {"state": step.enters.value}
        if values or new_state:
            this = update(incident).where(i.id == old.id)
            self.tx.sql.execute(this.values(**values, **new_state))
        new = self.get(old.id)
        Timeline(self.tx).add(old.id, step.name, new.revision, by, told, words)
        return new

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
        row = {
            "key": f"mail/{subject}",
            "incident": about.id,
            "revision": about.revision,
            "occasion": occasion,
            "scope": to.scope,
            "code": to.code,
            "role": to.role,
            "message_id": what.message_id,
            "subject": what.subject,
            "body": what.body,
            "written_at": self.tx.now,
        }
        self.tx.sql.execute(NEW_LETTER, row)
        return True

    def posted(self, key: str) -> Posted:
        """The letter of a mail obligation."""
        about = (i.type, i.category, i.opened_at)
        both = select(*m, *(column.label(f"of_{column.name}") for column in about))
        with_it = both.outerjoin_from(mail, incident, i.id == m.incident)
        row = self.tx.sql.execute(with_it.where(m.key == key)).one()
        return Posted(
            Letter(row.message_id, row.subject, row.body),
            Recipient(row.scope, row.code, row.role),
            row.written_at,
            ("INCIDENT", row.incident) if row.incident else ("LETTER", key.split("/")[1]),
            row.revision,
            row.of_type or "",
            row.of_category or "",
            row.of_opened_at or row.written_at,
        )

    def accepted(self, key: str, answer: str, went_to: str = "") -> None:
        """A mail server took it. That is not yet read by anybody. `went_to`: who stood in."""
        taken = {"accepted_at": self.tx.now, "answer": answer, "went_to": went_to or None}
        self.tx.sql.execute(update(mail).where(m.key == key).values(**taken))

    def told(self, sweep_began: datetime) -> list[tuple[str, str, datetime | None]]:
        """Role, code and time of acceptance of every incident's letter written since."""
        since = (m.written_at >= sweep_began) & m.incident.is_not(None)
        rows = select(m.role, m.code, m.accepted_at).where(since)
        return [(row.role, row.code, row.accepted_at) for row in self.tx.sql.execute(rows)]

    def letters(self, incident_id: str) -> list[Told]:
        """Every letter about it, in the order of writing, with the answer to each."""
        rows = select(mail).where(m.incident == incident_id).order_by(m.written_at, m.key)
        return [
            Told(
                revision=row.revision,
                to=Recipient(row.scope, row.code, row.role),
                written_at=row.written_at,
                accepted_at=row.accepted_at,
                answer=row.answer or "",
            )
            for row in self.tx.sql.execute(rows)
        ]

    def select(self, *where: object, limit: int | None = None) -> list[Incident]:
        """Those that fit, the oldest first."""
        return self._read(WHOLE.where(*where).limit(limit))  # type: ignore[arg-type]

    def _read(self, rows: Select[Any], **given: str) -> list[Incident]:
        return [
            Incident(
                **row._asdict()
                | {
                    "category": Category(row.category),
                    "severity": Severity(row.severity),
                    "state": State(row.state),
                }
            )
            for row in self.tx.sql.execute(rows, given)
        ]

    def _open(self, problem: Problem, before: Incident | None, by: Actor) -> Incident:
        year = self.tx.now.year
        last = self.tx.sql.scalar(LAST_OF, {"year": year}) or 0
        new = incident_id(year, last + 1)
        row = {
            "id": new, "year": year, "number": last + 1, "type": problem.type,
            "subject": problem.subject, "establishment": problem.establishment,
            "reason": problem.reason, "because": problem.because,
            "category": problem.category.value, "severity": int(problem.severity),
            "state": State.OPEN.value, "revision": 1,
            "opened_at": self.tx.now, "changed_at": self.tx.now,
        }  # fmt: skip
        self.tx.sql.execute(NEW_INCIDENT, row)
        told = {"reason": problem.reason, "severity": problem.severity.name}
        if before is not None:
            Timeline(self.tx).relate(new, before.id)
            told |= {"before": before.id}
        Timeline(self.tx).add(new, "open", 1, by.id, told)
        self._start_clock(new, 1)
        return self.get(new)

    def _revise(
        self, step: str, old: Incident, problem: Problem, by: Actor, **more: object
    ) -> Incident:
        severity = max(old.severity, problem.severity)
        values = {
            **ANEW,
            **more,
            "establishment": problem.establishment,
            "severity": int(severity),
            "reason": problem.reason,
            "because": problem.because,
            "revision": old.revision + 1,
            "changed_at": self.tx.now,
        }
        told = {"reason": problem.reason, "severity": severity.name}
        self._start_clock(old.id, old.revision + 1)
        return self.write(_step(step, old), old, by.id, values, told=told)

    def _start_clock(self, incident_id: str, revision: int) -> None:
        """Each revision is acknowledged anew, or somebody else hears that nobody did (W1)."""
        Ledger(self.tx).owe(CLOCK, f"{incident_id}/{revision}", self.tx.now + FIRST_LOOK)


def following(year: int, number: int) -> ColumnElement[bool]:
    """Those that were opened after the one of this number."""
    return tuple_(i.year, i.number) > tuple_(literal(year), literal(number))


def _step(name: str, old: Incident) -> Step[Case]:
    """The machine's own step, where its gates let it."""
    return may_take(STEPS, name, old.state, Case(incident=old, by=None)).step
