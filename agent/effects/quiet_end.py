"""A silence or maintenance is over. The subject is its id.

What it held is looked at again at once, by the letters' own obligations.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.quiet import Kind
from agent.domain.quiet_types import MAINTENANCE_DECLARED
from agent.effects.base import Answered, Later, Look
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim
from agent.store.quiets import END, Quiets
from agent.store.telling import over


@dataclass(frozen=True, slots=True)
class EndQuiet:
    """It holds nothing any more, and maintenance is no longer told of as running."""

    store: Store
    kind = END
    lane = "routine"
    lease = timedelta(seconds=10)

    def look(self, claim: Claim) -> Look:
        """Nothing is done outside."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        with self.store.read() as tx:
            found = Quiets(tx).get(claim.subject)
        if found is None or found.ended_at is not None or found.until <= now:
            return Answered("over")
        return Later(found.until, "it lasts until then", due=found.until)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Said in the audit where it ended by itself."""
        found = Quiets(tx).get(claim.subject)
        if found is None:
            return
        Quiets(tx).release(found.id)
        if found.ended_at is None:
            Audit(tx).add(f"{found.kind.name}_ENDED", "QUIET", found.id)
        if found.kind is Kind.MAINTENANCE:
            over(tx, MAINTENANCE_DECLARED, found.id)
