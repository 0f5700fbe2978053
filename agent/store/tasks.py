"""What people owe: one row each, with the role that owes it and its time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, Text, func, select, update

from agent.store.engine import Moment, Transaction, metadata
from agent.store.ledger import Ledger

task = Table(
    "task",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # the id of a call
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("establishment", Text, nullable=False),
    Column("owner", Text, nullable=False),  # a role
    Column("says", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", Text),  # a staff id
    Column("reference", Text),
    Index("task_open", "establishment", "done_at"),
    sqlite_strict=True,
)
t = task.c
REMIND = "task.remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A duty of people. Times are UTC."""

    kind: str
    subject: str
    establishment: str
    owner: str
    says: str
    due: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Tasks:
    tx: Transaction

    def owe(self, new: Task) -> None:
        """Owe this, unless the same is owed already."""
        same = (t.kind == new.kind) & (t.subject == new.subject)
        if self.tx.sql.scalar(select(t.kind).where(same, t.done_at.is_(None))) is not None:
            return
        last = self.tx.sql.scalar(select(func.max(t.number)).where(same)) or 0
        self.tx.sql.execute(
            task.insert().values(
                kind=new.kind, subject=new.subject, number=last + 1, owner=new.owner,
                establishment=new.establishment, says=new.says, made_at=self.tx.now,
                due=new.due,
            )
        )  # fmt: skip
        Ledger(self.tx).owe(REMIND, f"{new.kind}/{new.subject}/{last + 1}", new.due)

    def done(self, kind: str, subject: str, by: str, reference: str = "") -> None:
        """It is done, where it was owed."""
        this = (t.kind == kind) & (t.subject == subject) & t.done_at.is_(None)
        over = {"done_at": self.tx.now, "done_by": by, "reference": reference or None}
        self.tx.sql.execute(update(task).where(this).values(**over))

    def of(self, subject: str) -> list[Task]:
        """Of one call, done or not, the earliest due first."""
        return self._select(t.subject == subject)

    def open(self, establishment: str) -> list[Task]:
        """What is owed at a place, the earliest due first."""
        return self._select(t.establishment == establishment, t.done_at.is_(None))

    def all_open(self) -> list[Task]:
        """What is owed anywhere, the earliest due first."""
        return self._select(t.done_at.is_(None))

    def named(self, name: str) -> Task | None:
        """By kind, subject and number, as its reminder names it."""
        kind, subject, number = name.rsplit("/", 2)
        this = (t.kind == kind) & (t.subject == subject) & (t.number == int(number))
        found = self._select(this)
        return found[0] if found else None

    def _select(self, *where: object) -> list[Task]:
        columns = [t[name] for name in Task.__dataclass_fields__]
        ordered = select(*columns).where(*where).order_by(t.due, t.kind, t.subject)  # type: ignore[arg-type]
        return [Task(**row._mapping) for row in self.tx.sql.execute(ordered)]
