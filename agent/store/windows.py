"""Contact windows and their evidence. A window cannot be without the row that is its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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

from agent.domain.contact import LIVE, Evidence, Mode, State, Window, after
from agent.errors import Superseded
from agent.store.engine import Moment, Transaction, metadata

CLOSE, ALLOW_LIST, INVITE = "contact.close", "zoom.allow-list", "contact.invite"
ARRANGE, MEETING_GONE = "meeting.arrange", "zoom.meeting-gone"
WATCH, VERIFY = "contact.watch", "contact.verify"
KINDS = (ALLOW_LIST, INVITE, ARRANGE, WATCH, CLOSE, MEETING_GONE, VERIFY)
REMOVAL = "contact-removal"  # the task of two people
STATES = ", ".join(f"'{state.value}'" for state in State)
window = Table(
    "contact_window",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call", Text, ForeignKey("call.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("device", Text, ForeignKey("asset.tag"), nullable=False),
    Column("group", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("contact", Text, nullable=False),  # a keyed pseudonym
    Column("entry", Integer, nullable=False),
    Column("until", Moment, nullable=False),
    Column("closing", Text, ForeignKey("obligation.key"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("meeting", Text, nullable=False),
    Column("attested_at", Moment),
    Column("closed_at", Moment),
    Column("sealed", LargeBinary),  # link and passcode of a meeting, under the call's key
    CheckConstraint(f"state in ({STATES})", name="contact_window_state"),
    CheckConstraint("mode in ('contact', 'meeting')", name="contact_window_mode"),
    Index("contact_window_call", "call", "number", unique=True),
    Index("contact_window_group", "group", "state"),
    sqlite_strict=True,
)
w = window.c
evidence = Table(
    "contact_evidence",
    metadata,
    Column("window", Text, ForeignKey("contact_window.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("surface", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_strict=True,
)
e = evidence.c


@dataclass(frozen=True, slots=True)
class Windows:
    tx: Transaction

    def add(self, new: Window) -> None:
        kept = {name: getattr(new, name) for name in _PLAIN}
        kept |= {"mode": new.mode.value, "state": new.state.value}
        self.tx.sql.execute(window.insert().values(kept))

    def get(self, wanted: str) -> Window:
        return self.select(w.id == wanted)[0]

    def of(self, call: str) -> list[Window]:
        """The newest last."""
        return self.select(w.call == call)

    def live_of(self, call: str) -> Window | None:
        """The one window of this call through which somebody is to be reached."""
        found = [one for one in self.of(call) if one.is_wanted]
        return found[-1] if found else None

    def of_group(self, group: str) -> list[Window]:
        """Those whose addresses may be on the group's lists."""
        states = [state.value for state in (*LIVE, State.CLOSING)]
        return self.select(w.group == group, w.mode == "contact", w.state.in_(states))

    def of_device(self, tag: str) -> list[Window]:
        return self.select(w.device == tag)

    def select(self, *where: ColumnElement[bool]) -> list[Window]:
        ordered = select(window).where(*where).order_by(w.made_at, w.call, w.number)
        rows = list(self.tx.sql.execute(ordered))
        kept: dict[str, list[Evidence]] = {row.id: [] for row in rows}
        told = select(evidence).where(e.window.in_(kept)).order_by(e.window, e.number)
        for row in self.tx.sql.execute(told):
            kept[row.window].append(_evidence(row))
        return [_window(row, tuple(kept[row.id])) for row in rows]

    def take(self, old: Window, step: str, **changes: Any) -> Window | None:
        """One step. None where the window is past it. Raises Superseded where somebody else
        was faster, so that what was read is read again."""
        state = after(old, step)
        if state is None:
            return None
        return self.change(old, state=state, **changes)

    def change(self, old: Window, **changes: Any) -> Window:
        """What is learned of it. Raises Superseded as above."""
        new = replace(old, **changes, version=old.version + 1)
        kept = {name: getattr(new, name) for name in (*changes, "version")}
        kept |= {"state": new.state.value} if "state" in changes else {}
        mine = update(window).where(w.id == old.id, w.version == old.version)
        if self.tx.sql.execute(mine.values(kept)).rowcount != 1:
            raise Superseded("somebody else changed this contact window just now")
        return new

    def tell(
        self, of: Window, surface: str, what: str, result: str, *, request: str = "",
        by: str = "",
    ) -> None:  # fmt: skip
        """One more row of evidence. `result` is in our own words, without personal data."""
        last = self.tx.sql.scalar(select(func.max(e.number)).where(e.window == of.id)) or 0
        self.tx.sql.execute(
            evidence.insert().values(
                window=of.id, number=last + 1, at=self.tx.now, surface=surface, what=what,
                result=result, request=request, by=by,
            )
        )  # fmt: skip

    def keep_sealed(self, of: Window, sealed: bytes | None) -> None:
        """The link and the passcode of its meeting; None once the call is erased."""
        self.tx.sql.execute(update(window).where(w.id == of.id).values(sealed=sealed))

    def sealed(self, of: Window) -> bytes | None:
        found: bytes | None = self.tx.sql.scalar(select(w.sealed).where(w.id == of.id))
        return found

    def sent_since(self, tag: str, since: Any) -> int:
        """How many windows were opened on this iPad since then: a limit of ours (K3)."""
        these = (w.device == tag) & (w.made_at >= since)
        return self.tx.sql.scalar(select(func.count()).select_from(window).where(these)) or 0


_PLAIN = tuple(
    name for name in Window.__dataclass_fields__ if name not in ("evidence", "mode", "state")
)


def bound(window_id: str) -> str:
    """What is sealed of a window is bound to it."""
    return f"window/{window_id}"


def _window(row: Row[Any], told: tuple[Evidence, ...]) -> Window:
    kept: Mapping[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return Window(**kept, mode=Mode(row.mode), state=State(row.state), evidence=told)


def _evidence(row: Row[Any]) -> Evidence:
    kept = {name: getattr(row, name) for name in Evidence.__dataclass_fields__}
    return Evidence(**kept)
