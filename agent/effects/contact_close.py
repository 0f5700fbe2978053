"""The end of one contact window. The subject is the window's id.

It is owed from the moment in which the window is made, and is due at staff's end of the call or
ten minutes after its time. The end of a window never ends a call: while a meeting runs, or
nobody can tell, it waits; but not on a lost iPad that is not the one in use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call, State
from agent.domain.contact import Mode, Window
from agent.domain.facts import NEVER, Fact, Known, Unknown
from agent.domain.zoom import NOT_TOLD
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import runs_on, seen_on, window_of
from agent.effects.contact_exempt import exempt
from agent.effects.contact_zoom import (
    RUNS,
    ContactZoom,
    proven,
    reached,
    runs,
    still_runs,
    user_of,
)
from agent.errors import TryAgain
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.legs import Legs
from agent.store.windows import ALLOW_LIST, CLOSE, MEETING_GONE, Windows

BY_STAFF = {
    State.ENDED: "ended",
    State.CLOSED: "ended",
    State.CANCELLED: "cancelled",
    State.REFUSED: "refused",
    State.EXPIRED: "expired",
}
STATED = timedelta(seconds=2)  # until it is looked at again whether staff have ended the call
PROVEN = timedelta(seconds=30)  # until meetings are read again that nothing cheap tells of


@dataclass(frozen=True, slots=True)
class CloseWindow:
    """The window closes: from now on its address is on no list that we set."""

    store: Store
    zoom: ContactZoom | None
    linger: timedelta
    lease: timedelta
    kind = CLOSE
    lane = "closing"

    def look(self, claim: Claim) -> Look:
        """Nothing is done outside."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Whether it is time. A closing is never given up, and never in doubt."""
        window, call = window_of(self.store, claim.subject)
        if not window.is_live:
            return Answered("closing already")
        reason = window.reason or BY_STAFF.get(call.state, "")
        lost = self._exempt(window)
        until = window.until if lost else max(window.until, self._last_leg(call) + self.linger)
        if not reason and now < until:
            return Later(until, "it is open until then", due=until)
        if lost:
            return Answered(reason or "expired")
        if not reason and call.state is State.IN_CALL and not self._forgotten(call, now):
            soon = now + STATED
            return Later(soon, "staff have not ended the call", due=soon)
        wait = self._wait(window, call, now, stated=bool(reason))
        return wait or Answered(reason or "expired")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Its address is taken off the lists, or its meeting deleted, at once."""
        window = Windows(tx).get(claim.subject)
        closing = Windows(tx).take(window, "close", reason=answer.result)
        if closing is None:
            return
        Audit(tx).add("CONTACT_CLOSING", "WINDOW", window.id, details={"why": answer.result})
        if window.mode is Mode.CONTACT:
            Ledger(tx).owe(ALLOW_LIST, window.group, due=tx.now)
        else:
            Ledger(tx).owe(MEETING_GONE, window.id, due=tx.now)

    def _exempt(self, window: Window) -> bool:
        """No meeting on this iPad is waited for."""
        with self.store.read() as tx:
            return exempt(tx, window.device)

    def _last_leg(self, call: Call) -> datetime:
        """When the call's meeting was last seen, or ended (W5)."""
        with self.store.read() as tx:
            legs = Legs(tx).of(call.id)
        return max((leg.ended_at or leg.last_seen for leg in legs), default=NEVER)

    def _forgotten(self, call: Call, now: datetime) -> bool:
        """Nobody said that it ended, and its last sign is ten minutes old."""
        signs = [entry.at for entry in call.of("start", "staff-change", "concern")]
        return all(now - sign >= self.linger for sign in signs)

    def _wait(self, window: Window, call: Call, now: datetime, *, stated: bool) -> Later | None:
        """While a meeting runs on the iPad. Raises TryAgain where nobody can tell."""
        zoom = reached(self.zoom)
        user = user_of(zoom, window.account, window.user)
        with self.store.read() as tx:
            other = runs_on(tx, window.device, beside=call.id) or seen_on(tx, window, now)
        if not stated and still_runs(zoom, user):
            return _waits(now + RUNS)
        running = proven(zoom, user) if not stated else runs(zoom, user, now, stated=other)
        if _not_told(running) and not call.of("start"):
            running = runs(zoom, user, now, stated=other)
        match running:
            case Unknown(_, why):
                raise TryAgain(f"nobody can tell whether a meeting runs: {why}")
            case Known(True):
                return _waits(now + (RUNS if stated else PROVEN))
        return None


def _waits(until: datetime) -> Later:
    return Later(until, "a meeting runs on this iPad", due=until)


def _not_told(fact: Fact[bool]) -> bool:
    """The account's plan shows no instant meetings."""
    return isinstance(fact, Unknown) and fact.reason == NOT_TOLD.reason
