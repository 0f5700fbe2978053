"""One invitation: Zoom has taken it. The subject is the window's id.

Nothing tells of an invitation that is pending. So after an attempt that was cut off the
contacts are read, and where they tell nothing it is sent once more: the family may get one mail
more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.contact import State
from agent.domain.facts import Known
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import window_of
from agent.effects.contact_zoom import ContactZoom, InTime, reached, user_of
from agent.store.addresses import address_of
from agent.store.audit import Audit
from agent.store.call_keys import CallKeys
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.windows import INVITE, WATCH, Windows

FIRST_LOOK = timedelta(seconds=5)  # until it is looked whether it was accepted
OPENS = timedelta(seconds=1)
NOT_WANTED, SENT, THERE = "not wanted any more", "requested", "a contact already"


@dataclass(frozen=True, slots=True)
class InviteContact:
    """The family is asked, by a mail of Zoom's."""

    store: Store
    keys: CallKeys
    zoom: ContactZoom | None
    lease: timedelta
    kind = INVITE
    lane = "routine"

    def look(self, claim: Claim) -> Answered | Look:
        """Who is a contact already is asked nothing more."""
        window, _ = window_of(self.store, claim.subject)
        if not window.is_wanted:
            return Answered(NOT_WANTED)
        seen = reached(self.zoom).contacts.contacts(window.account)
        there = isinstance(seen, Known) and any(
            row.email == self._address(claim) for row in seen.value.rows
        )
        return Answered(THERE) if there else Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        window, _ = window_of(self.store, claim.subject)
        if not window.is_wanted:
            return Answered(NOT_WANTED)
        if window.state is State.REQUESTED:
            return Later(now + OPENS, "the group's lists do not hold the address yet")
        time = InTime(self.store, self.store.clock(), self.lease)
        zoom = reached(self.zoom)
        user = user_of(zoom, window.account, window.user)
        time.prove()
        done = zoom.invitations.invite(user.id, self._address(claim))
        return Answered(SENT, {"request": done.request, "user": user.id})

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Asked; from now on it is looked whether it was accepted."""
        window = Windows(tx).get(claim.subject)
        if answer.result == NOT_WANTED:
            return
        sent = window.sent + (answer.result == SENT)
        user = answer.proof.get("user", window.user)
        Windows(tx).tell(
            window, "invitation", "asked", answer.result,
            request=answer.proof.get("request", ""),
        )  # fmt: skip
        if Windows(tx).take(window, "invite", sent=sent, user=user) is None:
            Windows(tx).change(window, sent=sent, user=user)
        Audit(tx).add("CONTACT_INVITED", "WINDOW", window.id, details={"sent": sent})
        if window.is_live:
            Ledger(tx).owe(WATCH, window.id, due=tx.now + FIRST_LOOK)

    def _address(self, claim: Claim) -> str:
        window, call = window_of(self.store, claim.subject)
        with self.store.read() as tx:
            return address_of(tx, self.keys, call, window.entry)
