"""One meeting for one call, with a waiting room and every setting sent; nobody is added.

The subject is the window's id, which is the meeting's topic too: an attempt that was cut off is
found by it. The link and the passcode are sealed with the call.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call
from agent.domain.call_incidents import MEETING_UNLIKE
from agent.domain.contact import Window
from agent.domain.facts import Known, Unknown
from agent.domain.people import AGENT
from agent.domain.policy import Policy
from agent.domain.zoom_windows import OneOffMeeting, WantedMeeting, unlike
from agent.effects.base import Answered, Look
from agent.effects.contact_book import window_of
from agent.effects.contact_zoom import ContactZoom, InTime, reached, user_of
from agent.effects.meeting_gone import meetings_of
from agent.errors import TryAgain
from agent.store.audit import Audit
from agent.store.call_keys import CallKeys
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.register import Register
from agent.store.telling import raise_and_tell
from agent.store.windows import ARRANGE, MEETING_GONE, Windows, bound

MINUTES = timedelta(minutes=1)
NOT_WANTED = "not wanted any more"
DIGITS = 8  # of a passcode, which is read out by telephone


@dataclass(frozen=True, slots=True)
class ArrangeMeeting:
    """Read back with the settings that must hold (K12, D4)."""

    store: Store
    keys: CallKeys
    zoom: ContactZoom | None
    policy: Policy
    lease: timedelta
    kind = ARRANGE
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """Acting begins with looking."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        window, call = window_of(self.store, claim.subject)
        if not window.is_live:
            return Answered(NOT_WANTED)
        time = InTime(self.store, self.store.clock(), self.lease)
        zoom = reached(self.zoom)
        user = user_of(zoom, window.account, window.user)
        known = meetings_of(zoom, window)
        if not known:
            time.prove()
            known = [zoom.arranging.arrange(user.id, self._wanted(call, claim)).id]
        number = known[0]
        made = _read_back(zoom, number)
        words = json.dumps({"link": made.join_url, "passcode": made.passcode})
        sealed = self.keys.of(call.key).seal(words, bound(window.id))
        wrong = " ".join(sorted(unlike(made.settings)))
        return Answered(
            "arranged",
            {"meeting": number, "user": user.id, "sealed": sealed.hex(), "unlike": wrong},
        )

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """It can be read out to the family, or is deleted where it is not wanted any more."""
        window = Windows(tx).get(claim.subject)
        if answer.result == NOT_WANTED:
            return
        proof = answer.proof
        told = {"meeting": proof["meeting"], "user": proof["user"]}
        if Windows(tx).take(window, "arrange", **told) is None:
            Windows(tx).change(window, **told)
            Ledger(tx).owe(MEETING_GONE, window.id, due=tx.now)
        Windows(tx).keep_sealed(window, bytes.fromhex(proof["sealed"]))
        Windows(tx).tell(
            window, "scheduled meeting", "read-back", proof["unlike"] or "as it must be"
        )
        Audit(tx).add("MEETING_ARRANGED", "WINDOW", window.id)
        self._warn(tx, window, proof["unlike"])

    def _wanted(self, call: Call, claim: Claim) -> WantedMeeting:
        mark = self.keys.of(call.key).pseudonym(f"passcode of {claim.subject}")
        return WantedMeeting(
            topic=claim.subject,
            start=call.at,
            minutes=max(1, (call.until - call.at) // MINUTES),
            passcode=f"{int(mark, 16) % 10**DIGITS:0{DIGITS}}",
        )

    def _warn(self, tx: Transaction, window: Window, wrong: str) -> None:
        """A setting that is not as it must be is told at once; it stops no call."""
        asset = Register(tx).get(window.device)
        if wrong and asset is not None:
            raise_and_tell(tx, self.policy, MEETING_UNLIKE, asset, "meeting-unlike", AGENT)


def _read_back(zoom: ContactZoom, number: str) -> OneOffMeeting:
    match zoom.meetings.meeting(number):
        case Known(OneOffMeeting() as made):
            return made
        case Unknown(_, why):
            raise TryAgain(why)
    raise TryAgain("Zoom does not show the meeting yet")
