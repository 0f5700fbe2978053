"""Meetings: arranged, live and past."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json, stamp
from connectors.sandbox.zoom.artefacts import recording, summary, transcript
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import (
    MEETINGS,
    PAST,
    RECORDINGS,
    SUMMARIES,
    TRANSCRIPTS,
    meeting_id,
    meeting_uuid,
)
from connectors.sandbox.zoom.new_meeting import OF_THE_HOST, meeting_record
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.people import all_left
from connectors.sandbox.zoom.settings import SettingsOf
from connectors.sandbox.zoom.users import known_id
from connectors.sandbox.zoom.webhooks import Webhooks
from connectors.sandbox.zoom.wire import Call, Refused, day_of

A_DAY = 100  # meetings made or changed, for each host and UTC day
INSTANT = 1
LISTS = ("scheduled", "upcoming", "upcoming_meetings", "live")
FOR = "arranged_for"  # kept while it runs: when it was to begin
OF_A_LEG = (
    *(FOR, "people", "recording", "has_recording"),
    *("assets", "retains", "companion", "companion_disabled"),
)


@dataclass
class Meetings:
    records: Records
    pages: Pages
    settings: SettingsOf
    webhooks: Webhooks
    base_url: str
    _made: int = 0
    _written: Counter[tuple[str, date]] = field(default_factory=Counter)

    def listed(self, call: Call, name: str) -> Answer:
        user, kind = known_id(self.records, call, name), call.text("type", "scheduled")
        if kind == "previous_meetings":
            rows = [one for one in self.records.children(PAST, user) if _asked(call, one)]
        elif kind in LISTS:
            found = self.records.children(MEETINGS, user)
            rows = [_shown(one) for one in found if _is_listed(one, kind, call.now)]
        else:
            raise Refused(400, 300, "Invalid field: type.")
        names = "uuid id host_id topic type start_time duration timezone created_at join_url"
        shown = [{name: row[name] for name in names.split() if name in row} for row in rows]
        cut = self.pages.cut(call, shown, 30, 300)
        count = {"page_count": -(-len(rows) // cut.size), "total_records": len(rows)}
        return Answer(200, {**count, **cut.numbers(), "meetings": cut.rows})

    def create(self, call: Call, name: str) -> Answer:
        user, today = known_id(self.records, call, name), call.now.date()
        if self._written[user, today] >= A_DAY:
            text = f"You have exceeded the daily rate limit ({A_DAY}) of Meeting Create/Update"
            raise Refused(429, 429, f"{text} API requests permitted for this user.")
        self._written[user, today] += 1
        return Answer(201, self._new(user, call.body(), call.now))

    def one(self, call: Call, meeting: str) -> Answer:
        return Answer(200, _shown(self.arranged(meeting)[1]))

    def delete(self, call: Call, meeting: str) -> Answer:
        key, found = self.arranged(meeting)
        if found.get("status") == "started":
            raise Refused(400, 3002, "Sorry, you cannot delete this meeting since it's live.")
        self.records.edit(Edit(MEETINGS, key, drop=True))
        return Answer(204)

    def set_status(self, call: Call, meeting: str) -> Answer:
        if call.body().get("action") != "end":
            raise Refused(400, 300, "Invalid field: action.")
        key, found = self.arranged(meeting)
        if found.get("status") == "started":
            self.finish(key, found, call.now)
        return Answer(204)

    def start(self, user: str, topic: str, now: datetime, kind: int = INSTANT) -> Json:
        """A call begins on this user's iPad, in a new meeting."""
        record = self._new(user, {"topic": topic, "type": kind}, now)
        return self.begin(f"{user}/{record['id']}", record, now)

    def begin(self, key: str, found: Json, now: datetime) -> Json:
        """A leg begins. Its start is not the one that the meeting was arranged for."""
        began = {"start_time": stamp(now), FOR: found["start_time"]}
        self.records.edit(Edit(MEETINGS, key, set={"status": "started", **began}))
        self.tell("meeting.started", found, start_time=stamp(now))
        return self.records.one(MEETINGS, key) or {}

    def record(self, key: str, found: Json, *, on: bool) -> None:
        """A recording begins or ends; what began is kept once the call is over."""
        kept = {"recording": on, "has_recording": on or found.get("has_recording", False)}
        self.records.edit(Edit(MEETINGS, key, set=kept))
        self.tell("recording.started" if on else "recording.stopped", found)

    def finish(self, key: str, found: Json, now: datetime) -> None:
        user = key.partition("/")[0]
        start = datetime.fromisoformat(found["start_time"])
        minutes = max(1, int((now - start) / timedelta(minutes=1)))
        names = ("uuid", "id", "host_id", "topic", "type", "start_time", "created_at")
        past = {name: found[name] for name in names}
        past |= {"end_time": stamp(now), "duration": minutes, "participants_count": 2}
        past |= {"timezone": "UTC", "has_recording": found.get("has_recording", False)}
        if "people" in found:
            past["people"] = all_left(found["people"], now)
            past["participants_count"] = 1 + len({one["name"] for one in found["people"]})
        self._over(key, found)
        self.records.edit(Edit(PAST, f"{user}/{found['uuid']}", whole=past))
        if past["has_recording"]:
            kept = recording(past)
            self.records.edit(Edit(RECORDINGS, f"{user}/{found['uuid']}", whole=kept))
        if found.get("assets"):
            self._keep(user, found, past)
        self.tell("meeting.ended", found, end_time=stamp(now))

    def _over(self, key: str, found: Json) -> None:
        """An instant meeting is gone; one that was arranged waits to be held again, with
        another uuid."""
        if found.get("type") == INSTANT:
            self.records.edit(Edit(MEETINGS, key, drop=True))
            return
        self._made += 1
        uuid = meeting_uuid(self.records.estate.seed, key, "leg", self._made)
        again = {
            "status": "waiting",
            "uuid": uuid,
            "start_time": found.get(FOR, found["start_time"]),
        }
        self.records.edit(Edit(MEETINGS, key, set=again, remove=OF_A_LEG))

    def _keep(self, user: str, found: Json, past: Json) -> None:
        """What AI Companion wrote: a summary, and the transcript where it was retained."""
        host = Directory(self.records).user(user) or {}
        key = f"{user}/{past['uuid']}"
        row = summary(past, str(host.get("email", "")))
        self.records.edit(Edit(SUMMARIES, key, whole=row))
        if found.get("retains"):
            self.records.edit(Edit(TRANSCRIPTS, key, whole=transcript(past)))

    def running(self) -> Iterator[tuple[str, Json]]:
        for key in self.records.touched(MEETINGS):
            record = self.records.one(MEETINGS, key)
            if record is not None and record.get("status") == "started":
                yield key, record

    def _new(self, user: str, asked: Json, now: datetime) -> Json:
        self._made += 1
        key = (self.records.estate.seed, user, "new meeting", self._made)
        ids = {"uuid": meeting_uuid(*key), "id": meeting_id(*key), "host_id": user}
        usual = self.settings.users(user)
        record: Json = ids | meeting_record(asked, usual, stamp(now), self.base_url, ids["id"])
        record["settings"] |= {
            name: self.settings.in_force(user, path)
            for name, path in OF_THE_HOST.items()
            if self.settings.is_locked(user, path)
        }
        self.records.edit(Edit(MEETINGS, f"{user}/{ids['id']}", whole=record))
        return record

    def arranged(self, meeting: str) -> tuple[str, Json]:
        for key in self.records.touched(MEETINGS):
            record = self.records.one(MEETINGS, key)
            if record is not None and meeting in (str(record.get("id")), record.get("uuid")):
                return key, record
        raise Refused(404, 3001, f"Meeting does not exist: {meeting}.")

    def tell(self, event: str, found: Json, **more: object) -> None:
        names = ("uuid", "id", "host_id", "topic", "type", "start_time")
        told = {name: found.get(name) for name in names} | more
        self.webhooks.emit(event, {"object": {**told, "id": str(found["id"])}})


def _is_listed(one: Json, kind: str, now: datetime) -> bool:
    """Zoom's list of what a user has arranged leaves out the instant meetings. What runs is
    in all of them; what is over by the clock and can be held again is `scheduled` alone."""
    if one.get("type") == INSTANT:
        return False
    if kind in ("scheduled", "live") or one.get("status") == "started":
        return kind != "live" or one.get("status") == "started"
    end = datetime.fromisoformat(one["start_time"]) + timedelta(minutes=one["duration"])
    return end > now


def _shown(one: Json) -> Json:
    """As it was arranged, also while it runs."""
    kept = {name: value for name, value in one.items() if name != FOR}
    return kept | ({"start_time": one[FOR]} if FOR in one else {})


def _asked(call: Call, one: Json) -> bool:
    """Between `from` and `to` where these are told, both days included."""
    day = day_of(one.get("start_time"))
    if day is None:
        return True
    return call.day("from", day) <= day <= call.day("to", day)
