"""What Zoom tells of a call that is over: when it was, and who took part."""

from collections.abc import Mapping

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import Scopes
from agent.domain.zoom_windows import Participant, PastMeeting
from agent.errors import ConnectorError, UnknownReply
from connectors.zoom.client import SOURCE, App, AppTokens, Ask, Client, Line, not_read
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.meeting_rows import Row, participant, past
from connectors.zoom.paging import listed, unturned
from connectors.zoom.segments import meeting_segment

PAST: Mapping[str, str] = {  # what the reading app needs for this; granular: classic
    "meeting:read:past_meeting:admin": "meeting:read:admin",
    "meeting:read:list_past_participants:admin": "meeting:read:admin",
}
ONE, PEOPLE = "past_meetings/(id)", "past_meetings/(id)/participants"
NO_MEETING = (404, "3001")
NOT_THERE = Unknown("not-there", "Zoom knows of no such meeting that is over")
ALONE = Unknown("not-told", "Zoom leaves out meetings in which one person was alone")


class ZoomPastMeetings:
    """The port `CallFacts`."""

    def __init__(self, line: Line, reader: App) -> None:
        self._client = Client(line, AppTokens(line, reader))

    def past(self, uuid: str) -> Fact[PastMeeting | None]:
        at = self._client.line.now()
        try:
            ask = Ask(f"past_meetings/{meeting_segment(uuid)}", Label.LIGHT, ONE)
            found = past(self._client.get(ask).parsed(Row), at)
            if found.uuid != uuid:
                raise UnknownReply(f"GET {ONE}: the answer is about another meeting")
        except ConnectorError as err:
            return Known(None, SOURCE, at) if _is_gone(err) else not_read(err)
        return Known(found, SOURCE, at)

    def participants(self, uuid: str) -> Fact[Seen[Participant]]:
        at = self._client.line.now()
        try:
            path = f"past_meetings/{meeting_segment(uuid)}/participants"
        except UnknownReply as err:
            return not_read(err)
        ask = Ask(path, Label.MEDIUM, PEOPLE, {"page_size": "300"})
        told = listed(self._client, ask, "participants", unturned)
        rows = tuple(participant(raw, at) for raw in told.rows)
        if told.error is None:
            return Known(Seen(rows, None if rows else ALONE), SOURCE, at)
        if rows:
            return Known(Seen(rows, not_read(told.error)), SOURCE, at)
        return NOT_THERE if _is_gone(told.error) else not_read(told.error)

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(PAST)


def _is_gone(err: ConnectorError) -> bool:
    return isinstance(err, Declined) and (err.status, err.code) == NO_MEETING
