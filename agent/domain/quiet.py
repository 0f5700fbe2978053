"""When nobody is told for a while, and why (DESIGN 9).

A silence is one person's, and never holds security or loss. Maintenance is declared by one
person and confirmed by another: what it brings about is expected, whatever it is. Both end by
themselves. What they hold is an open incident all the while, and is told afterwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from agent.domain.check import Category
from agent.domain.incident import Incident

GRAVE = (Category.SECURITY, Category.LOSS)
LOOK_AGAIN = timedelta(minutes=15)  # whether what holds a letter is over


class Kind(Enum):
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


PREFIX = {Kind.SILENCE: "SIL", Kind.MAINTENANCE: "MNT"}


@dataclass(frozen=True, slots=True)
class NoiseRules:
    """noise.toml, read."""

    longest_silence: timedelta
    longest_maintenance: timedelta
    confirms: frozenset[str]  # roles that may confirm maintenance
    inhibits: Mapping[str, frozenset[str]]  # type of an open incident -> types that it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """One of them. Times are UTC. An empty type, subject or establishment means any."""

    id: str
    kind: Kind
    type: str
    subject: str
    establishment: str
    since: datetime
    until: datetime
    owner: str  # a staff id
    reason: str
    confirmed_by: str | None = None
    ended_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        confirmed = self.kind is Kind.SILENCE or self.confirmed_by is not None
        return confirmed and self.ended_at is None and self.since <= now < self.until

    def holds(self, incident: Incident, now: datetime) -> bool:
        """Whether what this incident's letters say is expected, or silenced."""
        if self.kind is Kind.SILENCE and incident.category in GRAVE:
            return False
        asked = (self.type, self.subject, self.establishment)
        told = (incident.type, incident.subject, incident.establishment)
        return self.in_force(now) and all(
            not wanted or wanted == found for wanted, found in zip(asked, told, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A letter waits."""

    until: datetime  # UTC: looked at again then
    by: str  # the id of what holds it
    why: str


def quiet_id(kind: Kind, year: int, number: int) -> str:
    """Counted through the year: SIL-2026-0007, MNT-2026-0001."""
    return f"{PREFIX[kind]}-{year}-{number:04}"


def held(
    incident: Incident,
    now: datetime,
    quiets: Iterable[Quiet],
    open_beside: Iterable[Incident],
    rules: NoiseRules,
) -> Held | None:
    """What holds the letters of this incident now; of several, what lasts longest.

    `open_beside`: the open incidents of the same subject; one that is over holds nothing.
    """
    asleep = [one for one in quiets if one.holds(incident, now)]
    if asleep:
        last = max(asleep, key=lambda one: (one.until, one.id))
        return Held(last.until, last.id, f"held by {last.id}")
    if incident.category in GRAVE:
        return None
    for other in open_beside:
        if other.cleared_at is None and incident.type in rules.inhibits.get(other.type, ()):
            return Held(now + LOOK_AGAIN, other.id, f"held while {other.id} is open")
    return None
