"""The morning's digests. The subject is their day, a UK date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.domain.clock import ClockRules
from agent.effects.base import Answered, Look
from agent.store.audit import Audit
from agent.store.digests import DIGEST, Digests
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.letters import Letters


@dataclass(frozen=True, slots=True)
class WriteDigests:
    """Each is a letter that is owed: to SPOCs, to Infosec, and weekly to the regions."""

    store: Store
    rules: ClockRules
    kind = DIGEST
    lane = "routine"
    lease = timedelta(seconds=30)

    def look(self, claim: Claim) -> Look:
        """They are written in one transaction with the end of this."""
        return Look.NOTHING_THERE

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Nothing is asked outside."""
        return Answered("written")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """All letters of the morning, as things stand now."""
        day = date.fromisoformat(claim.subject)
        told = [*Digests(tx).of_places(day), Digests(tx).of_the_country(day)]
        if day.weekday() == self.rules.regional_on:
            told += Digests(tx).of_regions(day)
        for to, letter in told:
            Letters(tx).owe(f"DIGEST-{day.isoformat()}", to, letter)
        audit = Audit(tx)
        audit.add("DIGESTS_WRITTEN", "DIGEST", claim.subject, details={"letters": len(told)})
