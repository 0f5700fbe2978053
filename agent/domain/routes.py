"""Who is told. Every matching route is followed."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem

PLACES = {
    "local-security": ("establishment", "security"),
    "spoc": ("establishment", "spoc"),
    "governor": ("establishment", "governor"),
    "regional-silver": ("region", "regional-silver"),
    "infosec": ("national", "infosec"),
    "provider-management": ("national", "provider-management"),
    "chat": ("national", "chat"),
    "siem": ("national", "siem"),
}
"""What a route may tell -> the scope and the role of the inbox."""


REGION_OF = "region of"
"""The scope of an inbox of the region that an establishment turns out to be in."""


@dataclass(frozen=True, slots=True)
class Route:
    """A line of routes.toml."""

    name: str
    category: Category
    severity: Severity
    tell: tuple[str, ...]

    def matches(self, problem: Problem) -> bool:
        return problem.category is self.category and problem.severity >= self.severity


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """One inbox by what it is for: its address is looked up when the mail is sent."""

    scope: str
    code: str  # of the establishment or the region; empty for the country
    role: str

    def __str__(self) -> str:
        return f"{self.role}.{self.code}" if self.code else self.role


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One establishment, as far as it matters for who is told. Empty: nobody knows where."""

    code: str = ""
    region: str = ""
    own: frozenset[str] = frozenset()  # national roles for which it has an inbox of its own

    def inbox(self, scope: str, role: str) -> Recipient | None:
        """The inbox of a role as this place sees it."""
        if scope == "national":
            return (
                Recipient("establishment", self.code, role)
                if role in self.own
                else (Recipient("national", "", role))
            )
        if scope == "region" and self.code and not self.region:
            return Recipient(REGION_OF, self.code, role)
        code = {"establishment": self.code, "region": self.region}[scope]
        return Recipient(scope, code, role) if code else None


def recipients(
    problem: Problem, place: Place, routes: Iterable[Route]
) -> tuple[Recipient, ...]:
    """Everybody that the routes name for this problem at this place, each once (Q10)."""
    told = {
        place.inbox(*PLACES[name])
        for route in routes
        if route.matches(problem)
        for name in route.tell
    }
    return tuple(sorted(inbox for inbox in told if inbox is not None))
