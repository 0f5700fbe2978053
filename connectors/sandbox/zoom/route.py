"""One endpoint of Zoom: path, scopes of which one is enough, label, and the plan it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.sandbox.wire import Answer
from connectors.sandbox.zoom.limits import Label, Plan

Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` under /v2, with {} for an id; `name` is what counters and failures say."""

    name: str
    method: str
    path: str
    scopes: tuple[str, ...]
    label: Label
    endpoint: Endpoint
    plan: Plan = Plan.FREE

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        wanted, given = self.path.split("/"), path.split("/")
        if method != self.method or len(wanted) != len(given) or "" in given:
            return None
        pairs = list(zip(wanted, given, strict=True))
        if any(word not in ("{}", part) for word, part in pairs):
            return None
        return tuple(part for word, part in pairs if word == "{}")


def admin(scope: str) -> tuple[str, ...]:
    return (f"{scope}:admin",)


def either(scope: str) -> tuple[str, ...]:
    """For a user's own token as well."""
    return (scope, f"{scope}:admin")
