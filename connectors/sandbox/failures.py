"""Endpoints told to answer with an error, or with anything at all, once or for good."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.wire import Answer, refusal

CODES = {400: "BadRequest", 401: "InvalidAuthenticationToken", 403: "Forbidden"}
Refuse = Callable[[int, Mapping[str, str]], Answer]


@dataclass
class Failure:
    """After `skip` calls as usual, `times` calls fail (None: all). `body` replaces theirs."""

    endpoint: str
    status: int
    skip: int = 0
    times: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, refuse: Refuse | None = None) -> Answer | None:
        """What it answers now, if anything. `refuse`: the vendor's own words, else Graph's."""
        if self.skip > 0:
            self.skip -= 1
            return None
        if self.times == 0:
            return None
        if self.times is not None:
            self.times -= 1
        if self.body is not None:
            return Answer(self.status, self.body, self.headers)
        return (refuse or _as_graph)(self.status, self.headers)


def _as_graph(status: int, headers: Mapping[str, str]) -> Answer:
    code = CODES.get(status, "InternalServerError")
    return refusal(status, code, "The sandbox was told to fail here.", headers)
