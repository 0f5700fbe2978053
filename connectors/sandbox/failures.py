"""Endpoints told to answer with an error, with anything at all, or not as they should."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.sandbox.ill import ILLS, Ill
from connectors.sandbox.paged import Later, is_later
from connectors.sandbox.wire import Answer, Request, refusal

CODES = {400: "BadRequest", 401: "InvalidAuthenticationToken", 403: "Forbidden"}
Refuse = Callable[[int, Mapping[str, str]], Answer]


@dataclass
class Failure:
    """After `skip` calls as usual, `times` calls fail (None: all).

    It fails with `status`, where `body` replaces the vendor's own words, or with the `fault`
    of this name. `asked`: only calls whose path or query has this text are counted.
    """

    endpoint: str
    status: int | None = None
    skip: int = 0
    times: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    asked: str = ""
    seconds: float | None = None  # how long a port stays shut; None: until told otherwise
    hits: int = 0
    later: Later = field(default_factory=Later)

    @property
    def ill(self) -> Ill | None:
        return ILLS[self.fault] if self.fault else None

    def hit(self, request: Request) -> bool:
        """Whether this call fails; it is counted."""
        ill = self.ill
        if self.asked not in told(request) or (ill and ill.page and not is_later(request)):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor says no, and how it ends the tokens that it gave."""

    refuse: Refuse
    revoke: Callable[[], None]
    clock: Callable[[], datetime]


def told(request: Request) -> str:
    """Path and query as text, the query decoded."""
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return f"{request.path}?{query}"


def around(
    failures: Sequence[Failure],
    name: str,
    request: Request,
    vendor: Vendor,
    work: Callable[[], Answer],
) -> Answer:
    """The answer of `work`, or what the first failure that hits makes of it."""
    own = [one for one in failures if one.endpoint == name]
    failure = next((one for one in own if one.hit(request)), None)
    if failure is None:
        answer = work()
    elif failure.ill is None:
        answer = _refused(failure, vendor)
    else:
        answer = _ill(failure, failure.ill, request, vendor, work)
    for one in own:
        one.later.remember(request, answer.body)
    return answer


def ends_tokens(failures: Sequence[Failure], *, of_zoom: bool) -> bool:
    """Whether this vendor takes no token any more."""
    return any(
        one.fault == "tokens-refused"
        and one.hits
        and one.endpoint.startswith("zoom.") == of_zoom
        for one in failures
    )


def _refused(failure: Failure, vendor: Vendor) -> Answer:
    status = failure.status or 500
    if failure.body is not None:
        return Answer(status, failure.body, failure.headers)
    return vendor.refuse(status, failure.headers)


def _ill(
    failure: Failure, ill: Ill, request: Request, vendor: Vendor, work: Callable[[], Answer]
) -> Answer:
    if ill.revokes:
        vendor.revoke()
    if ill.status is not None:
        wait = {"Retry-After": ill.wait(vendor.clock())} if ill.wait else {}
        return vendor.refuse(ill.status, wait)
    answer = work() if ill.instead is None else ill.instead
    if ill.page:
        answer = failure.later.changed(ill.page, request, answer)
    if ill.change is not None:
        answer = ill.change(answer)
    return replace(answer, breaks=ill.breaks, seconds=failure.seconds)


def as_graph(status: int, headers: Mapping[str, str]) -> Answer:
    code = CODES.get(status, "InternalServerError")
    return refusal(status, code, "The sandbox was told to fail here.", headers)
