"""Whether a contact is really gone, read with the iPad's own consent.

The subject is the window's id; `/night` after it in the key is the reading of the next night.
Without a consent nobody can tell: not verified, which is shown as such. A contact that is still
there, or there again, is an incident; so is a stranger, who may have accepted in its place.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agent.domain.call import Call
from agent.domain.call_incidents import CONTACT_LEFT, NOT_REMOVED
from agent.domain.check import Rule
from agent.domain.contact import Mode, State, Window
from agent.domain.facts import Known, Unknown
from agent.domain.people import AGENT
from agent.domain.policy import Policy
from agent.domain.uk_time import LONDON, uk_day
from agent.domain.zoom_windows import holds
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_beside import address_if_kept, beside
from agent.effects.contact_book import group_of, window_of
from agent.effects.contact_closed import ask_to_remove
from agent.effects.contact_zoom import ContactZoom, reached
from agent.effects.meeting_gone import meetings_of
from agent.errors import TryAgain
from agent.store.audit import Audit
from agent.store.call_keys import CallKeys
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.ledger import Claim, Ledger
from agent.store.register import Register
from agent.store.telling import clear, raise_and_tell
from agent.store.windows import ALLOW_LIST, MEETING_GONE, VERIFY, Windows

NIGHT = "night"
NIGHTLY = time(3)  # UK time: after the sweep has begun
GONE, LEFT, BLIND, WAITING = "gone", "still there", "nobody can read it", "not removed yet"
ERASED = "its address was erased"
BESIDE = "somebody is among the contacts who may be another window's: it is open still"
SURFACE = {Mode.CONTACT: "external contact", Mode.MEETING: "scheduled meeting"}
AGAIN = timedelta(hours=1)
SET_SOON = timedelta(seconds=30)
WITHOUT = ("consent-missing", "consent-lapsed")
NOT_YET = (State.CLOSED, State.CLOSING)


@dataclass(frozen=True, slots=True)
class VerifyRemoval:
    """Read back: the lists are closed, and the contact is not among the iPad's."""

    store: Store
    keys: CallKeys
    zoom: ContactZoom | None
    policy: Policy
    remove_within: timedelta
    lease: timedelta
    kind = VERIFY
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """Acting is looking."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        window, call = window_of(self.store, claim.subject)
        if window.state in NOT_YET:
            return self._waits(window, now)
        zoom = reached(self.zoom)
        if window.mode is Mode.MEETING:
            left = meetings_of(zoom, window)
            return Answered(LEFT if left else GONE)
        if call.erased_at is not None:
            return Answered(ERASED)
        return self._read(zoom, window, call, now)

    def _read(
        self, zoom: ContactZoom, window: Window, call: Call, now: datetime
    ) -> Answered | Later:
        """Both lists, and the contacts to their end. Raises TryAgain."""
        lists, others = self._lists(zoom, window), beside(self.store, self.keys, window)
        with self.store.read() as tx:
            address = address_if_kept(tx, self.keys, call, window.entry)
        match zoom.contacts.contacts(window.account):
            case Known(seen) if seen.rows and address is None:
                return Answered(BLIND, {"lists": lists, "why": "its address is lost"})
            case Known(seen) if others.left(address or "", seen.rows):
                if others.in_doubt(address or "", seen.rows):
                    return Later(now + AGAIN, BESIDE, due=now + AGAIN)
                return Answered(LEFT, {"lists": lists})
            case Known(seen) if seen.gap is None:
                return Answered(GONE, {"lists": lists})
            case Unknown(reason, why) if reason in WITHOUT:
                return Answered(BLIND, {"lists": lists, "why": why})
            case Unknown(_, why):
                raise TryAgain(why)
        raise TryAgain("the contacts were not read to their end")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        window = Windows(tx).get(claim.subject)
        if answer.proof.get("lists") == LEFT:
            Ledger(tx).owe(ALLOW_LIST, window.group, due=tx.now)
            if answer.result == GONE:  # it could be added again: read anew once they are set
                Ledger(tx).owe(VERIFY, window.id, due=tx.now + SET_SOON)
                return
        if window.mode is Mode.MEETING and answer.result == LEFT:
            Ledger(tx).owe(MEETING_GONE, window.id, due=tx.now)
        match answer.result:
            case _ if answer.result == GONE:
                self._gone(tx, claim, window)
            case _ if answer.result == LEFT:
                self._left(tx, window)
            case _ if answer.result == BLIND:
                self._blind(tx, window)
            case _ if answer.result == WAITING:
                self._overdue(tx, window)

    def _waits(self, window: Window, now: datetime) -> Answered | Later:
        """Two people have not attested it: said once it is overdue, and looked at again."""
        due = (window.closed_at or now) + self.remove_within
        return Answered(WAITING) if now >= due else Later(due, WAITING)

    def _lists(self, zoom: ContactZoom, window: Window) -> str:
        """A request that landed late may have put an address back."""
        wanted = group_of(self.store, self.keys, window.group)
        both = wanted.of(live=True) | wanted.of(live=False)
        found = holds(zoom.lists.allow_lists(window.group), both)
        if isinstance(found, Unknown):
            raise TryAgain(found.why)
        return GONE if found.value else LEFT

    def _gone(self, tx: Transaction, claim: Claim, window: Window) -> None:
        found = Windows(tx).take(window, "verify")
        Windows(tx).tell(window, SURFACE[window.mode], "read-back", GONE)
        Audit(tx).add("CONTACT_VERIFIED", "WINDOW", window.id)
        self._clear(tx, window)
        if found is not None and not claim.key.endswith(f"/{NIGHT}"):
            Ledger(tx).owe(VERIFY, window.id, due=next_night(tx.now), occasion=NIGHT)

    def _blind(self, tx: Transaction, window: Window) -> None:
        Windows(tx).take(window, "not-verify")
        Windows(tx).tell(window, SURFACE[window.mode], "read-back", BLIND)
        Audit(tx).add("CONTACT_NOT_VERIFIED", "WINDOW", window.id)
        Ledger(tx).owe(VERIFY, window.id, due=next_night(tx.now), occasion=NIGHT)

    def _left(self, tx: Transaction, window: Window) -> None:
        """Attested, but there; or there again: it is removed once more."""
        Windows(tx).take(window, "re-appear", attested_at=None, closed_at=tx.now)
        Windows(tx).tell(window, SURFACE[window.mode], "read-back", LEFT)
        ask_to_remove(tx, window, self.remove_within)
        Ledger(tx).owe(VERIFY, window.id, due=tx.now + self.remove_within)
        self._raise(tx, window, CONTACT_LEFT, "contact-left")

    def _overdue(self, tx: Transaction, window: Window) -> None:
        if window.state in NOT_YET:
            known = Incidents(tx).open_for(NOT_REMOVED.name, window.device)
            if known is None or known.cleared_at is not None:
                self._raise(tx, window, NOT_REMOVED, "not-removed")
            Ledger(tx).owe(VERIFY, window.id, due=tx.now + AGAIN)

    def _raise(self, tx: Transaction, window: Window, rule: Rule, reason: str) -> None:
        asset = Register(tx).get(window.device)
        if asset is not None:
            raise_and_tell(tx, self.policy, rule, asset, reason, AGENT, persists=True)

    def _clear(self, tx: Transaction, window: Window) -> None:
        """The incidents of this iPad, once no window of it has anything left."""
        asset = Register(tx).get(window.device)
        others = [one for one in Windows(tx).of_device(window.device) if one.id != window.id]
        if asset is not None and not any(one.is_left for one in others):
            for rule in (CONTACT_LEFT, NOT_REMOVED):
                clear(tx, rule, asset, AGENT)


def next_night(now: datetime) -> datetime:
    """The next one at 03:00 UK time, as UTC."""
    day = uk_day(now)
    tonight = datetime.combine(day, NIGHTLY, LONDON)
    return (
        tonight if tonight > now else datetime.combine(day + timedelta(days=1), NIGHTLY, LONDON)
    )
