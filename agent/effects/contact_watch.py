"""Whether an invitation was accepted: read with the iPad's consent, until the window closes.

The subject is the window's id. Zoom tells of no acceptance by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.contact import Window
from agent.domain.facts import Known, Unknown
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import window_of
from agent.effects.contact_zoom import ContactZoom, reached
from agent.store.addresses import address_of
from agent.store.audit import Audit
from agent.store.call_keys import CallKeys
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.windows import WATCH, Windows, w

OFTEN, SELDOM = timedelta(seconds=15), timedelta(minutes=1)
AT_FIRST = timedelta(minutes=10)  # so long after the window was made it is looked often
NO_CONSENT = timedelta(minutes=10)
ACCEPTED, OVER, STRANGER = "accepted", "the window is over", "somebody else accepted"
WITHOUT = ("consent-missing", "consent-lapsed")


@dataclass(frozen=True, slots=True)
class WatchAcceptance:
    """The contact is there, or the window is over."""

    store: Store
    keys: CallKeys
    zoom: ContactZoom | None
    lease: timedelta
    kind = WATCH
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """Acting is looking."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        window, call = window_of(self.store, claim.subject)
        if not window.is_live:
            return Answered(OVER)
        with self.store.read() as tx:
            wanted = address_of(tx, self.keys, call, window.entry)
        again = now + (OFTEN if now - window.made_at < AT_FIRST else SELDOM)
        match reached(self.zoom).contacts.contacts(window.account):
            case Unknown(reason, why) if reason in WITHOUT:
                return Later(now + NO_CONSENT, f"acceptance cannot be seen: {why}")
            case Unknown(_, why):
                return Later(again, why)
            case Known(seen):
                if any(row.email == wanted for row in seen.rows):
                    return Answered(ACCEPTED)
                if seen.rows and not self._others(window):
                    return Later(again, STRANGER)
        return Later(again, "not accepted yet")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        window = Windows(tx).get(claim.subject)
        if answer.result == ACCEPTED and Windows(tx).take(window, "accept") is not None:
            Windows(tx).tell(window, "external contact", "seen", ACCEPTED)
            Audit(tx).add("CONTACT_ACCEPTED", "WINDOW", window.id)

    def _others(self, window: Window) -> bool:
        """Whether another window of this iPad may explain a contact that is there."""
        with self.store.read() as tx:
            beside = Windows(tx).select(w.device == window.device, w.id != window.id)
        return any(one.state.value not in ("verified",) for one in beside)
