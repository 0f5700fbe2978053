"""The sandbox's Zoom asked without a socket, and the reader over whatever leads there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import respx

from agent.domain.zoom import Span
from agent.ports.together import Together, in_turn
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Establishment, Estate
from connectors.sandbox.identity import Identity
from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Request, content
from connectors.sandbox.zoom.healthy import USERS
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.estate import ZoomEstate
from tests.connectors.zoom.canned import QUICK, MemoryVault
from tests.support.wire import Wire

BASE = "https://sandbox.example"
PLACES = tuple(Establishment(c, c, "Region", contracted=False) for c in ("LEI", "MDI", "WEI"))


@dataclass
class Sandboxed:
    """`odd` may answer in place of the sandbox."""

    core: Core
    odd: Callable[[httpx.Request], httpx.Response | None] | None = None
    asked: list[httpx.Request] = field(default_factory=list)
    vault: MemoryVault = field(default_factory=MemoryVault)

    def edit(self, collection: str, key: str, **fields: object) -> None:
        self.core.records.edit(Edit(collection, key, set=fields))

    def add(self, collection: str, key: str, **record: object) -> None:
        self.core.records.edit(Edit(collection, key, whole=record))

    def id(self, index: int) -> str:
        return self.core.records.estate.ipad(index).zoom_user

    def email(self, index: int) -> str:
        return self.core.records.estate.ipad(index).m365_user_id.lower()

    def group(self, index: int) -> str:
        return self.core.records.estate.ipad(index).zoom_group

    def set_status(self, index: int, status: str) -> None:
        self.edit(USERS, self.id(index), status=status)

    def consent(self, index: int) -> None:
        token = self.core.zoom.oauth.consented(self.id(index))
        self.vault.stage(self.email(index), token)

    def zoom(self, base: str = "", together: Together = in_turn, **chosen: Any) -> ZoomEstate:
        """Without a base, straight through the core."""
        line = self.line(base, **chosen)
        users = self.core.zoom.apps.known["user_app"]
        app = ConsentApp(users.client_id, users.client_secret, "https://callsteward.example/")
        return ZoomEstate(line, self.app("reader"), Consents(line, app, self.vault), together)

    def app(self, name: str) -> App:
        apps = self.core.zoom.apps
        found = apps.known[name]
        return App(apps.account_id, found.client_id, found.client_secret)

    def line(self, base: str = "", **chosen: Any) -> Line:
        router = respx.Router(assert_all_called=False)
        router.route().mock(side_effect=self.answer)
        usual: dict[str, Any] = {
            "login_url": f"{base or BASE}/zoom",
            "pacer": LocalPacer({}),
            "now": self.core.clock,
            "reach": Reach(patience=QUICK)
            if base
            else Reach(patience=QUICK, adapter=lambda: Wire(router)),
        }
        return Line(**{**usual, **chosen})

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        told = self.odd(request) if self.odd else None
        if told is not None:
            return told
        answer = self.core.handle(
            Request(
                request.method,
                request.url.path,
                dict(request.url.params),
                dict(request.headers),
                request.content,
            )
        )
        headers = dict(answer.headers)
        return httpx.Response(answer.status, content=content(answer), headers=headers)


def sandboxed(
    identity: Identity,
    devices: int = 6,
    base: str = BASE,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sandboxed:
    estate = Estate(1, datetime.now(UTC).replace(microsecond=0), PLACES, devices)
    return Sandboxed(Core(Records(estate), identity, clock, base))


def sixty_days() -> Span:
    today = datetime.now(UTC).date()
    return Span(today - timedelta(days=59), today)
