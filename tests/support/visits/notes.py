"""What an observer writes down of calls while they are made. Times are aware UTC."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Said:
    """One statement that was taken: it must be there for ever."""

    call: str
    number: int
    step: str


@dataclass(slots=True)
class Live:
    """A meeting that ran in Zoom from `began` to `over`, and surely in between.

    `racing`: what somebody held when it began. What that attempt had read before was true.
    """

    device: str
    began: datetime
    racing: frozenset[str]
    over: datetime | None = None


@dataclass(slots=True)
class Outage:
    """Zoom answered some calls with errors."""

    began: datetime
    over: datetime | None = None


@dataclass(frozen=True, slots=True)
class Death:
    """One kill of the agent. `held`: the end of the lease of what it may have been at."""

    at: datetime
    held: Mapping[str, datetime]


@dataclass(slots=True)
class Notes:
    said: list[Said] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)  # invitations wanted, by address
    addresses: dict[str, str] = field(default_factory=dict)  # by window
    due: dict[str, datetime] = field(default_factory=dict)  # by window: when it must close
    unstated: set[str] = field(default_factory=set)  # windows that nobody ended
    lives: list[Live] = field(default_factory=list)
    removed: dict[str, datetime] = field(default_factory=dict)  # by iPad and address
    outages: list[Outage] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    downs: list[float] = field(default_factory=list)  # seconds from a kill until it serves
    strangers: list[str] = field(default_factory=list)  # meetings of others
    calm: set[str] = field(default_factory=set)  # calls that were made before the first kill

    def served_again(self) -> Iterator[datetime]:
        """When the agent was there again, after each kill."""
        for death, seconds in zip(self.deaths, self.downs, strict=False):
            yield death.at + timedelta(seconds=seconds)
