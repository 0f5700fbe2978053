"""Microsoft Graph as we read it: single calls, pages, and batches of 20."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from agent.errors import ConnectorError, TryAgain, UnknownReply
from connectors.http import NOTHING, Answer, fault, parsed
from connectors.oauth import Service
from connectors.pacing import Limit, Pacer

BATCH = 20
ONE = re.compile(r"(managedDevices|detectedApps)/[^/]+")
MOST_PAGES = 2000

DEVICES = "devices"
CONFIGURATION = "configuration"
LIMITS = {  # for one app in one tenant: Graph's throttling limits for Intune
    DEVICES: Limit(2000, timedelta(seconds=20)),
    CONFIGURATION: Limit(1000, timedelta(seconds=20)),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET. `path` starts after the API's version; `label` says whose limit it counts to."""

    path: str
    label: str

    @property
    def shown(self) -> str:
        """The path for people, alike for all devices, so that one gap reads as one."""
        return ONE.sub(r"\1/(id)", self.path.partition("?")[0])


Told: TypeAlias = bytes | ConnectorError
"""The body that one request of a batch got, or why it got none."""


class Page(msgspec.Struct):
    """`count`, where it is told: of the whole list, or of this page alone."""

    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    count: Any = msgspec.field(name="@odata.count", default=None)


class _Batch(msgspec.Struct):
    responses: list[msgspec.Raw]


class _Inner(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, object] | None = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class Graph:
    """Raises only `ConnectorError`s. Thread-safe as far as the pacer is."""

    def __init__(
        self, service: Service, pacer: Pacer, now: Callable[[], datetime], version: str
    ) -> None:
        self._service = service
        self._pacer = pacer
        self._now = now
        self._version = version

    def get(self, ask: Ask) -> Answer:
        """One read, tried again while there is patience."""
        return self._get(f"{self._version}{ask.path}", ask.label)

    def pages(self, ask: Ask) -> Iterator[Page]:
        """The rows, a page at a time. That it ends without an error proves the list whole."""
        answer = self.get(ask)
        return self.rest(answer.what, answer.body, ask.label)

    def rest(self, what: str, first: bytes, label: str) -> Iterator[Page]:
        """The rows of a first page that is already here, and of those that follow it."""
        page = parsed(what, first, Page)
        yield page
        seen: set[str] = set()
        while page.next_link is not None:
            if page.next_link in seen or len(seen) == MOST_PAGES:
                raise UnknownReply(f"{what}: the pages lead in a circle")
            seen.add(page.next_link)
            page = self._get(page.next_link, label).parsed(Page)
            yield page

    def batch(self, asks: Sequence[Ask]) -> list[Told]:
        """At most 20 GETs in one call; only those that were refused for now are repeated."""
        told: dict[int, Told] = {}

        def once() -> None:
            open_ = [n for n in range(len(asks)) if isinstance(told.get(n), TryAgain | None)]
            told.update(self._ask({n: asks[n] for n in open_}))
            busy = [answer for answer in told.values() if isinstance(answer, TryAgain)]
            if busy:
                waits = [answer.after for answer in busy if answer.after is not None]
                raise TryAgain(str(busy[0]), after=max(waits, default=None))

        try:
            self._service.patiently(once)
        except ConnectorError as err:
            return [told.get(n, err) for n in range(len(asks))]
        return [told[n] for n in range(len(asks))]

    def _get(self, url: str, label: str) -> Answer:
        def once() -> Answer:
            self._pacer.take({label: 1})
            return self._service.once("GET", url).proven()

        return self._service.patiently(once)

    def _ask(self, asks: dict[int, Ask]) -> dict[int, Told]:
        self._pacer.take(Counter(ask.label for ask in asks.values()))
        requests = [{"id": str(n), "method": "GET", "url": ask.path} for n, ask in asks.items()]
        answer = self._service.once(
            "POST",
            f"{self._version}/$batch",
            body=msgspec.json.encode({"requests": requests}),
            headers={"Content-Type": "application/json"},
        )
        inner = _inner(answer.proven())
        return {n: self._told(answer.what, ask, inner.get(str(n))) for n, ask in asks.items()}

    def _told(self, what: str, ask: Ask, inner: _Inner | None) -> Told:
        what = f"{what}: GET {ask.shown}"
        if inner is None:
            return UnknownReply(f"{what}: left out of the answer")
        if 200 <= inner.status < 300:
            return _body(what, bytes(inner.body))
        headers = {name: str(value) for name, value in (inner.headers or {}).items()}
        return fault(what, inner.status, headers, bytes(inner.body), self._now())


def _body(what: str, body: bytes) -> Told:
    """What is no object is not of Graph; it may be a proxy's, and the next one good."""
    if body in (*NOTHING, b'""'):
        return TryAgain(f"{what}: the answer is empty")
    if not body.startswith(b"{"):
        return TryAgain(f"{what}: the answer is not JSON, or is broken off")
    return body


def _inner(answer: Answer) -> dict[str, _Inner]:
    """The single answers by id; one that is not as we know it is left out."""
    found = {}
    for row in answer.parsed(_Batch).responses:
        try:
            inner = parsed(answer.what, row, _Inner)
        except UnknownReply:
            continue
        found[inner.id] = inner
    return found
