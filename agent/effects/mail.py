"""One letter to one recipient. At least once: a repeat has the same Message-ID and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.channels import channel_of
from agent.domain.fallback import Fallback, Reached, passed_on
from agent.domain.note import Note
from agent.domain.quiet import NoiseRules
from agent.effects.base import Answered, Later, Look
from agent.errors import TryAgain
from agent.ports.alerts import Channel
from agent.store.addressees import reach
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents, Posted
from agent.store.ledger import Claim
from agent.store.people import People
from agent.store.quiets import Quiets

NO_INBOX_PAUSE = timedelta(minutes=10)
NOT_NEEDED = "over before it could be told"


@dataclass(frozen=True, slots=True)
class SendMail:
    """A channel has taken the letter. `channels` by the names of domain/channels.py."""

    store: Store
    channels: Mapping[str, Channel]
    lease: timedelta
    fallback: Fallback
    texts: bool = False  # something here sends text messages
    noise: NoiseRules | None = None  # None: nothing is ever held
    kind = "mail"
    lane = "alarm"

    def look(self, claim: Claim) -> Answered | Look:
        """Nobody can ask a mail server what it took; some channels can tell."""
        posted, found = self._read(claim)
        if found is None:
            return Look.CANNOT_TELL
        way = channel_of(found.to, found.address)
        seen = self.channels[way].earlier(_note(posted, found), to=found.address)
        return Look.CANNOT_TELL if seen is None else _accepted(way, seen, found)

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Hand it over. The address is today's: a corrected contact is used at once."""
        waits = self._held(claim)
        if waits is not None:
            return waits
        posted, found = self._read(claim)
        if found is None:
            raise TryAgain(
                f"nobody has told us the address of {posted.to}, nor of who stands in",
                after=NO_INBOX_PAUSE,
                hint="Add it to contacts.csv and run: callsteward contacts import",
            )
        way = channel_of(found.to, found.address)
        answer = self.channels[way].send(_note(posted, found), to=found.address)
        return _accepted(way, answer, found)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """That it was accepted, what the channel said, and to whom it really went."""
        posted = Incidents(tx).posted(claim.key)
        if answer.result == NOT_NEEDED:
            Audit(tx).add("MAIL_NOT_NEEDED", *posted.about)
            return
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

    def _read(self, claim: Claim) -> tuple[Posted, Reached | None]:
        with self.store.read() as tx:
            posted = Incidents(tx).posted(claim.key)
            return posted, reach(People(tx), posted.to, self.fallback, texts=self.texts)


def _accepted(way: str, answer: str, found: Reached) -> Answered:
    proof = {"answer": answer, "channel": way, "went_to": str(found.to)}
    return Answered("accepted", proof)


def _note(posted: Posted, found: Reached) -> Note:
    """What the channel is given; in another inbox it says whose it is."""
    what = posted.letter
    if found.because:
        what = passed_on(what, posted.to, found.because)
    return Note(
        message_id=what.message_id,
        subject=what.subject,
        body=what.body,
        written_at=posted.written_at,
        incident=posted.about[1],
        revision=posted.revision,
        type=posted.type,
        category=posted.category,
        to=str(posted.to),
        opened_at=posted.opened_at,
    )
