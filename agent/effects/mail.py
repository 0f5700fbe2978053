"""One letter to one recipient. At least once: a repeat has the same Message-ID and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.channels import WITHOUT_ADDRESS, channel_of
from agent.domain.note import Note
from agent.domain.routes import REGION_OF, Recipient
from agent.effects.base import Answered, Look
from agent.errors import TryAgain
from agent.ports.alerts import Channel
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents, Posted
from agent.store.ledger import Claim
from agent.store.people import People

NO_INBOX_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SendMail:
    """A channel has taken the letter. `channels` by the names of domain/channels.py."""

    store: Store
    channels: Mapping[str, Channel]
    lease: timedelta
    kind = "mail"
    lane = "alarm"

    def look(self, claim: Claim) -> Answered | Look:
        """Nobody can ask a mail server what it took; some channels can tell."""
        posted, address = self._read(claim)
        way = channel_of(posted.to, address)
        seen = self.channels[way].earlier(_note(posted), to=address)
        return Look.CANNOT_TELL if seen is None else _accepted(way, seen)

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Hand it over. The address is today's: a corrected contact is used at once."""
        posted, address = self._read(claim)
        if not address and posted.to.role not in WITHOUT_ADDRESS:
            raise TryAgain(
                f"nobody has told us the address of {posted.to}",
                after=NO_INBOX_PAUSE,
                hint="Add it to contacts.csv and run: callsteward contacts import",
            )
        way = channel_of(posted.to, address)
        return _accepted(way, self.channels[way].send(_note(posted), to=address))

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """That it was accepted, and what the channel said."""
        Incidents(tx).accepted(claim.key, answer.proof.get("answer", ""))
        posted = Incidents(tx).posted(claim.key)
        details: Mapping[str, object] = {"to": str(posted.to), **answer.proof}
        Audit(tx).add("MAIL_ACCEPTED", "INCIDENT", posted.incident, details=details)

    def _read(self, claim: Claim) -> tuple[Posted, str]:
        with self.store.read() as tx:
            posted = Incidents(tx).posted(claim.key)
            return posted, _address(People(tx), posted.to) or ""


def _accepted(way: str, answer: str) -> Answered:
    return Answered("accepted", {"answer": answer, "channel": way})


def _note(posted: Posted) -> Note:
    return Note(
        message_id=posted.letter.message_id,
        subject=posted.letter.subject,
        body=posted.letter.body,
        written_at=posted.written_at,
        incident=posted.incident,
        revision=posted.revision,
        type=posted.type,
        category=posted.category,
        to=str(posted.to),
        opened_at=posted.opened_at,
    )


def _address(people: People, to: Recipient) -> str | None:
    if to.scope != REGION_OF:
        return people.address(to.scope, to.code, to.role)
    region = people.region_of(to.code)
    return None if region is None else people.address("region", region, to.role)
