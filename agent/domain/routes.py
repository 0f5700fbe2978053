"""Who is told. Every matching route is followed, and nobody is told twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.domain.incident import Incident
from agent.domain.problems import Problem
from agent.domain.route_when import Happening, When

PLACES = {
    "local-security": ("establishment", "security"),
    "spoc": ("establishment", "spoc"),
    "governor": ("establishment", "governor"),
    "deputy": ("establishment", "deputy"),
    "duty-phone": ("establishment", "duty-phone"),
    "regional-silver": ("region", "regional-silver"),
    "regional-deputy": ("region", "deputy"),
    "regional-phone": ("region", "duty-phone"),
    "infosec": ("national", "infosec"),
    "infosec-deputy": ("national", "deputy"),
    "infosec-phone": ("national", "duty-phone"),
    "provider-management": ("national", "provider-management"),
    "chat": ("national", "chat"),
    "siem": ("national", "siem"),
}
"""What a route may tell -> the scope and the role of the inbox."""

PHONE = "duty-phone"  # the role whose address is a telephone number
COPIES = frozenset({"chat", "siem"})  # no people: contacts.csv knows nothing of them
OF_ITS_OWN = frozenset({"provider-management"})  # an establishment may have another one (Q10)
REGION_OF = "region of"
"""The scope of an inbox of the region that an establishment turns out to be in."""

_NAMES = {where: name for name, where in PLACES.items()}
_NAMES |= {
    (REGION_OF, role): name for (scope, role), name in _NAMES.items() if scope == "region"
}


@dataclass(frozen=True, slots=True)
class Revision:
    """What of an incident's revision the routes look at."""

    at: datetime  # UTC: when it began
    shared: bool = False  # one cause of many iPads


def revision_of(incident: Incident) -> Revision:
    """Its last one."""
    return Revision(incident.changed_at, incident.subject.startswith("platform/"))


@dataclass(frozen=True, slots=True)
class Route:
    """A [[route]] of routes.toml. `origin` is the file that it comes from."""

    name: str
    when: When
    tell: tuple[str, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """One inbox by what it is for: its address is looked up when the mail is sent."""

    scope: str
    code: str  # of the establishment or the region; empty for the country
    role: str

    @property
    def name(self) -> str:
        """As routes.toml has it."""
        return _NAMES.get((self.scope, self.role), self.role)

    def __str__(self) -> str:
        """Unlike that of any other inbox: a deputy is of one scope, and says of which."""
        word = self.name if self.role in ("deputy", PHONE) else self.role
        return f"{word}.{self.code}" if self.code else word


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One establishment, as far as it matters for who is told. Empty: nobody knows where."""

    code: str = ""
    region: str = ""
    own: frozenset[str] = frozenset()  # roles for which it has an inbox of its own

    def inbox(self, scope: str, role: str) -> Recipient | None:
        """The inbox of a role as this place sees it."""
        if scope == "national":
            if role in self.own & OF_ITS_OWN:
                return Recipient("establishment", self.code, role)
            return Recipient("national", "", role)
        if scope == "region" and self.code and not self.region:
            return Recipient(REGION_OF, self.code, role)
        code = {"establishment": self.code, "region": self.region}[scope]
        return Recipient(scope, code, role) if code else None


def happening(problem: Problem, place: Place, revision: Revision) -> Happening:
    """What the routes look at."""
    return Happening(
        type=problem.type,
        category=problem.category.value,
        severity=problem.severity,
        reason=problem.reason,
        establishment=place.code,
        region=place.region,
        at=revision.at,
        shared=revision.shared,
    )


def recipients(
    problem: Problem, place: Place, routes: Iterable[Route], revision: Revision
) -> tuple[Recipient, ...]:
    """Everybody that the routes name for this problem at this place, each once (Q10)."""
    it = happening(problem, place, revision)
    told = {
        place.inbox(*PLACES[name])
        for route in routes
        if route.when.why_not(it) is None
        for name in route.tell
    }
    return tuple(sorted(inbox for inbox in told if inbox is not None))
