"""What a channel is given to tell one recipient. The same letter always makes the same note."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One letter without any address, as it was written; times are UTC.

    `message_id` is what no other letter has: a repeat is known as one by it.
    """

    message_id: str  # in angle brackets
    subject: str  # incident, severity and, where they are known, establishment and tag
    body: str
    written_at: datetime
    incident: str
    revision: int
    type: str
    category: str
    to: str  # the role and its place: duty-phone.MDI
    opened_at: datetime

    @property
    def severity(self) -> str:
        """As it was when the letter was written; it may have grown since."""
        return self._word(1)

    @property
    def establishment(self) -> str:
        """Its code; empty where the incident is of none."""
        return self._word(2)

    @property
    def tag(self) -> str:
        """The iPad's asset tag; empty where the incident is of none."""
        return self._word(3)

    def _word(self, place: int) -> str:
        return (self.subject.split(" ") + [""] * 4)[place]
