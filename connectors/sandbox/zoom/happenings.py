"""The control API's words for what people do in Zoom: they accept, call, and remove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.raw import RawRecords
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.core import Zoom
from connectors.sandbox.zoom.healthy import INVITATIONS, MEETINGS, USERS
from connectors.sandbox.zoom.live import COMPANION
from connectors.sandbox.zoom.meetings import INSTANT

Verb = Callable[[Json, str], Any]


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
        """`action`: start, record, stop-recording, start-companion or end the call on this
        device's iPad. It starts an instant meeting unless `type` says otherwise."""
        user, action = self._user(body), body["action"]
        if action == "start":
            kind = int(body.get("type", INSTANT))
            topic, now = body.get("topic", "Call"), self.zoom.clock()
            return self.zoom.meetings.start(user, topic, now, kind)
        running = [
            (key, one)
            for key, one in self.zoom.meetings.running()
            if key.startswith(f"{user}/")
        ]
        if not running:
            raise BadInput(f"{body['device']} is in no call")
        key, found = running[-1]
        if action == "end":
            self.zoom.meetings.finish(key, found, self.zoom.clock())
            return found
        if action == "start-companion":
            self.zoom.live.companion(key, found, "start", tuple(COMPANION), {})
        elif action in ("record", "stop-recording"):
            self.zoom.meetings.record(key, found, on=action == "record")
        else:
            raise BadInput("actions are start, record, stop-recording, start-companion, end")
        return self.zoom.records.one(MEETINGS, key)
