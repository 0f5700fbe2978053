"""One letter to one inbox. At least once: a repeat has the same Message-ID and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.fallback import Fallback, passed_on
from agent.domain.mail import rendered
from agent.effects.base import Answered, Look
from agent.errors import TryAgain
from agent.ports.alerts import Mailer
from agent.store.addressees import reach
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.ledger import Claim
from agent.store.people import People

NO_INBOX_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SendMail:
    """A mail server has taken the letter."""

    store: Store
    mailer: Mailer
    sender: str
    lease: timedelta
    fallback: Fallback
    texts: bool = False  # something here sends text messages
    kind = "mail"
    lane = "alarm"

    def look(self, claim: Claim) -> Look:
        """Nobody can ask a mail server what it took."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Hand it over. The address is today's: a corrected contact is used at once."""
        with self.store.read() as tx:
            posted = Incidents(tx).posted(claim.key)
            found = reach(People(tx), posted.to, self.fallback, texts=self.texts)
        if found is None or not found.address:
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
        posted = Incidents(tx).posted(claim.key)
        went_to = answer.proof.get("went_to", "")
        elsewhere = went_to if went_to != str(posted.to) else ""
        Incidents(tx).accepted(claim.key, answer.proof.get("answer", ""), elsewhere)
        details: Mapping[str, object] = {"to": str(posted.to), **answer.proof}
        Audit(tx).add("MAIL_ACCEPTED", *posted.about, details=details)
