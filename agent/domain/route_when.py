"""When a route applies. Pure: the incident's own time decides, so it can be replayed."""

from dataclasses import dataclass
from datetime import datetime, time

from agent.domain.check import Severity
from agent.domain.uk_time import LONDON

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MANY = "*"  # at the end of a type: every type that begins so


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """All of an incident that a route looks at, as one place sees it."""

    type: str
    category: str
    severity: Severity
    reason: str
    establishment: str  # empty where nobody knows
    region: str
    at: datetime  # UTC: when this revision began
    shared: bool  # one cause of many iPads


@dataclass(frozen=True, slots=True)
class Hours:
    """UK time, from the first moment on and before the last; over midnight where it falls."""

    begin: time
    end: time

    def __contains__(self, now: time) -> bool:
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Each condition that is named must hold; one that is empty always does."""

    category: tuple[str, ...] = ()
    type: tuple[str, ...] = ()  # exact, or zoom.*
    establishment: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    severity: Severity = Severity.LOW  # at least
    hours: Hours | None = None
    days: tuple[str, ...] = ()  # the UK day of the moment itself, also after midnight
    shared: bool | None = None

    def why_not(self, it: Happening) -> str | None:
        """The first condition that does not hold, in words; None where the route applies."""
        return self._other_word(it) or self._other_time(it) or self._other_kind(it)

    def may_concern(self, establishment: str, region: str) -> bool:
        """Whether something of this place could match. An unknown region may be any."""
        of_place = not self.establishment or establishment in self.establishment
        return of_place and (not self.region or region in ("", *self.region))

    def words(self) -> dict[str, str]:
        """Each condition as people read it, by its key in the file."""
        keys = ("category", "type", "establishment", "region", "reason", "days")
        told = {key: " or ".join(getattr(self, key)) for key in keys}
        told["severity"] = self.severity.name if self.severity > Severity.LOW else ""
        told["hours"] = str(self.hours or "")
        told["shared"] = "" if self.shared is None else str(self.shared).lower()
        return {key: value for key, value in told.items() if value}

    def _other_word(self, it: Happening) -> str | None:
        for name in ("category", "establishment", "region", "reason"):
            wanted, found = getattr(self, name), getattr(it, name)
            if wanted and found not in wanted:
                return f"its {name} is {found or 'not known'}, not {' or '.join(wanted)}"
        if self.type and not any(_is_of(it.type, wanted) for wanted in self.type):
            return f"its type is {it.type}, not {' or '.join(self.type)}"
        return None

    def _other_time(self, it: Happening) -> str | None:
        here = it.at.astimezone(LONDON)
        day = DAYS[here.weekday()]
        if self.days and day not in self.days:
            return f"it began on {day}, not on {' or '.join(self.days)}"
        if self.hours is not None and here.time() not in self.hours:
            return f"it began at {here:%H:%M} UK time, not in {self.hours}"
        return None

    def _other_kind(self, it: Happening) -> str | None:
        if it.severity < self.severity:
            return f"its severity is {it.severity.name}, below {self.severity.name}"
        if self.shared is not None and it.shared != self.shared:
            return "it is one cause of many" if it.shared else "it is no cause of many"
        return None


def _is_of(found: str, wanted: str) -> bool:
    if wanted.endswith(MANY):
        return found.startswith(wanted.removesuffix(MANY))
    return found == wanted
