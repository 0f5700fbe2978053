"""One-off meetings: arranged and deleted with the acting app, read back with the reading one.

Every setting is sent: what a request leaves out is the host's own (developers.zoom.us,
changelog of Meetings, March 2026).
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import msgspec

from agent.domain.facts import Fact, Known, Seen
from agent.domain.zoom import Scopes
from agent.domain.zoom_windows import (
    ONE_OFF,
    ArrangedMeeting,
    OneOffMeeting,
    Requested,
    WantedMeeting,
)
from agent.errors import ConnectorError, TryAgain, UnknownReply
from connectors.http import Answer
from connectors.zoom.acting import ACTOR, requested, said
from connectors.zoom.client import SOURCE, App, AppTokens, Ask, Client, Line, not_read
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.meeting_rows import Row, arranged, one_off
from connectors.zoom.paging import listed, unturned
from connectors.zoom.segments import segment

READING: Mapping[str, str] = {  # what the reading app needs for this; granular: classic
    "meeting:read:meeting:admin": "meeting:read:admin",
    "meeting:read:list_meetings:admin": "meeting:read:admin",
}
ONE, OF_USER = "meetings/(id)", "users/(id)/meetings"
NO_MEETING, NO_USER = (404, "3001"), (404, "1001")
RUNS = (400, "3002")
SCHEDULED = 2
SENT: Mapping[str, object] = {
    **ONE_OFF,
    "jbh_time": 0,
    "host_video": True,
    "participant_video": True,
    "disable_participant_video": False,
    "audio": "both",
    "mute_upon_entry": False,
    "request_permission_to_unmute_participants": False,
    "encryption_type": "enhanced_encryption",
    "focus_mode": False,
    "participant_focused_meeting": False,
    "watermark": False,
    "show_share_button": False,
    "host_save_video_order": False,
    "internal_meeting": False,
    "private_meeting": False,
    "push_change_to_calendar": False,
    "email_notification": False,
    "email_in_attendee_report": False,
    "registrants_confirmation_email": False,
    "registrants_email_notification": False,
    "alternative_hosts_email_notification": False,
    "alternative_host_update_polls": False,
    "alternative_host_manage_meeting_summary": False,
    "alternative_host_manage_cloud_recording": False,
    "auto_add_recording_to_video_management.enable": False,
    "language_interpretation.enable": False,
    "sign_language_interpretation.enable": False,
    "device_testing": False,
}
QUIET = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}


class ZoomMeetings:
    """The port `MeetingReading`."""

    def __init__(self, line: Line, reader: App) -> None:
        self._client = Client(line, AppTokens(line, reader))

    def meeting(self, number: str) -> Fact[OneOffMeeting | None]:
        at = self._client.line.now()
        try:
            ask = Ask(f"meetings/{segment(number)}", Label.LIGHT, ONE)
            found = one_off(self._client.get(ask).parsed(Row), at, ONE)
            if found.id != number:
                raise UnknownReply(f"GET {ONE}: the answer is about another meeting")
        except ConnectorError as err:
            gone = isinstance(err, Declined) and (err.status, err.code) == NO_MEETING
            return Known(None, SOURCE, at) if gone else not_read(err)
        return Known(found, SOURCE, at)

    def arranged(self, user: str) -> Fact[Seen[ArrangedMeeting]]:
        at = self._client.line.now()
        try:
            path = f"users/{segment(user)}/meetings"
        except UnknownReply as err:
            return not_read(err)
        ask = Ask(path, Label.MEDIUM, OF_USER, {"type": "scheduled", "page_size": "300"})
        told = listed(self._client, ask, "meetings", unturned)
        rows = tuple(arranged(raw, at) for raw in told.rows)
        gap = None if told.error is None else not_read(told.error)
        return gap if gap and not rows else Known(Seen(rows, gap), SOURCE, at)

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(READING)


class ZoomMeetingControl:
    """The port `MeetingControl`."""

    def __init__(self, line: Line, actor: App) -> None:
        self._client = Client(line, AppTokens(line, actor))

    def arrange(self, user: str, wanted: WantedMeeting) -> OneOffMeeting:
        path = f"users/{segment(user)}/meetings"
        body = msgspec.json.encode(_body(wanted))
        ask = Ask(path, Label.LIGHT, OF_USER, method="POST", body=body)
        try:
            answer = self._client.act(ask)
        except Declined as err:
            hint = "Check that the iPad's account is licensed, and its passcode's rules."
            raise said(err, gone=NO_USER, hint=hint) from err
        return self._made(answer)

    def _made(self, answer: Answer) -> OneOffMeeting:
        if answer.status != 201:
            raise UnknownReply(f"{answer.what}: {answer.status} is not the answer that we know")
        found = one_off(answer.parsed(Row), self._client.line.now(), answer.what)
        if not found.join_url:
            raise UnknownReply(f"{answer.what}: the meeting has no link")
        return found

    def delete(self, number: str) -> Requested:
        path = f"meetings/{segment(number)}"
        ask = Ask(path, Label.LIGHT, ONE, QUIET, method="DELETE")
        try:
            return requested(self._client.act(ask), self._client.line.now())
        except Declined as err:
            if (err.status, err.code) == RUNS:
                raise TryAgain(str(err), hint="It is deleted once it has ended.") from err
            hint = "Delete the meeting in Zoom's portal, under the iPad's account."
            raise said(err, gone=NO_MEETING, hint=hint) from err

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(ACTOR)


def _body(wanted: WantedMeeting) -> dict[str, Any]:
    return {
        "type": SCHEDULED,
        "topic": wanted.topic,
        "agenda": "",
        "start_time": f"{wanted.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "timezone": "Europe/London",
        "duration": wanted.minutes,
        "default_password": False,
        "password": wanted.passcode,
        "pre_schedule": False,
        "settings": _nested(SENT),
    }


def _nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """Settings by dotted path as Zoom wants them. None is deeper than two words."""
    body: dict[str, Any] = {}
    for path, value in flat.items():
        above, _, name = path.rpartition(".")
        (body.setdefault(above, {}) if above else body)[name] = value
    return body
