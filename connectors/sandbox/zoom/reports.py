"""Reports and the dashboard: who signed in, changed what, took part, was recorded."""

from dataclasses import dataclass
from datetime import date

from connectors.sandbox.records import Records
from connectors.sandbox.wire import Answer, Json
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import PAST, SIGN_INS
from connectors.sandbox.zoom.meetings import Meetings
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.people import spent
from connectors.sandbox.zoom.wire import Call, Refused, day_of

MONTH = 31
CATEGORIES = ("all", "user", "user_settings", "account", "im", "recording", "role", "group")


@dataclass
class Reports:
    records: Records
    pages: Pages
    meetings: Meetings
    log: list[Json]

    def activities(self, call: Call) -> Answer:
        """Sign-ins and sign-outs of the whole account."""
        first, last = _span(call)
        rows = [
            row
            for user in self._everyone()
            for row in self.records.children(SIGN_INS, user)
            if _within(row.get("time"), first, last)
        ]
        rows.sort(key=lambda row: str(row.get("time")), reverse=True)
        cut = self.pages.cut(call, rows, 30, 300)
        days = {"from": f"{first}", "to": f"{last}"}
        return Answer(200, {**days, **cut.numbers(), "activity_logs": cut.rows})

    def operations(self, call: Call) -> Answer:
        first, last = _span(call)
        category = call.text("category_type", "all")
        if category not in CATEGORIES:
            raise Refused(400, 300, "Invalid field: category_type.")
        rows = [row for row in self.log[::-1] if _within(row["time"], first, last)]
        if category != "all":
            word = category.partition("_")[0]
            rows = [row for row in rows if row["category_type"].lower() == word]
        cut = self.pages.cut(call, rows, 30, 300)
        return Answer(200, {**cut.numbers(), "operation_logs": cut.rows})

    def participants(self, call: Call, meeting: str) -> Answer:
        """Whoever is outside the account has no e-mail here; who was alone is left out."""
        rows = self._took_part(self._held(meeting))
        rows = rows if len(rows) > 1 else []
        cut = self.pages.cut(call, rows, 30, 300)
        body = {**cut.numbers(), "page_count": 1, "total_records": len(rows)}
        return Answer(200, {**body, "participants": cut.rows})

    def past(self, call: Call, meeting: str) -> Answer:
        one = self._held(meeting)
        host = Directory(self.records).user(one["host_id"]) or {}
        names = "uuid id host_id type topic start_time end_time duration participants_count"
        told = {name: one[name] for name in names.split() if name in one}
        told |= {"user_name": host.get("display_name", ""), "user_email": host.get("email", "")}
        total = int(one["duration"]) * int(one.get("participants_count", 2))
        return Answer(200, {**told, "total_minutes": total, "dept": "", "source": "Zoom"})

    def dashboard(self, call: Call) -> Answer:
        """Meetings that run now, unless `type=past`."""
        first, last = _span(call)
        kind = call.text("type", "live")
        found = self._past() if kind == "past" else [one for _, one in self.meetings.running()]
        rows = [self._row(one) for one in found if _within(one.get("start_time"), first, last)]
        cut = self.pages.cut(call, rows, 30, 300)
        days = {"from": f"{first}", "to": f"{last}", "total_records": len(rows)}
        return Answer(200, {**days, **cut.numbers(), "meetings": cut.rows})

    def dashboard_participants(self, call: Call, meeting: str) -> Answer:
        past = call.text("type", "live") == "past"
        one = self._held(meeting) if past else self._running(meeting)
        recorded = bool(one.get("has_recording"))
        rows = [
            {
                **row,
                "user_name": row["name"],
                "device": "iPad" if row["user_email"] else "Windows",
                "client": "Zoom Workplace",
                "recording": recorded and bool(row["user_email"]),
            }
            for row in self._took_part(one)
        ]
        cut = self.pages.cut(call, rows, 30, 300)
        return Answer(200, {**cut.numbers(), "participants": cut.rows})

    def _everyone(self) -> list[str]:
        estate = self.records.estate
        ours = (ipad.zoom_user for ipad in estate)
        others = (key.partition("/")[0] for key in self.records.touched(SIGN_INS))
        return list(dict.fromkeys((*ours, *others)))

    def _past(self) -> list[Json]:
        owners = [ipad.zoom_user for ipad in self.records.estate]
        return [one for owner in owners for one in self.records.children(PAST, owner)]

    def _held(self, meeting: str) -> Json:
        """By uuid, or by number: then the latest of that number."""
        found = [one for one in self._past() if meeting in (one["uuid"], str(one["id"]))]
        if not found:
            raise Refused(404, 3001, f"Meeting does not exist: {meeting}.")
        return max(found, key=lambda one: str(one["start_time"]))

    def _running(self, meeting: str) -> Json:
        for _, one in self.meetings.running():
            if meeting in (one["uuid"], str(one["id"])):
                return one
        raise Refused(404, 3001, f"Meeting does not exist: {meeting}.")

    def _took_part(self, one: Json) -> list[Json]:
        """The host, and whom a test has let in; a guest where it has not said."""
        host = Directory(self.records).user(one["host_id"]) or {}
        names = (("host_id", "id"), ("display_name", "name"), ("email", "user_email"))
        times = {"join_time": one["start_time"], "leave_time": one.get("end_time", "")}
        whole = {**times, "status": "in_meeting"}
        ours = {new: host.get(old, one.get(old, "")) for old, new in names}
        guest = {"id": "", "name": "Family", "user_email": "", "internal_user": False, **whole}
        found = [{**ours, "internal_user": True, **whole}, *one.get("people", [guest])]
        return [
            {
                **row,
                "user_id": str(16_778_240 + place),
                "failover": False,
                "duration": spent(row),
            }
            for place, row in enumerate(found)
        ]

    def _row(self, one: Json) -> Json:
        host = Directory(self.records).user(one["host_id"]) or {}
        names = ("uuid", "id", "topic", "start_time", "end_time", "duration")
        flags = {name: one.get(name, False) for name in ("has_recording", "has_archiving")}
        who = {"host": host.get("display_name", ""), "email": host.get("email", "")}
        told = {name: one.get(name, "") for name in names}
        return {**told, **who, "user_type": "Licensed", "participants": 2, **flags}


def _within(moment: object, first: date, last: date) -> bool:
    day = day_of(moment)
    return day is not None and first <= day <= last


def _span(call: Call) -> tuple[date, date]:
    today = call.now.date()
    first, last = call.day("from", today), call.day("to", today)
    if first > last or (last - first).days > MONTH:
        raise Refused(400, 300, "Only provide report in recent 6 months, one month at a time.")
    return first, last
