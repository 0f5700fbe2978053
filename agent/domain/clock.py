"""How soon somebody must acknowledge an incident, and who hears when nobody did (W1, W2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from textwrap import fill

from agent.domain.check import Category, Severity
from agent.domain.incident import Incident
from agent.domain.mail import WIDTH, Letter, message_id
from agent.domain.routes import PLACES, Place, Recipient

CLOCK = "incident.clock"
"""The kind of obligation that runs it."""
FIRST_LOOK = timedelta(minutes=5)
"""No step comes sooner after an incident, so nobody looks at its clock before."""
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told after this time. `shared`: where it is of no one place."""

    after: timedelta
    tell: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """A [[clock]] of clock.toml. The last step comes again each `repeat`; None: it does not."""

    categories: frozenset[Category]
    severity: Severity
    steps: tuple[Step, ...]
    repeat: timedelta | None

    def comes(self, number: int) -> timedelta | None:
        """How long after the revision the step of this number (from 1) comes; None: never."""
        if number <= len(self.steps):
            return self.steps[number - 1].after
        if self.repeat is None:
            return None
        return self.steps[-1].after + (number - len(self.steps)) * self.repeat

    def came(self, passed: timedelta) -> int:
        """How many steps have come."""
        number = 0
        while (after := self.comes(number + 1)) is not None and after <= passed:
            number += 1
        return number

    def step(self, number: int) -> Step:
        return self.steps[min(number, len(self.steps)) - 1]


@dataclass(frozen=True, slots=True)
class ClockRules:
    """clock.toml, read."""

    clocks: tuple[Clock, ...]
    task_again: timedelta
    digest_at: time  # UK time
    regional_on: int  # 0: Monday


def clock_of(incident: Incident, clocks: Iterable[Clock]) -> Clock | None:
    """The first one for it."""
    for one in clocks:
        if incident.category in one.categories and incident.severity >= one.severity:
            return one
    return None


def told_at(step: Step, incident: Incident, place: Place) -> tuple[Recipient, ...]:
    """Whom this step tells. What is of no one place is told once, for the country."""
    names = step.tell if incident.establishment else step.shared
    found = {place.inbox(*PLACES[name]) for name in names}
    return tuple(sorted(one for one in found if one is not None))


def reminder(
    first: Letter, incident: Incident, to: Recipient, passed: timedelta, number: int
) -> Letter:
    """The letter of this revision again, for one who has not heard of it yet."""
    minutes = int(passed.total_seconds() // 60)
    since = f"{minutes} minutes" if passed < 2 * AN_HOUR else f"{minutes // 60} hours"
    says = f"NOBODY HAS ACKNOWLEDGED this incident for {since}. Please see to it now."
    over = " The hour within which it must be reported is over." if passed >= AN_HOUR else ""
    return replace(
        first,
        message_id=message_id(incident, to, occasion(number)),
        body=f"{fill(says + over, WIDTH)}\n\n{first.body}",
    )


def occasion(number: int) -> str:
    """What a letter of this step is known by."""
    return f"clock-{number}"


def next_look(clock: Clock, since: datetime, number: int) -> datetime | None:
    """When the step after this one comes (UTC); None: there is none."""
    after = clock.comes(number + 1)
    return None if after is None else since + after
