"""The chain of changes, written in the transaction of the change itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from agent.domain.audit import START, Entry, canonical, digest, first_broken
from agent.domain.people import AGENT, Actor
from agent.store.engine import Counter, Transaction, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=False),
    Column("row", Text, nullable=False),  # canonical JSON: what the hash is of
    Column("hash", Text, nullable=False),
    sqlite_strict=True,
)
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("seq", Counter, nullable=False),
    Column("hash", Text, nullable=False),
    sqlite_strict=True,
)


NEW_ROWS = audit.insert()
NEW_HEAD = update(audit_head).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))


@cache
def _head(dialect: str) -> Any:
    """Read and locked, from here to the transaction's end. Built once."""
    new = {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(audit_head)
    lock = new.values(id=1, seq=0, hash=START)
    lock = lock.on_conflict_do_update(index_elements=["id"], set_={"id": 1})
    return lock.returning(audit_head.c.seq, audit_head.c.hash)


@dataclass(frozen=True, slots=True)
class Audit:
    tx: Transaction

    def add(
        self,
        what: str,
        subject_type: str,
        subject: str,
        *,
        by: Actor = AGENT,
        because: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """One row at the chain's end. `because` is the id of what it belongs to: a sweep.

        It is written when the transaction ends, so that nobody waits longer for the head.
        """
        how = {"how": by.how} | ({"osUser": by.os_user} if by.os_user else {})
        if not self.tx.entries:
            self.tx.at_end.append(self._append)
        self.tx.entries.append(
            Entry(
                what=what,
                when=self.tx.now,
                subject_type=subject_type,
                subject_id=subject,
                who=by.id,
                operation_id="",  # it ends with the row's number
                correlation_id=because or f"{subject_type}/{subject}",
                details={**how, **(details or {})},
            )
        )

    def head(self) -> tuple[int, str]:
        """The last row's number and hash; (0, zeros) of an empty chain."""
        self._append()
        row = self.tx.sql.execute(select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
        return (0, START) if row is None else (row.seq, row.hash)

    def _append(self) -> None:
        """Everything that was added, in order, after the head that is locked from here on."""
        if not self.tx.entries:
            return
        seq, previous = self.tx.sql.execute(_head(self.tx.sql.dialect.name)).one()
        rows = []
        for entry in self.tx.entries:
            seq += 1
            operation = f"{entry.subject_type}/{entry.subject_id}/{seq}"
            text = canonical(seq, replace(entry, operation_id=operation), previous)
            previous = digest(text)
            rows.append({"seq": seq, "row": text, "hash": previous})
        self.tx.sql.execute(NEW_ROWS, rows)
        self.tx.sql.execute(NEW_HEAD, {"to_seq": seq, "to_hash": previous})
        self.tx.entries.clear()

    def rows(self, first: int = 1) -> Iterator[tuple[int, str, str]]:
        """Every row from this one on, in order: number, text, hash."""
        self._append()
        rows = every_row(self.tx.sql.dialect.name).where(audit.c.seq >= first)
        for entry in self.tx.sql.execute(rows):
            yield entry[0], _text(entry[1]), _text(entry[2])

    def has(self, seq: int, found: str) -> bool:
        """Whether the row of this number has this hash; every chain began with (0, zeros)."""
        if (seq, found) == (0, START):
            return True
        self._append()
        this = select(audit.c.seq).where(audit.c.seq == seq, audit.c.hash == found)
        return self.tx.sql.scalar(this) is not None

    def broken(self) -> str | None:
        """Why the chain does not hold, or None."""
        return first_broken(self.rows(), self.head())


def every_row(dialect: str) -> Select[Any]:
    """Number, text, hash. SQLite is asked for bytes: a hand on its file may leave no text."""
    row, found = audit.c.row, audit.c.hash
    if dialect == "sqlite":
        both = cast(row, LargeBinary), cast(found, LargeBinary)
        return select(audit.c.seq, *both).order_by(audit.c.seq)
    return select(audit.c.seq, row, found).order_by(audit.c.seq)


def _text(content: str | bytes) -> str:
    """Bytes that are no text show the row as changed."""
    return content if isinstance(content, str) else content.decode("utf-8", "replace")
