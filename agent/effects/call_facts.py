"""What Zoom tells of each leg of a call that is over. Zoom may tell it late, or never."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call_facts import ask_again, names, with_facts
from agent.domain.facts import Known, Seen, Unknown
from agent.domain.zoom_legs import Leg
from agent.domain.zoom_windows import Participant, PastMeeting
from agent.effects.base import Answered, Later, Look
from agent.ports.zoom_windows import CallFacts
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.legs import FACTS, Legs, about_leg

TOLD, NEVER, NO_ZOOM = "told", "Zoom did not tell of every leg", "Zoom is not configured"
NOT_YET = "Zoom does not tell of it yet"


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """Every leg has Zoom's own times, or was asked for long enough."""

    store: Store
    facts: CallFacts | None
    keys: CallKeys
    lease: timedelta
    kind = FACTS
    lane = "watch"

    def look(self, claim: Claim) -> Look:
        """What was read is kept by itself, so it goes on where it was."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Each leg that was not told of yet."""
        if self.facts is None:
            return Answered(NO_ZOOM)
        with self.store.read() as tx:
            legs = [leg for leg in Legs(tx).of(claim.subject) if leg.told_at is None]
        waits = {leg: why for leg in legs if (why := self._read(self.facts, leg)) is not None}
        again = [ask_again(leg.ended_at or leg.last_seen, now) for leg in waits if leg.uuid]
        soonest = min((at for at in again if at is not None), default=None)
        if soonest is not None:
            return Later(soonest, "; ".join(dict.fromkeys(waits.values())))
        return Answered(NEVER if waits else TOLD, {"legs": str(len(legs) - len(waits))})

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Nothing: what was read is kept already."""

    def _read(self, facts: CallFacts, leg: Leg) -> str | None:
        """Why it is not told; None: it is, and kept."""
        if not leg.uuid:
            return "Zoom named no holding"
        match facts.past(leg.uuid):
            case Unknown(_, why):
                return why
            case Known(PastMeeting() as past, _, at):
                people = facts.participants(leg.uuid)
                if isinstance(people, Unknown):
                    return people.why
                self._keep(with_facts(leg, past, people.value, at), people.value)
                return None
        return NOT_YET

    def _keep(self, leg: Leg, people: Seen[Participant]) -> None:
        """The names under the call's own key, unless that was destroyed."""
        with self.store.begin() as tx:
            call = Calls(tx).get(leg.call)
            sealed = None
            if call.erased_at is None and people.rows:
                text = json.dumps(names(people), ensure_ascii=False)
                sealed = self.keys.of(call.key).seal(text, about_leg(leg.call, leg.leg))
            Legs(tx).keep(leg, sealed)
