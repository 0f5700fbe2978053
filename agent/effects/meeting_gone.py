"""The one-off meeting of a window is deleted, and read to be gone. The subject is the window's
id. Nothing is deleted while a meeting runs on the iPad, this one or another, unless it is lost
and not in use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call
from agent.domain.contact import State, Window
from agent.domain.facts import Known, Unknown
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import runs_on, window_of
from agent.effects.contact_closed import shut
from agent.effects.contact_exempt import exempt
from agent.effects.contact_zoom import RUNS, ContactZoom, InTime, reached, runs, user_of
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
        time = InTime(self.store, self.store.clock(), self.lease)
        window, call = window_of(self.store, claim.subject)
        zoom = reached(self.zoom)
        known = meetings_of(zoom, window)
        if known and self._runs(zoom, window, call, now):
            return Later(now + RUNS, "a meeting runs on this iPad", due=now + RUNS)
        requests = [_deleted(zoom, number, time) for number in known]
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

    def _runs(self, zoom: ContactZoom, window: Window, call: Call, now: datetime) -> bool:
        """Raises TryAgain where nobody can tell."""
        with self.store.read() as tx:
            other = runs_on(tx, window.device, beside=call.id)
            if exempt(tx, window.device):
                return False
        user = user_of(zoom, window.account, window.user)
        match runs(zoom, user, now, stated=other):
            case Unknown(_, why):
                raise TryAgain(f"nobody can tell whether a meeting runs: {why}")
            case Known(running):
                return running
        raise AssertionError  # pragma: no cover


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


def _deleted(zoom: ContactZoom, number: str, time: InTime) -> str:
    """Zoom's id of the request; empty where it was gone already."""
    time.prove()
    try:
        return zoom.arranging.delete(number).request
    except NotThere:
        return ""
