"""Nobody has acknowledged it: the deputy, the duty phone, and whoever else the scheme names.

The subject is an incident and its revision. It ends when a named person acknowledges; reading a
letter, or opening what is in it, acknowledges nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.clock import (
    CLOCK,
    Clock,
    ClockRules,
    clock_of,
    next_look,
    occasion,
    reminder,
    told_at,
)
from agent.domain.incident import Incident, State
from agent.effects.base import Answered, Later, Look
from agent.errors import Superseded
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.escalations import first_letter, place_of
from agent.store.incidents import Incidents
from agent.store.ledger import Claim, Ledger

ANSWERED, NO_CLOCK, TOLD = "acknowledged", "no clock for it", "told for the last time"


@dataclass(frozen=True, slots=True)
class RunClock:
    """Somebody has acknowledged this revision, or everybody was told that nobody has."""

    store: Store
    rules: ClockRules
    kind = CLOCK
    lane = "alarm"
    lease = timedelta(seconds=10)

    def look(self, claim: Claim) -> Look:
        """What was told is in our own memory, and is told once."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """The steps that have come are told; of several that were missed, the last."""
        about, revision = claim.subject.rsplit("/", 1)
        with self.store.read() as tx:
            incident = Incidents(tx).get(about)
        if incident.state is not State.OPEN or incident.revision != int(revision):
            return Answered(ANSWERED)
        clock = clock_of(incident, self.rules.clocks)
        if clock is None:
            return Answered(NO_CLOCK)
        number = clock.came(now - incident.changed_at)
        if number:
            self._tell(claim, incident, clock, number)
        at = next_look(clock, incident.changed_at, number)
        if at is None:
            return Answered(TOLD)
        return Later(at, "nobody has acknowledged it yet", due=at)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Each step was recorded as it was told."""

    def _tell(self, claim: Claim, incident: Incident, clock: Clock, number: int) -> None:
        with self.store.begin() as tx:
            if not Ledger(tx).renew(claim, self.lease):
                raise Superseded("somebody else runs this clock")
            first = first_letter(tx, incident)
            if first is None or Incidents(tx).get(incident.id).state is not State.OPEN:
                return
            told = []
            for to in told_at(clock.step(number), incident, place_of(tx, incident)):
                what = reminder(first, incident, to, tx.now - incident.changed_at, number)
                if Incidents(tx).tell(incident, to, what, occasion(number), again=True):
                    told.append(to)
            if told:
                details = {"step": number, "to": [str(to) for to in told]}
                Audit(tx).add("INCIDENT_ESCALATED", "INCIDENT", incident.id, details=details)
