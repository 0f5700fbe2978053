"""One night's renewal of one device user's consent. The subject is the iPad's asset tag.

A renewal whose answer was lost may have spent the old token, which Zoom takes for some minutes
still: so it is tried again soon, whatever our vault says. A renewal owes the next one. What
lapsed is written down and not tried again; it is owed again once the user consents anew, or
once a sweep finds that Zoom takes it after all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.facts import Unknown, gap_of
from agent.effects.base import Answered, Look
from agent.errors import TryAgain
from agent.ports.zoom import Contacts
from agent.store.consents import RENEWAL, Consent, Consents
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim

FRESH = timedelta(hours=20)  # renewed since then: by the sweep
AT_ONCE = 7  # attempts, with two minutes of pauses in all
PAUSE = timedelta(hours=1)  # a consent lives for months, so nothing is lost by waiting then

RENEWED, LAPSED, MISSING = "renewed", "consent-lapsed", "consent-missing"


@dataclass(frozen=True, slots=True)
class RefreshConsent:
    """Zoom has given a new token for this consent, or has said that it will not."""

    store: Store
    zoom: Contacts
    lease: timedelta
    kind = RENEWAL
    lane = "routine"

    def look(self, claim: Claim) -> Answered | Look:
        """Our own vault tells whether it was renewed, unless an attempt was cut off since."""
        if claim.failures:
            return Look.CANNOT_TELL
        with self.store.read() as tx:
            found = _consent(tx, claim)
            fresh = found is not None and found.renewed_at > tx.now - FRESH
        return Answered(RENEWED) if fresh else Look.NOTHING_THERE

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Use it once: that renews its tokens, and proves that Zoom takes the new one."""
        with self.store.read() as tx:
            found = _consent(tx, claim)
        if found is None:
            return Answered(MISSING)
        match gap_of(self.zoom.contacts(found.account)):
            case Unknown(reason) if reason in (LAPSED, MISSING):
                return Answered(reason)
            case Unknown(_, why):
                raise TryAgain(why, after=None if claim.failures < AT_ONCE else PAUSE)
        return Answered(RENEWED)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """The next night's, or that it lapsed."""
        found = _consent(tx, claim)
        if found is None:
            return
        if answer.result == RENEWED:
            Consents(tx).owe_renewal(found.account)
        elif answer.result == LAPSED:
            Consents(tx).lapse(found.account)


def _consent(tx: Transaction, claim: Claim) -> Consent | None:
    """Of the account that the register gives to this iPad now."""
    account = Consents(tx).account_of(claim.subject)
    return None if account is None else Consents(tx).get(account)
