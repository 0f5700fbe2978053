"""What can be asked of a meeting while it runs: who is in one, and its controls.

A control answers 202 once it is taken. Recording needs cloud recording in force for the host,
AI Companion one of its settings (facts on Zoom, section 3); neither can be stopped otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json
from connectors.sandbox.zoom.healthy import MEETINGS, PRESENCE
from connectors.sandbox.zoom.meetings import Meetings
from connectors.sandbox.zoom.settings import SettingsOf
from connectors.sandbox.zoom.users import known_user
from connectors.sandbox.zoom.wire import Call, Refused

RECORDING = "recording.cloud_recording"
METHODS = (
    *(f"recording.{word}" for word in ("start", "stop", "pause", "resume")),
    *(f"ai_companion.{word}" for word in ("start", "stop", "disable")),
    "participant.invite",
    "participant.invite.callout",
    "participant.invite.room_system_callout",
    "participant.remove",
    "waiting_room.update",
)
COMPANION: Mapping[str, str] = {  # by mode, the setting that it needs
    "questions": "in_meeting.ai_companion_questions",
    "summary": "in_meeting.meeting_summary_with_ai_companion",
}
MODES: Mapping[str, Sequence[str]] = {
    **{mode: (mode,) for mode in COMPANION},
    "all": tuple(COMPANION),
}


@dataclass
class Live:
    records: Records
    meetings: Meetings
    settings: SettingsOf

    def presence(self, call: Call, name: str) -> Answer:
        """In a meeting while one of the user's own runs; else as a test has set it."""
        user = str(known_user(self.records, call, name).get("id"))
        if any(key.startswith(f"{user}/") for key, _ in self.meetings.running()):
            return Answer(200, {"status": "In_A_Zoom_Meeting"})
        return Answer(200, self.records.one(PRESENCE, user) or {})

    def control(self, call: Call, meeting: str) -> Answer:
        body = call.body()
        method, params = body.get("method"), body.get("params", {})
        if method not in METHODS or not isinstance(params, dict):
            raise Refused(400, 300, "Invalid field: method.")
        key, found = self.meetings.arranged(meeting)
        if found.get("status") != "started":
            raise Refused(404, 3001, f"Meeting {meeting} is not found or has expired.")
        kind, _, word = method.partition(".")
        if kind == "recording":
            self._record(key, found, word)
        if kind == "ai_companion":
            self._companion(key, found, word, params)
        return Answer(202)

    def _record(self, key: str, found: Json, word: str) -> None:
        user = key.partition("/")[0]
        if self.settings.in_force(user, RECORDING) is not True:
            raise Refused(400, 300, "No permission.")
        self.meetings.record(key, found, on=word in ("start", "resume"))

    def _companion(self, key: str, found: Json, word: str, params: Json) -> None:
        mode = params.get("ai_companion_mode", "all")
        if mode not in MODES:
            raise Refused(400, 300, "Invalid field: ai_companion_mode.")
        user = key.partition("/")[0]
        allowed = [one for one in MODES[mode] if self._is_on(user, COMPANION[one])]
        disabled = bool(found.get("companion_disabled"))
        if not allowed or (disabled and word == "start"):
            raise Refused(403, 2314, "Not allowed to manage the AI Companion.")
        modes = allowed if word == "start" else MODES[mode]
        self.companion(key, found, word, modes, params if mode == "all" else {})

    def _is_on(self, user: str, path: str) -> bool:
        return self.settings.in_force(user, path) is True

    def companion(
        self, key: str, found: Json, word: str, modes: Sequence[str], params: Json
    ) -> None:
        """AI Companion starts or stops in these modes. What it wrote is kept until the meeting
        ends, and then for good, unless `params` say otherwise."""
        running = set(found.get("companion", ()))
        running = running | set(modes) if word == "start" else running - set(modes)
        kept: Json = {"companion": sorted(running)}
        if word == "start" and "summary" in modes:
            kept["assets"] = True
        if word == "stop" and params.get("delete_meeting_assets") is True:
            kept["assets"] = False
        if "retain_meeting_transcript" in params:
            kept["retains"] = params["retain_meeting_transcript"] is True
        if word == "disable":
            kept |= {"companion": [], "companion_disabled": True}
        self.records.edit(Edit(MEETINGS, key, set=kept))
        ended = "started" if word == "start" else "stopped"
        self.meetings.tell(f"meeting.ai_companion_{ended}", found)
        if kept.get("assets") is False:
            self.meetings.tell("meeting.ai_companion_assets_deleted", found)
