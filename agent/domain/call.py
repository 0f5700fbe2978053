"""A call: one approved contact event, its log of statements, and what follows from them.

What people stated is an entry that never changes; all else is read from the entries. A call
has at most one contact window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any


class State(Enum):
    REQUESTED = "requested"
    APPROVED = "approved"
    IN_CALL = "in call"
    INTERRUPTED = "interrupted"
    ENDED = "ended"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OVER = (State.CLOSED, State.REFUSED, State.CANCELLED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement. `at` is when it was done, `entered_at` when it was written; UTC."""

    number: int
    step: str
    at: datetime
    entered_at: datetime
    by: str  # a staff id: who entered it
    said: Mapping[str, Any]  # no personal data: that is sealed beside it
    mark: str = ""  # equal of equal statements; keyed

    def listed(self, name: str) -> tuple[str, ...]:
        """Sentences kept with it: debts, gaps, overridden."""
        return tuple(self.said.get(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Times are UTC; staff are ids; the resident is a keyed pseudonym."""

    id: str  # C-2026-00001
    establishment: str
    device: str  # an asset tag
    state: State
    version: int  # grows with each entry
    reason: str
    at: datetime
    until: datetime
    room: str
    language: str
    asked_by: str
    resident: str
    key: str  # the name of its key outside the database
    made_at: datetime
    erased_at: datetime | None = None
    entries: tuple[Entry, ...] = field(default=(), repr=False)

    def known_at(self, at: datetime) -> "Call":
        """With what had been done by then, whenever it was entered."""
        return replace(self, entries=tuple(one for one in self.entries if one.at <= at))

    def of(self, *steps: str) -> list[Entry]:
        """The entries of these steps, in the order in which they were done."""
        found = [one for one in self.entries if one.step in steps]
        return sorted(found, key=lambda one: (one.at, one.number))

    def last(self, *steps: str) -> Entry | None:
        found = self.of(*steps)
        return found[-1] if found else None

    def said(self, step: str) -> Mapping[str, Any]:
        """What was said last; empty where nothing was."""
        found = self.last(step)
        return {} if found is None else found.said

    def overlaps(self, other: "Call") -> bool:
        return self.at < other.until and other.at < self.until


def call_id(year: int, number: int) -> str:
    """Counted through the year: C-2026-00001. Innocuous in a file's name."""
    return f"C-{year}-{number:05}"


def comments(call: Call) -> dict[str, Mapping[str, Any]]:
    """The last comment of each department (P2)."""
    return {one.said["department"]: one.said for one in call.of("comment")}


def of_contact(call: Call, step: str) -> Mapping[str, Any]:
    """What was said last of the contact that was informed last; empty: nothing yet."""
    informed, told = call.last("inform"), call.last(step)
    if informed is None or told is None:
        return {}
    newer = (told.at, told.number) > (informed.at, informed.number)
    return told.said if newer else {}


def legs(call: Call) -> list[tuple[datetime, datetime | None]]:
    """When it ran; the last one without an end runs still. A dropped call has several."""
    found: list[tuple[datetime, datetime | None]] = []
    for one in call.of("start", "drop", "end"):
        if one.step == "start":
            found.append((one.at, None))
        elif found and found[-1][1] is None:
            found[-1] = (found[-1][0], one.at)
    return found


def duration(call: Call) -> timedelta:
    """Of all legs that ended (D7)."""
    return sum((end - begin for begin, end in legs(call) if end), timedelta(0))


def on_duty(call: Call) -> tuple[str, ...]:
    """Who is in the room: the supervising member of staff and the Chaplaincy's (K11)."""
    told = call.last("start", "staff-change")
    return () if told is None else (told.said["supervisor"], told.said["chaplaincy"])


def security_issue(call: Call) -> bool:
    """Whether an IR is due (D8): a concern in the call, or an issue told at its end."""
    return bool(call.of("concern")) or bool(call.said("end").get("security_issue"))


def debts(call: Call) -> tuple[str, ...]:
    """All that was owed or missing when a step was taken all the same; in order, each once."""
    found = [
        f"{one.step}: {says}"
        for one in call.entries
        for name in ("debts", "gaps", "overridden")
        for says in one.listed(name)
    ]
    return tuple(dict.fromkeys(found))
