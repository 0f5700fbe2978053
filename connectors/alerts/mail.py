"""Letters as mails, whoever carries them."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.domain.mail import Letter, rendered
from agent.domain.note import Note
from agent.ports.alerts import Mailer, Tried


@dataclass(frozen=True, slots=True)
class MailChannel:
    """The port `Channel`. Nobody can ask a mail server what it took."""

    mailer: Mailer
    sender: str

    def send(self, note: Note, *, to: str) -> str:
        message = rendered(
            Letter(note.message_id, note.subject, note.body), self.sender, to, note.written_at
        )
        return self.mailer.send(message, sender=self.sender, to=to)

    def earlier(self, note: Note, *, to: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class MailRoute(MailChannel):
    """The port `Route`. `trial` is given `sender` and `to`."""

    trial: Callable[..., Tried]

    def try_out(self, *, to: str) -> Tried:
        return self.trial(sender=self.sender, to=to)
