"""Endpoints told to answer with an error, or with anything at all, once or for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.wire import Answer, refusal

CODES = {400: "BadRequest", 401: "InvalidAuthenticationToken", 403: "Forbidden"}


@dataclass
class Failure:
    """After `skip` calls as usual, `times` calls fail (None: all). `body` replaces Graph's."""

    endpoint: str
    status: int
    skip: int = 0
    times: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self) -> Answer | None:
        if self.skip > 0:
            self.skip -= 1
            return None
        if self.times == 0:
            return None
        if self.times is not None:
            self.times -= 1
        if self.body is not None:
            return Answer(self.status, self.body, self.headers)
        code = CODES.get(self.status, "InternalServerError")
        return refusal(self.status, code, "The sandbox was told to fail here.", self.headers)
