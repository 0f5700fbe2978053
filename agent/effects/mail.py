"""One letter to one inbox. At least once: a repeat has the same Message-ID and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.fallback import Fallback, passed_on
from agent.domain.mail import rendered
from agent.domain.quiet import NoiseRules
from agent.effects.base import Answered, Later, Look
from agent.errors import TryAgain
from agent.ports.alerts import Mailer
from agent.store.addressees import reach
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.ledger import Claim
from agent.store.people import People
from agent.store.quiets import Quiets

NO_INBOX_PAUSE = timedelta(minutes=10)
NOT_NEEDED = "over before it could be told"


@dataclass(frozen=True, slots=True)
class SendMail:
    """A mail server has taken the letter."""

    store: Store
    mailer: Mailer
    sender: str
    lease: timedelta
    fallback: Fallback
    noise: NoiseRules | None = None  # None: nothing is ever held
    kind = "mail"
    lane = "alarm"

    def look(self, claim: Claim) -> Look:
        """Nobody can ask a mail server what it took."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Hand it over. The address is today's: a corrected contact is used at once."""
        waits = self._held(claim)
        if waits is not None:
            return waits
        with self.store.read() as tx:
            posted = Incidents(tx).posted(claim.key)
            found = reach(People(tx), posted.to, self.fallback)
        if found is None:
            raise TryAgain(
                f"nobody has told us the address of {posted.to}, nor of who stands in",
                after=NO_INBOX_PAUSE,
                hint="Add it to contacts.csv and run: callsteward contacts import",
            )
        what = posted.letter
        if found.because:
            what = passed_on(what, posted.to, found.because)
        message = rendered(what, self.sender, found.address, posted.written_at)
        answer = self.mailer.send(message, sender=self.sender, to=found.address)
        return Answered("accepted", {"answer": answer, "went_to": str(found.to)})

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """That it was accepted, what the server said, and whose inbox it really went to."""
        if answer.result == NOT_NEEDED:
            posted = Incidents(tx).posted(claim.key)
            Audit(tx).add("MAIL_NOT_NEEDED", *posted.about)
            return
        posted = Incidents(tx).posted(claim.key)
        went_to = answer.proof.get("went_to", "")
        elsewhere = went_to if went_to != str(posted.to) else ""
        Incidents(tx).accepted(claim.key, answer.proof.get("answer", ""), elsewhere)
        details: Mapping[str, object] = {"to": str(posted.to), **answer.proof}
        Audit(tx).add("MAIL_ACCEPTED", *posted.about, details=details)

    def _held(self, claim: Claim) -> Answered | Later | None:
        """Maintenance, a silence or another incident may hold it, never for good."""
        if self.noise is None:
            return None
        with self.store.read() as tx:
            kind, about = Incidents(tx).posted(claim.key).about
            if kind != "INCIDENT":
                return None
            incident = Incidents(tx).get(about)
            standing = Incidents(tx).open_for(incident.type, incident.subject)
            if standing is None or standing.id != incident.id:
                return Answered(NOT_NEEDED) if Quiets(tx).was_held(claim.key) else None
            found = Quiets(tx).holding(incident, self.noise)
        if found is None:
            return None
        with self.store.begin() as tx:
            Quiets(tx).note(claim.key, found.by)
        return Later(found.until, found.why, due=found.until)
