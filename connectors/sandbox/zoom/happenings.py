"""The control API's words for what people do in Zoom: they accept, call, and remove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.raw import RawRecords
from connectors.sandbox.records import Edit
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.core import Zoom
from connectors.sandbox.zoom.healthy import INVITATIONS, MEETINGS, USERS
from connectors.sandbox.zoom.live import COMPANION
from connectors.sandbox.zoom.meetings import INSTANT
from connectors.sandbox.zoom.people import People
from connectors.sandbox.zoom.wire import Refused

Verb = Callable[[Json, str], Any]
ACTIONS = ("record", "stop-recording", "start-companion", "knock", "join", "admit", "leave")


@dataclass
class Happenings:
    """A device is named by asset tag, serial number or e-mail; `after` is in seconds."""

    zoom: Zoom
    raw: RawRecords

    def verbs(self) -> Mapping[tuple[str, str], Verb]:
        return {
            ("POST", "accept"): self._accept,
            ("POST", "contact"): self._contact,
            ("POST", "call"): self._call,
        }

    def _user(self, body: Json) -> str:
        return self.raw.zoom_name(USERS, body["device"])

    def _at(self, body: Json) -> datetime:
        return self.zoom.clock() + timedelta(seconds=float(body.get("after", 0)))

    def _accept(self, body: Json, rest: str) -> Any:
        """The family accepts the invitation that this device sent, now or later, perhaps
        with another account. Answers with the contact, or with what is still to come."""
        user, email, at = self._user(body), body["email"], self._at(body)
        by = str(body.get("as", ""))
        if not self.zoom.contacts.accept(user, email, at, by):
            raise BadInput(f"{body['device']} sent no invitation to this address")
        return self._came(user, by or email, email)

    def _contact(self, body: Json, rest: str) -> Any:
        """`action`: remove, as staff do it on the iPad, or return, as who was removed can."""
        user, email, action = self._user(body), body["email"], body["action"]
        if action == "return":
            self.zoom.contacts.come_back(user, email, self._at(body))
            return self._came(user, email, email)
        if action != "remove":
            raise BadInput("actions are remove and return")
        row = self.zoom.contacts.remove(user, email, self.zoom.clock())
        if row is None:
            raise BadInput(f"{body['device']} has no such contact")
        return row

    def _came(self, user: str, email: str, asked: str) -> Any:
        rows = self.zoom.contacts.external(user, self.zoom.clock())
        pending = self.zoom.records.one(INVITATIONS, f"{user}/{asked.lower()}")
        return next((row for row in rows if row["email"] == email), pending)

    def _call(self, body: Json, rest: str) -> Any:
        """`action`: start, end, or what happens in the call on this device's iPad."""
        user, action, now = self._user(body), body["action"], self.zoom.clock()
        if action == "start":
            return self._start(user, body, now)
        calls = [one for one in self.zoom.meetings.running() if one[0].startswith(f"{user}/")]
        if not calls:
            raise BadInput(f"{body['device']} is in no call")
        key, found = calls[-1]
        if action == "end":
            self.zoom.meetings.finish(key, found, now)
            return found
        self._in_call(key, found, body)
        return self.zoom.records.one(MEETINGS, key)

    def _start(self, user: str, body: Json, now: datetime) -> Any:
        """An instant meeting unless `type` says otherwise; with `meeting`, a leg of that one.
        `alone`: nobody else is there until somebody joins."""
        meetings = self.zoom.meetings
        alone: Json = {"people": []} if body.get("alone") else {}
        if "meeting" in body:
            key, found = self._arranged(str(body["meeting"]))
            begun = meetings.begin(key, found, now)
        else:
            kind = int(body.get("type", INSTANT))
            begun = meetings.start(user, body.get("topic", "Call"), now, kind)
        key = f"{begun['host_id']}/{begun['id']}"
        self.zoom.records.edit(Edit(MEETINGS, key, set=alone))
        return self.zoom.records.one(MEETINGS, key)

    def _arranged(self, number: str) -> tuple[str, Json]:
        try:
            key, found = self.zoom.meetings.arranged(number)
        except Refused as err:
            raise BadInput("no such meeting is arranged") from err
        if found["status"] == "started":
            raise BadInput("this meeting runs already")
        return key, found

    def _in_call(self, key: str, found: Json, body: Json) -> None:
        people = People(self.zoom.records, self.zoom.meetings.tell)
        match body["action"]:
            case "record" | "stop-recording" as action:
                self.zoom.meetings.record(key, found, on=action == "record")
            case "start-companion":
                self.zoom.live.companion(key, found, "start", tuple(COMPANION), {})
            case "knock" | "join" | "admit" | "leave" as action:
                now, email = self.zoom.clock(), str(body.get("email", ""))
                if not people.moves(key, action, str(body["name"]), email, now):
                    raise BadInput("nobody of this name is there")
            case _:
                raise BadInput(f"actions are start, {', '.join(ACTIONS)}, end")
