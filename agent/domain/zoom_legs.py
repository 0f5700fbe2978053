"""The legs of a call as Zoom has them: each is one holding of a meeting.

What was seen live and what an event told go into the same leg. They may come late and out of
order, so nothing depends on which came first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from agent.domain.zoom import LiveMeeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Times are UTC. What Zoom tells afterwards is None until it was read."""

    call: str
    leg: int  # counted through the call
    uuid: str  # of this one holding; empty where Zoom did not tell it
    number: str  # of the meeting; empty likewise
    host: str  # Zoom's id of the user
    first_seen: datetime
    last_seen: datetime
    ended_at: datetime | None = None
    began: datetime | None = None
    finished: datetime | None = None
    people: int | None = None
    outside: int | None = None  # of them, not of our account
    told_at: datetime | None = None  # when all this was read

    @property
    def running(self) -> bool:
        """As far as we know."""
        return self.ended_at is None

    def is_of(self, meeting: LiveMeeting) -> bool:
        """Whether this is that holding. A number alone names the one that runs."""
        if self.uuid and meeting.uuid:
            return self.uuid == meeting.uuid
        return bool(self.number) and self.number == meeting.id and self.running

    def seen(self, meeting: LiveMeeting, host: str, at: datetime) -> "Leg":
        """Live at this time. Seen after its end, it runs still."""
        over = self.ended_at if self.ended_at and at <= self.ended_at else None
        return replace(
            self,
            uuid=self.uuid or meeting.uuid,
            number=self.number or meeting.id,
            host=self.host or host,
            first_seen=min(self.first_seen, at),
            last_seen=max(self.last_seen, at),
            ended_at=over,
        )

    def over(self, at: datetime) -> "Leg":
        """It ended by this time, unless it was seen live since."""
        if self.last_seen > at or (self.ended_at and self.ended_at <= at):
            return self
        return replace(self, ended_at=at)


def last_end(legs: Iterable[Leg]) -> datetime | None:
    """When the last leg ended. None: none was seen, or one runs still."""
    ends = [leg.ended_at for leg in legs]
    return max((end for end in ends if end), default=None) if None not in ends else None
