"""What is kept of calls: recordings, live and in the trash, transcripts and summaries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json
from connectors.sandbox.zoom.healthy import (
    ACCOUNT,
    ONE_ACCOUNT,
    RECORDINGS,
    SUMMARIES,
    TRANSCRIPTS,
)
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.users import known_id
from connectors.sandbox.zoom.wire import Call, Refused, day_of, refusal

LIVE = "live"
TRASHES = ("meeting_recordings", "recording_file")
SUMMARY_ANSWERS = {
    "disabled": (400, 3000, "Meeting summary feature disabled."),
    "unpaid": (400, 200, "This API is only available for paid account."),
    "restricted": (403, 2305, "Access to meeting summaries is restricted."),
}


@dataclass
class Kept:
    """`code_in_200`: recordings are refused with status 200 and the code 200 in the body."""

    records: Records
    pages: Pages
    code_in_200: bool = False

    def of_user(self, call: Call, name: str) -> Answer:
        """From today to today where nothing is said; a longer span is cut to its last month."""
        user = known_id(self.records, call, name)
        if self.code_in_200:
            return refusal(200, 200, "No permission.")
        first, last = _span(call)
        place = LIVE
        if call.text("trash").lower() == "true":
            place = call.text("trash_type", TRASHES[0])
            if place not in TRASHES:
                raise Refused(400, 300, "Invalid field: trash_type.")
        rows = [
            _shown(one)
            for one in self.records.children(RECORDINGS, user)
            if one.get("place") == place and _within(one.get("start_time"), first, last)
        ]
        cut = self.pages.cut(call, rows, 30, 300)
        days = {"from": f"{first}", "to": f"{last}"}
        total = {"page_count": -(-len(rows) // cut.size), "total_records": len(rows)}
        return Answer(200, {**days, **total, **cut.numbers(), "meetings": cut.rows})

    def of_meeting(self, call: Call, meeting: str) -> Answer:
        _, found = self._recording(meeting, LIVE)
        return Answer(200, _shown(found))

    def delete(self, call: Call, meeting: str) -> Answer:
        """Into the trash, unless `action=delete`."""
        action = call.text("action", "trash")
        if action not in ("trash", "delete"):
            raise Refused(400, 300, "Invalid field: action.")
        places = (LIVE,) if action == "trash" else (LIVE, *TRASHES)
        key, _ = self._recording(meeting, *places)
        self.records.edit(
            Edit(RECORDINGS, key, drop=True)
            if action == "delete"
            else Edit(RECORDINGS, key, set={"place": TRASHES[0]})
        )
        return Answer(204)

    def recover(self, call: Call, meeting: str) -> Answer:
        if call.body().get("action") != "recover":
            raise Refused(400, 300, "Invalid field: action.")
        key, _ = self._recording(meeting, *TRASHES)
        self.records.edit(Edit(RECORDINGS, key, set={"place": LIVE}))
        return Answer(204)

    def transcript(self, call: Call, meeting: str) -> Answer:
        found = self._named(TRANSCRIPTS, meeting)
        if found is None:
            raise Refused(404, 3322, f"This transcript does not exist: {meeting}.")
        return Answer(200, found[1])

    def delete_transcript(self, call: Call, meeting: str) -> Answer:
        found = self._named(TRANSCRIPTS, meeting)
        if found is None:
            raise Refused(404, 3322, f"This transcript does not exist: {meeting}.")
        self.records.edit(Edit(TRANSCRIPTS, found[0], drop=True))
        return Answer(204)

    def summaries(self, call: Call) -> Answer:
        """Of the whole account, from today to today where nothing is said."""
        state = (self.records.one(ACCOUNT, ONE_ACCOUNT) or {}).get("summaries")
        if state in SUMMARY_ANSWERS:
            raise Refused(*SUMMARY_ANSWERS[str(state)])
        first, last = _span(call)
        by_start = call.text("time_filter_field", "summary_start_time")
        rows = [
            one
            for _, one in self._all(SUMMARIES)
            if _within(one.get(by_start, one.get("summary_start_time")), first, last)
        ]
        cut = self.pages.cut(call, rows, 30, 300)
        days = {"from": f"{first}T00:00:00Z", "to": f"{last}T23:59:59Z"}
        return Answer(200, {**days, **cut.numbers(), "summaries": cut.rows})

    def delete_summary(self, call: Call, meeting: str) -> Answer:
        found = self._named(SUMMARIES, meeting)
        if found is None:
            raise Refused(404, 3001, f"Meeting does not exist: {meeting}.")
        self.records.edit(Edit(SUMMARIES, found[0], drop=True))
        return Answer(204)

    def _recording(self, meeting: str, *places: str) -> tuple[str, Json]:
        found = self._named(RECORDINGS, meeting, *places)
        if found is None:
            raise Refused(404, 3301, "This recording does not exist.")
        return found

    def _named(self, collection: str, meeting: str, *places: str) -> tuple[str, Json] | None:
        """By uuid, or by the meeting's number: then the latest one."""
        found = [
            (key, one)
            for key, one in self._all(collection)
            if meeting in (one.get("uuid"), one.get("meeting_uuid"), str(_number(one)))
            and (not places or one.get("place") in places)
        ]
        return max(found, key=lambda pair: str(pair[1].get("start_time")), default=None)

    def _all(self, collection: str) -> Iterator[tuple[str, Json]]:
        """Nothing is kept in a healthy estate: all that there is came by an edit."""
        for key in self.records.touched(collection):
            record = self.records.one(collection, key)
            if record is not None:
                yield key, record


def _number(one: Json) -> object:
    return one.get("id", one.get("meeting_id"))


def _shown(recording: Json) -> Json:
    return {name: value for name, value in recording.items() if name != "place"}


def _within(moment: object, first: date, last: date) -> bool:
    day = day_of(moment)
    return day is not None and first <= day <= last


def _span(call: Call) -> tuple[date, date]:
    today = call.now.date()
    last = call.day("to", today)
    first = call.day("from", today)
    if first > last:
        raise Refused(400, 300, "The start date must not be after the end date.")
    return max(first, _month_before(last)), last


def _month_before(last: date) -> date:
    end = last.replace(day=1) - timedelta(days=1)
    return end.replace(day=min(last.day, end.day))
