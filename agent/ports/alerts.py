"""What we need of a channel that tells people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.domain.note import Note


class Channel(Protocol):
    """Tells one recipient of one letter. Taken is not delivered, and not acknowledged."""

    def send(self, note: Note, *, to: str) -> str:
        """Hand it over; `to` is an address, a number, or empty where settings say where.

        A repeat sends it again, with the same id and the same bytes. Returns the channel's own
        answer (codes, ids), without any address. Raises TryAgain where the channel is away,
        busy, or said no for now, Refused where it said no for good, UnknownReply. All of it
        has one total deadline.
        """
        ...

    def earlier(self, note: Note, *, to: str) -> str | None:
        """What the channel says it took under this id before, for this recipient.

        None: nothing, or it cannot tell. Asked before a repeat. Raises as `send`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """All of a way but a letter was tried. `says` is a sentence."""

    says: str
    certificate: str = ""  # which one of those that may end; empty: none is known
    ends: datetime | None = None  # UTC


class Route(Channel, Protocol):
    """A channel that can be tried out."""

    def try_out(self, *, to: str) -> Tried:
        """The whole way up to the letter itself, which is not sent. Raises as `send`."""
        ...


class Mailer(Protocol):
    """Hands one rendered mail to whoever carries mail. Sent is not delivered."""

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        """Hand over one rendered message for one recipient; both addresses are the envelope's.

        A repeat sends it again, so the message keeps its Message-ID. Returns and raises as
        `Channel.send`.
        """
        ...
