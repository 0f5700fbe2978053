"""The way of the letters, proven once a night. The subject is the night, a UK date.

The test mail is sent as every letter is; where a mailbox is configured it is read back from
there, else the server's answer has to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.domain.mail import Letter
from agent.domain.trial_mail import ROUTE as OURS
from agent.domain.trial_mail import route_letter
from agent.effects.base import Answered, Later, Look
from agent.errors import TryAgain
from agent.ports.mailbox import Mailbox
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger

ROUTE, READ_BACK = "mail.route", "mail.read-back"
FIRST, AGAIN = timedelta(seconds=5), timedelta(seconds=30)
NOT_SET_UP = "no mailbox for the test mail is configured any more"


@dataclass(frozen=True, slots=True)
class SendTrial:
    """The test mail of the night was taken. `post`: letter, address, date -> the answer."""

    store: Store
    post: Callable[[Letter, str, datetime], str]
    to: str  # empty: none is configured
    reads: bool  # a mailbox is configured
    lease: timedelta
    kind = ROUTE
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """Nobody can ask a mail server what it took; twice does no harm."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        if not self.to:
            return Answered(NOT_SET_UP)
        letter = route_letter(date.fromisoformat(claim.subject))
        return Answered("accepted", {"answer": self.post(letter, self.to, now)})

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Reading it back is owed now."""
        if answer.result == NOT_SET_UP:
            return
        details: dict[str, object] = dict(answer.proof)
        Audit(tx).add("MAIL_ROUTE_TRIED", "MAIL", claim.subject, details=details)
        if self.reads:
            Ledger(tx).owe(READ_BACK, claim.subject, tx.now + FIRST)


@dataclass(frozen=True, slots=True)
class ReadTrialBack:
    """The test mail of the night came. A night whose mail never does is late."""

    store: Store
    mailbox: Mailbox | None
    lease: timedelta
    kind = READ_BACK
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """It only reads; what it deletes is of earlier nights."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        if self.mailbox is None:
            return Answered(NOT_SET_UP)
        letter = route_letter(date.fromisoformat(claim.subject))
        if self.mailbox.holds(letter.message_id, OURS):
            return Answered("read back")
        raise TryAgain("the test mail has not come yet", after=AGAIN)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        Audit(tx).add(
            "MAIL_ROUTE_PROVEN", "MAIL", claim.subject, details={"how": answer.result}
        )
