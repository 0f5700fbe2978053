"""What was noticed of a meeting is asked to stop, once. The subject names the holding.

Nothing is deleted, and no meeting is ended: what was kept is evidence, and ending is for staff.
What Zoom refuses is written down, and staff are shown that the protocol says end the call.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.domain.zoom_events import Sign
from agent.effects.base import Answered, Look
from agent.errors import NotThere, Refused
from agent.ports.zoom_live import LiveControl
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.notices import Notice, Notices
from agent.store.noticing import STOP

ASKED, REFUSED, OVER, NOBODY = "asked", "refused", "not running", "nothing here may act"


@dataclass(frozen=True, slots=True)
class StopKeeping:
    """Zoom was asked to stop, or would not, or there was nothing to stop any more."""

    store: Store
    control: LiveControl | None
    lease: timedelta
    kind = STOP
    lane = "alarm"

    def look(self, claim: Claim) -> Look:
        """Nothing that can be read says whether a recording runs at this moment."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        """A repeat asks again: stopping what is stopped changes nothing."""
        with self.store.read() as tx:
            noticed = [n for n in Notices(tx).of_meeting(claim.subject) if n.stop is None]
        return Answered("tried", {one.sign.value: self._stop(one) for one in noticed})

    def _stop(self, noticed: Notice) -> str:
        if self.control is None:
            return NOBODY
        try:
            if noticed.sign is Sign.RECORDING:
                self.control.stop_recording(noticed.meeting)
            else:
                self.control.stop_companion(noticed.meeting)
        except NotThere:
            return OVER
        except Refused as err:
            return f"{REFUSED}: {err}"
        return ASKED

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """What came of it, for people to see."""
        for one in Notices(tx).of_meeting(claim.subject):
            said = answer.proof.get(one.sign.value)
            if said is not None and one.stop is None:
                Notices(tx).keep(replace(one, stop=said, stop_at=tx.now))
                details = {"sign": one.sign.value, "answer": said}
                Audit(tx).add("STOP_TRIED", "INCIDENT", one.incident, details=details)
