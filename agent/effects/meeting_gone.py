"""The one-off meeting of a window is deleted, and read to be gone. The subject is the window's
id. A meeting that runs is never deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.contact import State, Window
from agent.domain.facts import Known, Unknown
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import window_of
from agent.effects.contact_closed import shut
from agent.effects.contact_zoom import ContactZoom, reached, user_of
from agent.errors import NotThere, TryAgain
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.windows import MEETING_GONE, Windows

GONE_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DeleteMeeting:
    """No meeting of this window is arranged any more."""

    store: Store
    zoom: ContactZoom | None
    remove_within: timedelta
    lease: timedelta
    kind = MEETING_GONE
    lane = "closing"

    def look(self, claim: Claim) -> Look:
        """Acting begins with looking."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        window, _ = window_of(self.store, claim.subject)
        zoom = reached(self.zoom)
        requests = [_deleted(zoom, number) for number in meetings_of(zoom, window)]
        if meetings_of(zoom, window):
            return Later(now + GONE_SOON, "Zoom still shows the meeting")
        return Answered("gone", {"request": " ".join(filter(None, requests))})

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        window = Windows(tx).get(claim.subject)
        request = answer.proof["request"]
        if request:
            Windows(tx).tell(
                window, "scheduled meeting", "deleted", "requested", request=request
            )
        Windows(tx).tell(window, "scheduled meeting", "read-back", "gone")
        if window.state is State.CLOSING:
            shut(tx, window, self.remove_within)


def meetings_of(zoom: ContactZoom, window: Window) -> list[str]:
    """The numbers of the meetings of this window that Zoom shows. Raises TryAgain where not all
    could be read."""
    user = user_of(zoom, window.account, window.user)
    match zoom.meetings.arranged(user.id):
        case Unknown(_, why):
            raise TryAgain(why)
        case Known(seen):
            found = [row.id for row in seen.rows if row.topic == window.id]
            if not found and seen.gap is not None:
                raise TryAgain(seen.gap.why)
            return found
    raise AssertionError  # pragma: no cover


def _deleted(zoom: ContactZoom, number: str) -> str:
    """Zoom's id of the request; empty where it was gone already."""
    try:
        return zoom.arranging.delete(number).request
    except NotThere:
        return ""
