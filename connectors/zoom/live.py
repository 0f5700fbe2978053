"""Meetings that run now: read with the reading app, acted upon with the acting one.

Nothing here ends a meeting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import NOT_TOLD, LiveMeeting, Scopes, Span, User
from agent.errors import ConnectorError, NotThere, Refused, UnknownReply
from connectors.http import parsed
from connectors.zoom.acting import ACTOR, prove_empty
from connectors.zoom.client import SOURCE, App, AppTokens, Ask, Client, Line, not_read
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.paging import Listed, listed, unturned
from connectors.zoom.periods import contradicted, days
from connectors.zoom.rows import address, plain
from connectors.zoom.segments import meeting_segment, segment

LIVE: Mapping[str, str] = {  # what the reading app needs for this; granular: classic
    "meeting:read:list_meetings:admin": "meeting:read:admin",
    "user:read:presence_status:admin": "user:read:admin",
    "dashboard:read:list_meetings:admin": "dashboard_meetings:read:admin",
    "dashboard:read:list_meeting_participants:admin": "dashboard_meetings:read:admin",
}
PAGE = "300"
A_DAY = timedelta(days=1)
LONGEST = timedelta(days=26)  # a meeting that runs may have begun long ago
PLAN = (400, "200")
NO_MEETING = (404, "3001")
SHUT = ((400, "300"), (403, "2314"))
INSTANT = Unknown("not-told", "Zoom's list of a user's meetings leaves out the instant ones")
NO_DASHBOARD = Unknown("not-told", "this account's plan does not show instant meetings")
NOT_LIVE = Unknown("not-live", "Zoom shows no such meeting that runs")
IN_MEETING = ("In_A_Zoom_Meeting", "In_A_Meeting", "Presenting")
FREE = ("Available", "Away", "Offline")
KEEP = {
    "ai_companion_mode": "all",
    "delete_meeting_assets": False,
    "retain_meeting_transcript": True,
}


class _Row(msgspec.Struct):
    """A meeting, of the list or of the dashboard; or one who takes part in it."""

    id: Any = None
    uuid: Any = None
    email: Any = None
    recording: Any = None
    has_recording: Any = None


class _Presence(msgspec.Struct):
    status: Any = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All that runs in the account, as it was shown at one time."""

    at: datetime
    hosted: tuple[tuple[str, LiveMeeting], ...]  # by the host's e-mail in lower case
    recorded: frozenset[LiveMeeting]
    gap: Unknown | None

    def of(self, email: str) -> Seen[LiveMeeting]:
        """Of one host."""
        return Seen(tuple(one for host, one in self.hosted if host == email), self.gap)


class ZoomLive:
    """The port `LiveMeetings`."""

    def __init__(self, line: Line, reader: App) -> None:
        self._client = Client(line, AppTokens(line, reader))

    def live(self, user: User) -> Fact[Seen[LiveMeeting]]:
        """The user's own list first; where it shows nothing, the dashboard of the account,
        which costs one of few resource-intensive calls."""
        listed = self.of_user(user)
        if isinstance(listed, Unknown) or listed.value.rows:
            return listed
        seen = self.dashboard().of(user.email)
        return seen.gap if seen.gap and not seen.rows else Known(seen, SOURCE, listed.at)

    def of_user(self, user: User) -> Fact[Seen[LiveMeeting]]:
        """By the user's own list, which leaves out the instant ones."""
        at = self._client.line.now()
        try:
            found = tuple(map(_meeting, self._of_user(user)))
        except UnknownReply as err:
            return not_read(err)
        return Known(Seen(found, INSTANT), SOURCE, at)

    def _of_user(self, user: User) -> list[_Row]:
        """What can be read of it: that it shows nothing proves nothing."""
        path, query = f"users/{segment(user.id)}/meetings", {"type": "live", "page_size": PAGE}
        ask = Ask(path, Label.MEDIUM, "users/(id)/meetings", query)
        return _rows(listed(self._client, ask, "meetings", unturned))

    def dashboard(self) -> Dashboard:
        """All that runs in the account: one of few resource-intensive calls."""
        at = self._client.line.now()
        span = Span(at.date() - LONGEST, at.date() + A_DAY)  # our clock may be behind
        query = {"type": "live", **days(span), "page_size": PAGE}
        shown = "metrics/meetings"
        ask = Ask(shown, Label.RESOURCE_INTENSIVE, shown, query)
        told = listed(self._client, ask, "meetings", unturned)
        rows = _rows(told)
        return Dashboard(
            at,
            tuple((address(row.email), _meeting(row)) for row in rows),
            frozenset(_meeting(row) for row in rows if row.has_recording is True),
            _gap(told, rows, query, at.date()),
        )

    def in_meeting(self, user: User) -> Fact[bool]:
        at = self._client.line.now()
        try:
            path = f"users/{segment(user.id)}/presence_status"
            ask = Ask(path, Label.MEDIUM, "users/(id)/presence_status")
            status = self._client.get(ask).parsed(_Presence).status
        except ConnectorError as err:
            return not_read(err)
        if status in IN_MEETING or status in FREE:
            return Known(status in IN_MEETING, SOURCE, at)
        return NOT_TOLD

    def recorded(self, meeting: LiveMeeting) -> Fact[bool]:
        at = self._client.line.now()
        shown = "metrics/meetings/(id)/participants"
        try:
            holding = meeting_segment(meeting.uuid) if meeting.uuid else segment(meeting.id)
            path = f"metrics/meetings/{holding}/participants"
        except UnknownReply as err:
            return not_read(err)
        ask = Ask(path, Label.HEAVY, shown, {"type": "live", "page_size": PAGE})
        told = listed(self._client, ask, "participants", unturned)
        flags = [row.recording for row in _rows(told)]
        if True in flags:
            return Known(True, SOURCE, at)  # noqa: FBT003
        if told.error is not None:
            return NOT_LIVE if _is(told.error, NO_MEETING) else not_read(told.error)
        all_told = flags and all(flag is False for flag in flags)
        return Known(False, SOURCE, at) if all_told else NOT_TOLD  # noqa: FBT003

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(LIVE)


class ZoomControl:
    """The port `LiveControl`."""

    def __init__(self, line: Line, actor: App) -> None:
        self._client = Client(line, AppTokens(line, actor))

    def stop_recording(self, meeting: LiveMeeting) -> None:
        self._request(meeting, "recording.stop", {})

    def stop_companion(self, meeting: LiveMeeting) -> None:
        self._request(meeting, "ai_companion.stop", {"params": KEEP})

    def disable_companion(self, meeting: LiveMeeting) -> None:
        self._request(meeting, "ai_companion.disable", {})

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(ACTOR)

    def _request(
        self, meeting: LiveMeeting, method: str, more: Mapping[str, Mapping[str, object]]
    ) -> None:
        # By its number, which is the meeting of it that runs.
        running = segment(meeting.id) if meeting.id else meeting_segment(meeting.uuid)
        path, shown = f"live_meetings/{running}/events", "live_meetings/(id)/events"
        body = msgspec.json.encode({"method": method, **more})
        ask = Ask(path, Label.MEDIUM, f"{shown} {method}", method="PATCH", body=body)
        try:
            prove_empty(self._client.act(ask), 202)
        except Declined as err:
            raise _refusal(err) from err


def _refusal(err: Declined) -> Refused:
    if _is(err, NO_MEETING):
        return NotThere(str(err))
    if (err.status, err.code) in SHUT:
        return Refused(str(err), "Zoom will not stop it: staff decide whether to end the call.")
    return Refused(str(err), err.hint)


def _gap(
    told: Listed, rows: list[_Row], query: Mapping[str, str], today: date
) -> Unknown | None:
    """Why the dashboard may not show all that runs. Nothing runs later than today."""
    if told.error is not None:
        return NO_DASHBOARD if _is(told.error, PLAN) else not_read(told.error)
    if not all(address(row.email) for row in rows):
        return Unknown("not-read", f"{SOURCE}: a meeting that runs has no host")
    until_now, what = {**query, "to": today.isoformat()}, f"{SOURCE}, meetings that run"
    other = contradicted(told.heads, dict(query), what)
    return other and (other if contradicted(told.heads, until_now, what) else None)


def _is(err: ConnectorError, said: tuple[int, str]) -> bool:
    return isinstance(err, Declined) and (err.status, err.code) == said


def _rows(told: Listed) -> list[_Row]:
    """Each row stands for something that is there, also one that cannot be read."""
    return [_row(raw) for raw in told.rows]


def _row(raw: msgspec.Raw) -> _Row:
    try:
        return parsed(SOURCE, raw, _Row)
    except UnknownReply:
        return _Row()


def _meeting(row: _Row) -> LiveMeeting:
    number = row.id if isinstance(row.id, int) and not isinstance(row.id, bool) else None
    return LiveMeeting(plain(row.id) if number is None else str(number), plain(row.uuid))
