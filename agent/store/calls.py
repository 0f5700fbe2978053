"""Calls and their logs. An entry is never changed; what is personal in it is sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    func,
    select,
    update,
)

from agent.domain.call import Call, Entry, State, call_id
from agent.errors import BadInput, NotAllowed
from agent.store.engine import Moment, Transaction, metadata
from agent.store.legs import Legs

STATES = ", ".join(f"'{state.value}'" for state in State)
call = Table(
    "call",
    metadata,
    Column("id", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("device", Text, ForeignKey("asset.tag"), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("room", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # a staff id
    Column("resident", Text, nullable=False),  # a keyed pseudonym
    Column("key", Text, nullable=False, unique=True),  # the name of its key, not the key
    Column("made_at", Moment, nullable=False),
    Column("erased_at", Moment),
    CheckConstraint(f"state in ({STATES})", name="call_state"),
    Index("call_number", "year", "number", unique=True),
    Index("call_when", "establishment", "at"),
    sqlite_strict=True,
)
c = call.c
entry = Table(
    "call_entry",
    metadata,
    Column("call", Text, ForeignKey("call.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # a staff id
    Column("said", Text, nullable=False),  # JSON; no personal data
    Column("mark", Text, nullable=False),
    Column("sealed", LargeBinary),  # JSON under the call's key
    sqlite_strict=True,
)
e = entry.c


@dataclass(frozen=True, slots=True)
class Calls:
    tx: Transaction

    def next_id(self) -> tuple[str, int, int]:
        """Id, year and number of the call that would be made now."""
        year = self.tx.now.year
        last = self.tx.sql.scalar(select(func.max(c.number)).where(c.year == year)) or 0
        return call_id(year, last + 1), year, last + 1

    def any(self) -> bool:
        """Whether there was ever one."""
        return self.tx.sql.scalar(select(c.id).limit(1)) is not None

    def places(self) -> frozenset[str]:
        """The establishments that ever asked for one."""
        return frozenset(self.tx.sql.scalars(select(c.establishment).distinct()))

    def add(self, new: Call, year: int, number: int) -> None:
        """A call, without its entries."""
        names = [column.name for column in call.columns if column.name not in _NUMBERED]
        row = {name: getattr(new, name) for name in names}
        row |= {"year": year, "number": number, "state": new.state.value}
        self.tx.sql.execute(call.insert().values(row))

    def get(self, wanted: str) -> Call:
        """Raises BadInput where there is none."""
        found = self.select(c.id == wanted.strip().upper())
        if not found:
            raise BadInput("there is no call with this id", "See: callsteward today --site MDI")
        return found[0]

    def select(self, *where: ColumnElement[bool]) -> list[Call]:
        """The calls with their entries, by time."""
        rows = list(self.tx.sql.execute(select(call).where(*where).order_by(c.at, c.id)))
        said: dict[str, list[Entry]] = {row.id: [] for row in rows}
        logs = select(entry).where(e.call.in_(said)).order_by(e.call, e.number)
        for row in self.tx.sql.execute(logs):
            said[row.call].append(_entry(row))
        return [_call(row, tuple(said[row.id])) for row in rows]

    def append(
        self, old: Call, new: Entry, sealed: bytes | None, changes: Mapping[str, Any]
    ) -> Call:
        """One more entry. Raises NotAllowed where somebody else was faster."""
        values = {**changes, "version": old.version + 1}
        if "state" in values:
            values["state"] = values["state"].value
        mine = update(call).where(c.id == old.id, c.version == old.version).values(**values)
        if self.tx.sql.execute(mine).rowcount != 1:
            raise NotAllowed(
                "somebody else changed this call just now", "Look at it again, then repeat."
            )
        self.tx.sql.execute(
            entry.insert().values(
                call=old.id, number=new.number, step=new.step, at=new.at,
                entered_at=new.entered_at, by=new.by, mark=new.mark, sealed=sealed,
                said=json.dumps(new.said, ensure_ascii=False, sort_keys=True),
            )
        )  # fmt: skip
        entries = (*old.entries, new)
        return replace(old, **changes, version=old.version + 1, entries=entries)

    def sealed(self, wanted: str) -> dict[int, bytes]:
        """What is sealed of this call, by the number of the entry."""
        rows = select(e.number, e.sealed).where(e.call == wanted, e.sealed.is_not(None))
        return {row.number: row.sealed for row in self.tx.sql.execute(rows)}

    def erase(self, wanted: str, at: datetime) -> None:
        """Its key is gone: what it sealed goes too."""
        self.tx.sql.execute(update(entry).where(e.call == wanted).values(sealed=None))
        Legs(self.tx).erase(wanted)
        self.tx.sql.execute(update(call).where(c.id == wanted).values(erased_at=at))


def about(call_id: str, number: int) -> str:
    """What a sealed entry is bound to."""
    return f"call/{call_id}/{number}"


_NUMBERED = ("year", "number", "state")


def _call(row: Row[Any], entries: tuple[Entry, ...]) -> Call:
    kept = {k: v for k, v in row._mapping.items() if k not in _NUMBERED}
    return Call(**kept, state=State(row.state), entries=entries)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        number=row.number,
        step=row.step,
        at=row.at,
        entered_at=row.entered_at,
        by=row.by,
        said=json.loads(row.said),
        mark=row.mark,
    )
