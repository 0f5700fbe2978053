"""The legs of calls. Who took part is personal, so it is sealed under the call's key."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    select,
    update,
)

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_legs import Leg
from agent.store.engine import Moment, Transaction, metadata

WATCH, FACTS = "call.watch", "call.facts"  # what is owed while a call may run, and after it
call_leg = Table(
    "call_leg",
    metadata,
    Column("call", Text, ForeignKey("call.id"), primary_key=True),
    Column("leg", Integer, primary_key=True, autoincrement=False),
    Column("uuid", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("host", Text, nullable=False),  # Zoom's id of the user
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("began", Moment),
    Column("finished", Moment),
    Column("people", Integer),
    Column("outside", Integer),
    Column("told_at", Moment),
    Column("sealed", LargeBinary),  # JSON under the call's key
    Index("call_leg_uuid", "uuid"),
    sqlite_strict=True,
)
g = call_leg.c
call_watch = Table(
    "call_watch",
    metadata,
    Column("call", Text, ForeignKey("call.id"), primary_key=True),
    Column("looks", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),  # looks that told nothing
    Column("why", Text),  # of the last of them
    sqlite_strict=True,
)
w = call_watch.c
COLUMNS = [g[field.name] for field in fields(Leg)]


@dataclass(frozen=True, slots=True)
class Looks:
    """How often it was looked whether this call runs, and how often nobody could tell."""

    looks: int = 0
    unknown: int = 0
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Legs:
    tx: Transaction

    def of(self, call_id: str) -> list[Leg]:
        """In the order in which we came to know them."""
        return self._select(g.call == call_id)

    def holding(self, uuid: str) -> list[Leg]:
        """Of whichever call."""
        return self._select(g.uuid == uuid) if uuid else []

    def saw(self, call_id: str, meeting: LiveMeeting, host: str, at: datetime) -> Leg:
        """It was live at this time: a new leg, or one that is known."""
        known = self.of(call_id)
        for leg in known:
            if leg.is_of(meeting):
                return self.keep(leg.seen(meeting, host, at))
        new = Leg(
            call=call_id,
            leg=len(known) + 1,
            uuid=meeting.uuid,
            number=meeting.id,
            host=host,
            first_seen=at,
            last_seen=at,
        )
        self.tx.sql.execute(call_leg.insert().values(_row(new)))
        return new

    def ended(self, leg: Leg, at: datetime) -> Leg:
        """It ended by this time, unless it was seen live since."""
        return self.keep(leg.over(at))

    def keep(self, leg: Leg, sealed: bytes | None = None) -> Leg:
        """The leg as it is known now. What is sealed stays where nothing new is given."""
        values = _row(leg) | ({} if sealed is None else {"sealed": sealed})
        mine = (g.call == leg.call) & (g.leg == leg.leg)
        self.tx.sql.execute(update(call_leg).where(mine).values(values))
        return leg

    def forget(self, call_id: str) -> None:
        """Who took part, once the call is erased."""
        self.tx.sql.execute(update(call_leg).where(g.call == call_id).values(sealed=None))

    def looked(self, call_id: str, unknown: str | None = None) -> None:
        """Once more; `unknown` says why it told nothing."""
        new = self.tx.insert(call_watch).values(
            call=call_id, looks=1, unknown=int(unknown is not None), why=unknown
        )
        more: dict[str, Any] = {"looks": w.looks + 1}
        if unknown is not None:
            more |= {"unknown": w.unknown + 1, "why": unknown}
        self.tx.sql.execute(new.on_conflict_do_update(index_elements=["call"], set_=more))

    def looks(self, call_id: str) -> Looks:
        rows = select(w.looks, w.unknown, w.why).where(w.call == call_id)
        found = self.tx.sql.execute(rows).one_or_none()
        return Looks() if found is None else Looks(*found)

    def sealed(self, call_id: str) -> dict[int, bytes]:
        """Who took part, sealed, by the number of the leg."""
        rows = select(g.leg, g.sealed).where(g.call == call_id, g.sealed.is_not(None))
        return {row.leg: row.sealed for row in self.tx.sql.execute(rows)}

    def erase(self, call_id: str) -> None:
        """The call's key is gone: what it sealed goes too."""
        self.tx.sql.execute(update(call_leg).where(g.call == call_id).values(sealed=None))

    def _select(self, *where: object) -> list[Leg]:
        rows = select(*COLUMNS).where(*where).order_by(g.call, g.leg)  # type: ignore[arg-type]
        return [Leg(**row._mapping) for row in self.tx.sql.execute(rows)]


def about_leg(call_id: str, leg: int) -> str:
    """What is sealed of a leg is bound to this."""
    return f"call/{call_id}/leg/{leg}"


def _row(leg: Leg) -> dict[str, object]:
    return {field.name: getattr(leg, field.name) for field in fields(Leg)}
