"""What is personal in a call goes when its time has come. The subject is the call's id.

First it leaves the database, so that no step can stand on it any more; then its key is
destroyed, which is what ends it in the WAL and in every backup of the database. A kill between
the two leaves the obligation owed: the next attempt destroys the key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call
from agent.domain.retention import over_since
from agent.effects.base import Answered, Later, Look
from agent.errors import Superseded
from agent.store.call_erasure import ERASE, ERASED, erased, holds, strike
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger

LOOK_AGAIN = timedelta(hours=1)
NOT_OVER = "not over"


@dataclass(frozen=True, slots=True)
class EraseCall:
    """The call's key is gone, and what it sealed."""

    store: Store
    keys: CallKeys
    keep: timedelta  # from when the call was over
    holds: Callable[[Transaction, Call], tuple[str, ...]] = holds
    kind = ERASE
    lane = "routine"
    lease = timedelta(seconds=30)

    def look(self, claim: Claim) -> Look:
        """Doing it again is no harm; a call that was brought back was never struck."""
        return Look.NOTHING_THERE

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """What is due is reckoned anew: the call may have been brought back meanwhile."""
        with self.store.begin() as tx:
            if not Ledger(tx).renew(claim, self.lease):
                raise Superseded("somebody else erases this call")
            call = Calls(tx).get(claim.subject)
            if call.erased_at is None:
                waits = self._waits(tx, call)
                if waits is not None:
                    return waits
                strike(tx, call)
        self.keys.destroy(call.key)
        return Answered(ERASED)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """That nobody can read it any more."""
        if answer.result == ERASED:
            erased(tx, claim.subject)

    def _waits(self, tx: Transaction, call: Call) -> Answered | Later | None:
        since = over_since(call)
        if since is None:
            return Answered(NOT_OVER)
        if tx.now < since + self.keep:
            return Later(since + self.keep, "its time has not come")
        held = self.holds(tx, call)
        return Later(tx.now + LOOK_AGAIN, f"held: {'; '.join(held)}") if held else None
