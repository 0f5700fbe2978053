"""What the agent owes the world, one row each. The row is the deadline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    case,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from agent.store.engine import Moment, Transaction, metadata

obligation = Table(
    "obligation",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Moment, nullable=False),  # the promise; lateness is measured from it
    Column("next_at", Moment, nullable=False),  # nobody touches it before: a lease or a pause
    Column("fence", Integer, nullable=False),
    Column("wish", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text),  # why it waits; none while it is claimed
    Column("detail", Text),  # how it ended; no personal data
    CheckConstraint("state in ('owed', 'withdrawn', 'done', 'void')", name="state"),
    CheckConstraint(
        "not (kind in ('contact.close', 'zoom.allow-list', 'zoom.meeting-gone')"
        " and state in ('withdrawn', 'void'))",
        name="closing",
    ).ddl_if(dialect="postgresql"),  # a trigger says the same in SQLite
    Index("obligation_ready", "kind", "state", "next_at"),
    sqlite_strict=True,
)
o = obligation.c
LONGEST_PAUSE = timedelta(minutes=10)
OWED_AGAIN = "owed again, and not begun"
LIVE = o.state.in_(("owed", "withdrawn"))


@cache
def _unless_there(dialect: str) -> Any:
    """The insert of `owe_once`, built once: it is the most frequent of all."""
    new = {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(obligation)
    return new.on_conflict_do_nothing(index_elements=["key"]).returning(o.key)


def pause_after(failures: int) -> timedelta:
    """Ever longer, at most ten minutes; no jitter, so that a whole life can be replayed."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures, 10)))


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one obligation until its lease ends."""

    key: str
    kind: str
    subject: str
    state: str
    fence: int
    wish: int
    failures: int  # before this attempt


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation as it stands, for people and for the tick."""

    key: str
    kind: str
    subject: str
    state: str
    due: datetime
    next_at: datetime
    failures: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    tx: Transaction

    def owe(self, kind: str, subject: str, due: datetime, occasion: str = "") -> str:
        """Owe this. Owing it again makes it due earlier, never later, and not twice.

        What was put off, or owed again, is hastened too: nobody works on it. A lease and the
        pause after a failure are not.
        """
        key = "/".join(filter(None, (kind, subject, occasion)))
        new = self.tx.insert(obligation).values(
            key=key, kind=kind, subject=subject, state="owed", due=due, next_at=due,
            fence=0, wish=1, failures=0,
        )  # fmt: skip
        then, leased = (
            literal(due, Moment),
            (o.fence > 0) & (o.error.is_(None) | (o.failures > 0)),
        )
        again = {
            "state": "owed",
            "wish": o.wish + 1,
            "due": case((LIVE & (o.due < then), o.due), else_=then),
            "error": case((LIVE, o.error), else_=OWED_AGAIN),
            "next_at": case((LIVE & (leased | (o.next_at < then)), o.next_at), else_=then),
        }
        self.tx.sql.execute(new.on_conflict_do_update(index_elements=["key"], set_=again))
        if due <= self.tx.now:
            self.tx.woken.append(key)
        return key

    def owe_once(self, kind: str, subject: str, due: datetime) -> bool:
        """Owe this unless it was ever owed. True if it is new: a night comes only once."""
        key = f"{kind}/{subject}"
        row = {
            "key": key, "kind": kind, "subject": subject, "state": "owed", "due": due,
            "next_at": due, "fence": 0, "wish": 1, "failures": 0,
        }  # fmt: skip
        never = _unless_there(self.tx.sql.dialect.name)
        if self.tx.sql.execute(never, row).one_or_none() is None:
            return False
        if due <= self.tx.now:
            self.tx.woken.append(key)
        return True

    def runnable(self, kinds: tuple[str, ...], limit: int) -> list[str]:
        """What may be claimed now; what failed before comes after what was not tried yet."""
        ready = select(o.key).where(LIVE, o.kind.in_(kinds), o.next_at <= self.tx.now)
        ordered = ready.order_by(o.next_at, o.due, o.key)
        return list(self.tx.sql.scalars(ordered.limit(limit)))

    def claim(
        self, key: str, lease: timedelta, longest: timedelta = LONGEST_PAUSE
    ) -> Claim | None:
        """Nobody else may touch it until the lease is over, dead or alive.

        An attempt counts as failed until it is reported: one that takes its process down each
        time comes ever more seldom, at least after `longest` or the lease. What went wrong
        before is over: `error` is of this attempt.
        """
        ready = (o.key == key) & LIVE & (o.next_at <= self.tx.now)
        failures = self.tx.sql.scalar(select(o.failures).where(ready))
        if failures is None:
            return None
        until = self.tx.now + max(lease, min(pause_after(failures), longest))
        mine = (
            update(obligation)
            .where(ready, o.failures == failures)
            .values(fence=o.fence + 1, failures=failures + 1, next_at=until, error=None)
            .returning(o.key, o.kind, o.subject, o.state, o.fence, o.wish)
        )
        row = self.tx.sql.execute(mine).one_or_none()
        return None if row is None else Claim(**row._mapping, failures=failures)

    def renew(self, claim: Claim, lease: timedelta) -> bool:
        """A long effect is alive. False if another claim came after this one: stop.

        False also when the lease is over: who asked what is held has gone on without it.
        """
        return self._mine(
            claim, o.next_at > self.tx.now, next_at=self.tx.now + lease, error=None
        )

    def finish(self, claim: Claim, state: str, detail: str = "") -> bool:
        """False if another claim came after this one: then write nothing at all."""
        wished_again = (o.wish > claim.wish) & (o.state == "owed")
        return self._mine(
            claim,
            state=case((wished_again, "owed"), else_=state),
            next_at=case((wished_again, literal(self.tx.now, Moment)), else_=o.next_at),
            failures=0,
            error=None,
            detail=detail or None,
        )

    def postpone(
        self, claim: Claim, at: datetime, why: str, *, due: datetime | None = None
    ) -> bool:
        """Not yet, and nothing is wrong. `due`: the promise itself is not for before then.

        A wish that came meanwhile knows more than this attempt did: it is looked at again.
        """
        again, now = o.wish > claim.wish, literal(self.tx.now, Moment)
        later = (
            o.due
            if due is None
            else case((o.due < literal(due, Moment), literal(due, Moment)), else_=o.due)
        )
        return self._mine(
            claim,
            next_at=case((again, now), else_=literal(at, Moment)),
            due=case((again, o.due), else_=later),
            error=why,
            failures=0,
        )

    def retry(self, claim: Claim, at: datetime, error: str) -> bool:
        """It failed; it stays owed and is tried again at this time."""
        return self._mine(claim, next_at=at, error=error)

    def note(self, claim: Claim, error: str) -> bool:
        """What went wrong in an attempt that could not report; its lease stays."""
        return self._mine(claim, error=error)

    def withdraw(self, key: str) -> None:
        """No longer wanted. Once attempted, only the outside can say what became of it."""
        kept = case((o.fence == 0, "void"), else_="withdrawn")
        self.tx.sql.execute(update(obligation).where(o.key == key, LIVE).values(state=kept))

    def kinds(self) -> frozenset[str]:
        """Every kind of which something is owed."""
        return frozenset(self.tx.sql.scalars(select(o.kind).where(LIVE).distinct()))

    def held(self, kind: str) -> frozenset[str]:
        """The keys of this kind that somebody is working on.

        What was put off or is to be tried again says why in `error`: nobody works on that.
        """
        held = (o.fence > 0) & (o.next_at > self.tx.now) & o.error.is_(None)
        return frozenset(self.tx.sql.scalars(select(o.key).where(LIVE, o.kind == kind, held)))

    def abandon(self, key: str, because: str) -> bool:
        """Void what nobody holds and what acts on nothing outside. False if it is held.

        Whoever held it before can write nothing more.
        """
        free = update(obligation).where(o.key == key, LIVE, o.next_at <= self.tx.now)
        void = {"state": "void", "fence": o.fence + 1, "detail": because}
        return self.tx.sql.execute(free.values(**void)).rowcount == 1

    def open(self, kind: str) -> list[Owed]:
        """What of this kind is still owed, the longest due first."""
        columns = (o.key, o.kind, o.subject, o.state, o.due, o.next_at, o.failures, o.error)
        rows = select(*columns).where(LIVE, o.kind == kind).order_by(o.due, o.key)
        return [Owed(*row) for row in self.tx.sql.execute(rows)]

    def _mine(self, claim: Claim, *also: ColumnElement[bool], **values: Any) -> bool:
        mine = update(obligation).where(o.key == claim.key, o.fence == claim.fence, LIVE, *also)
        return self.tx.sql.execute(mine.values(**values)).rowcount == 1
