"""What was kept of calls: recordings and their trash, transcripts, summaries.

What is found counts even where something else could not be read. Zoom's list of the whole
account is not used: an ordinary account may not read it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent.domain.facts import Unknown
from agent.domain.zoom import Kept, Kind, Period, Search, Span, User
from agent.errors import ConnectorError, TryAgain, UnknownReply
from connectors.http import parsed
from connectors.zoom.client import SOURCE, Ask, Client, not_read
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.paging import Listed, listed, unturned
from connectors.zoom.periods import clipped, contradicted, days, parts, seconds
from connectors.zoom.rows import address, plain, when
from connectors.zoom.segments import meeting_segment, segment

PAGE = "300"
NO_TRANSCRIPT = (404, "3322")
FEATURE_OFF = (400, "3000")
RESTRICTED = (403, "2305")
NOTHING_TO_SAY = ("NO_TRANSCRIPT_DATA", "UNSUPPORTED")  # reasons: there never was any
GONE_OR_TRASHED = "DELETED_OR_TRASHED"
NO_ID = Unknown("not-read", "the user has no id yet to ask by")

PLACES: tuple[tuple[str, Kind, Mapping[str, str]], ...] = (
    ("recordings", Kind.RECORDING, {}),
    ("trash: meetings", Kind.TRASH, {"trash": "true", "trash_type": "meeting_recordings"}),
    ("trash: files", Kind.TRASH, {"trash": "true", "trash_type": "recording_file"}),
)


class _Row(msgspec.Struct):
    """A meeting with recordings, a meeting, or a summary."""

    uuid: Any = None
    id: Any = None
    start_time: Any = None
    meeting_uuid: Any = None
    meeting_host_email: Any = None
    summary_created_time: Any = None


class _Transcript(msgspec.Struct):
    download_restriction_reason: Any = None


@dataclass(slots=True)
class _Finding:
    """A search while it goes on. The first gap is the one that is told."""

    periods: list[Period] = field(default_factory=list)
    found: list[Kept] = field(default_factory=list)
    gap: Unknown | None = None
    away: bool = False  # no answer any more: what is left would be asked in vain
    feature_off: bool = False
    faults: int = 0

    def missed(self, gap: Unknown) -> None:
        self.faults += 1
        self.gap = self.gap or gap

    def failed(self, err: ConnectorError) -> None:
        self.away = self.away or isinstance(err, TryAgain)
        self.missed(not_read(err))

    def search(self) -> Search:
        return Search(tuple(self.periods), tuple(self.found), self.gap, self.feature_off)


class ZoomKept:
    """The port `KeptThings`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def recordings(self, user: User, span: Span) -> Search:
        finding = _Finding()
        if not user.id:
            return Search((), (), NO_ID)
        for place, kind, query in PLACES:
            for part in parts(span):
                if not finding.away:
                    self._recordings(finding, user, Period(place, part), kind, query)
        return finding.search()

    def _recordings(
        self, finding: _Finding, user: User, period: Period, kind: Kind, more: Mapping[str, str]
    ) -> None:
        query = {**days(period.span), "page_size": PAGE, **more}
        told, error = self._of_user(user, "recordings", query)
        finding.found += (_kept(kind, row, user.email, self._client) for row in _rows(told))
        wrong = error or clipped(told.heads, query, f"{SOURCE}, {period.place}")
        _close(finding, period, wrong)

    def transcripts(self, user: User, span: Span) -> Search:
        finding = _Finding()
        if not user.id:
            return Search((), (), NO_ID)
        for part in parts(span):
            if not finding.away:
                self._transcripts(finding, user, Period("transcripts", part))
        return finding.search()

    def _transcripts(self, finding: _Finding, user: User, period: Period) -> None:
        query = {"type": "previous_meetings", **days(period.span), "page_size": PAGE}
        told, error = self._of_user(user, "meetings", query)
        before = finding.faults
        for row in _rows(told):
            if not finding.away:
                self._transcript(finding, user, row)
        wrong = error or contradicted(told.heads, query, f"{SOURCE}, meetings held")
        if wrong or finding.faults == before:
            _close(finding, period, wrong)

    def _transcript(self, finding: _Finding, user: User, row: _Row) -> None:
        """Asked of one meeting. A 2xx says that there is one, or why it cannot be fetched."""
        try:
            uuid = plain(row.uuid) or str(row.id or "")
            path = f"meetings/{meeting_segment(uuid)}/transcript"
            ask = Ask(path, Label.MEDIUM, "meetings/(id)/transcript")
            reason = self._client.get(ask).parsed(_Transcript).download_restriction_reason
        except ConnectorError as err:
            if not (isinstance(err, Declined) and (err.status, err.code) == NO_TRANSCRIPT):
                finding.failed(err)
            return
        if reason == GONE_OR_TRASHED:
            why = "Zoom does not say whether a transcript was deleted or is in the trash"
            finding.missed(Unknown("not-read", why))
        elif reason not in NOTHING_TO_SAY:
            finding.found.append(_kept(Kind.TRANSCRIPT, row, user.email, self._client))

    def summaries(self, span: Span) -> Search:
        finding = _Finding()
        for part in parts(span):
            if not finding.away:
                self._summaries(finding, Period("summaries", part))
        return finding.search()

    def _summaries(self, finding: _Finding, period: Period) -> None:
        query = {**seconds(period.span), "page_size": PAGE}
        shown = "meetings/meeting_summaries"
        told = listed(
            self._client, Ask(shown, Label.MEDIUM, shown, query), "summaries", unturned
        )
        for row in _rows(told):
            kept = _summary(row, self._client)
            finding.found.append(kept)
            if not kept.host:
                finding.missed(Unknown("not-read", "a summary without a host"))
        match told.error:
            case Declined(status=status, code=code) if (status, code) == FEATURE_OFF:
                finding.feature_off = True
                _close(finding, period, None)
            case Declined(status=status, code=code) if (status, code) == RESTRICTED:
                _close(finding, period, Unknown("summaries-restricted", str(told.error)))
            case error:
                asked = f"{SOURCE}, summaries"
                _close(finding, period, error or clipped(told.heads, query, asked))

    def _of_user(
        self, user: User, what: str, query: Mapping[str, str]
    ) -> tuple[Listed, ConnectorError | None]:
        try:
            path = f"users/{segment(user.id)}/{what}"
        except UnknownReply as err:
            return Listed(), err
        ask = Ask(path, Label.MEDIUM, f"users/(id)/{what}", query)
        told = listed(self._client, ask, "meetings", unturned)
        return told, told.error


def _close(finding: _Finding, period: Period, wrong: Unknown | ConnectorError | None) -> None:
    """A period was read to its end, or it is a gap."""
    if wrong is None:
        finding.periods.append(period)
    elif isinstance(wrong, Unknown):
        finding.missed(wrong)
    else:
        finding.failed(wrong)


def _rows(told: Listed) -> Iterator[_Row]:
    """Each row stands for something that is there, also one that cannot be read."""
    for raw in told.rows:
        try:
            yield parsed(SOURCE, raw, _Row)
        except UnknownReply:
            yield _Row()


def _kept(kind: Kind, row: _Row, host: str, client: Client) -> Kept:
    return Kept(kind, plain(row.uuid), host, when(row.start_time, client.line.now()))


def _summary(row: _Row, client: Client) -> Kept:
    made = when(row.summary_created_time, client.line.now())
    return Kept(Kind.SUMMARY, plain(row.meeting_uuid), address(row.meeting_host_email), made)
