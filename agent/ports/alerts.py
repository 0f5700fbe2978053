"""What we need of a channel that tells people."""

from typing import Protocol


class Mailer(Protocol):
    """Hands one mail to a mail server. Sent is not delivered, and not acknowledged."""

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        """Hand over one rendered message for one recipient; both addresses are the envelope's.

        A repeat sends it again, so the message keeps its Message-ID. Returns the server's
        answer (code and queue id), without any address. Raises TryAgain where the server
        is away, busy, or said no for now, Refused where it said no for good, UnknownReply.
        """
        ...
