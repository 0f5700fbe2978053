"""What we need of a mailbox that our own test mail comes into."""

from typing import Protocol


class Mailbox(Protocol):
    """One mailbox that nobody reads but we."""

    def holds(self, message_id: str, others: str) -> bool:
        """Whether the mail with this Message-ID is there.

        If it is, each other one whose Message-ID has `others` in it is deleted: it stays
        itself, so that a repeat finds it again. Raises TryAgain or Refused, whose words hold
        no address.
        """
        ...
