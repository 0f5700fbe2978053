"""What the outside told, and to whom: the judge's own record, kept at the wire."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.sandbox.core import Core
from tests.simulation.scheduler import Scheduler, Strand

Read = tuple[str, str]  # what was read, of what
ZOOM = "/zoom/v2/"
TOKENS = "/zoom/oauth/token"


@dataclass(eq=False)
class Rotation:
    """A refresh token that Zoom gave. `read`: its answer reached a strand of ours."""

    user: str
    token: str
    by: Strand | None
    read: bool = False
    staged: bool = False
    dropped: bool = False  # the user consented anew, or somebody took it back


@dataclass
class Evidence:
    """Sees each request that lands, and each answer that is read."""

    core: Core
    scheduler: Scheduler
    told: dict[Strand, set[Read]] = field(default_factory=lambda: defaultdict(set))
    rotations: list[Rotation] = field(default_factory=list)

    def __post_init__(self) -> None:
        """What the users gave before the schedule began is in the vault."""
        held = self.core.zoom.tokens.refresh.items()
        given = [(one.user, token) for token, one in held if one.user]
        self.rotations += [Rotation(*one, None, read=True, staged=True) for one in given]

    def landing(self, request: requests.PreparedRequest, asker: Strand | None) -> None:
        """It is about to land, for this strand, which may be dead by now."""

    def landed(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """Zoom gives a new refresh token, whoever reads of it."""
        if urlsplit(str(request.url)).path != TOKENS or answer.status_code != 200:
            return
        token = answer.json().get("refresh_token")
        if token:
            user = self.core.zoom.tokens.refresh[token].user
            self.rotations.append(Rotation(user, token, self.scheduler.strand))

    def read(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """A strand has the whole answer in its hands."""
        strand = self.scheduler.strand
        if answer.status_code != 200 or strand is None:
            return
        path = urlsplit(str(request.url)).path
        if path == TOKENS:
            token = answer.json().get("refresh_token")
            for one in self.rotations:
                one.read = one.read or one.token == token
        else:
            self.told[strand].update(self._reads(path, request, answer))

    def committed(self, strand: Strand) -> None:
        """What it read of Zoom's tokens is staged by its next commit."""
        for one in self.rotations:
            one.staged = one.staged or (one.read and one.by is strand)

    def dropped(self, user: str) -> None:
        """What was kept of this user until now is of no more use."""
        for one in self.rotations:
            one.dropped = one.dropped or one.user == user

    def _reads(
        self, path: str, request: requests.PreparedRequest, answer: requests.Response
    ) -> Iterator[Read]:
        if path.startswith(ZOOM):
            yield self._of_zoom(path.removeprefix(ZOOM), request)
        elif path.endswith("/$batch"):
            asked = {one["id"]: one["url"] for one in _body(request)["requests"]}
            for one in answer.json()["responses"]:
                if one["status"] == 200:
                    yield from _of_graph(asked[one["id"]], one["body"])
        else:
            yield from _of_graph(path, answer.json())

    def _of_zoom(self, path: str, request: requests.PreparedRequest) -> Read:
        parts = path.split("/")
        if parts[0] == "chat":
            token = str(request.headers["Authorization"]).removeprefix("Bearer ")
            held = self.core.zoom.tokens.access.get(token)
            return "contacts", held.user if held else ""
        return "/".join((parts[0], *parts[2:])), parts[1] if len(parts) > 1 else ""


def _of_graph(url: str, body: Any) -> Iterator[Read]:
    """The records of devices, and what hangs on one of them."""
    path = urlsplit(url).path.partition("managedDevices/")[2]
    owner, _, what = path.partition("/")
    if what:
        yield what, owner
    yield from (("record", str(row["serialNumber"])) for row in _records(body))


def _records(body: Any) -> Iterable[dict[str, Any]]:
    rows = body.get("value") if isinstance(body, dict) else None
    found = rows if isinstance(rows, list) else [body]
    return [row for row in found if isinstance(row, dict) and "serialNumber" in row]


def _body(request: requests.PreparedRequest) -> Any:
    return json.loads(request.body or b"null")
