"""Who is in a meeting, and when: in the waiting room, in the meeting, gone.

Whoever is not of the account has no e-mail, neither in a list nor in an event (facts on Zoom,
section 6). Each stay is a row of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Json, stamp
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import MEETINGS

WAITING, IN = "in_waiting_room", "in_meeting"
EVENTS = {
    "knock": "participant_joined_waiting_room",
    "join": "participant_joined",
    "admit": "participant_admitted",
    "leave": "participant_left",
}


@dataclass
class People:
    records: Records
    tell: Callable[..., None]

    def moves(self, key: str, action: str, name: str, email: str, now: datetime) -> bool:
        """Somebody knocks, joins, is admitted or leaves; False: nobody of this name could."""
        found = self.records.one(MEETINGS, key) or {}
        rows: list[Json] = list(found.get("people", ()))
        here = [row for row in rows if row["name"] == name and not row["leave_time"]]
        if action in ("admit", "leave"):
            if not here or (action == "admit" and here[-1]["status"] != WAITING):
                return False
            email = here[-1]["user_email"]
            rows[rows.index(here[-1])] = _gone(here[-1], now)
        if action != "leave":
            rows.append(self._row(name, email, WAITING if action == "knock" else IN, now))
        self.records.edit(Edit(MEETINGS, key, set={"people": rows}))
        who = {"user_name": name, "email": self._own(email), "date_time": stamp(now)}
        self.tell(f"meeting.{EVENTS[action]}", found, participant=who)
        return True

    def _row(self, name: str, email: str, status: str, now: datetime) -> Json:
        own = self._own(email)
        person = Directory(self.records).find(own) if own else None
        known = {"id": (person or {}).get("id", ""), "name": name, "user_email": own}
        times = {"join_time": stamp(now), "leave_time": ""}
        return {**known, "internal_user": person is not None, **times, "status": status}

    def _own(self, email: str) -> str:
        return email if email and Directory(self.records).find(email) else ""


def all_left(rows: Sequence[Json], now: datetime) -> list[Json]:
    """Everybody leaves at the end."""
    return [row if row["leave_time"] else _gone(row, now) for row in rows]


def spent(row: Json) -> int:
    """Seconds of a stay; none while it lasts."""
    if not row["leave_time"]:
        return 0
    first, last = (datetime.fromisoformat(row[name]) for name in ("join_time", "leave_time"))
    return int((last - first).total_seconds())


def _gone(row: Json, now: datetime) -> Json:
    return {**row, "leave_time": stamp(now)}
