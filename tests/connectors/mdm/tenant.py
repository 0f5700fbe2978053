"""A small tenant of the sandbox's socket-free core, asked through the real session."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import respx

from connectors.http import Reach
from connectors.mdm.intune import IntuneMdm
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Establishment, Estate
from connectors.sandbox.identity import Identity
from connectors.sandbox.records import DEVICES, Edit, Records
from connectors.sandbox.wire import Json, Request, content
from tests.connectors.conftest import QUICK
from tests.support.wire import Wire

BASE = "https://graph.example"
LIST = "/v1.0/deviceManagement/managedDevices"

Answering = Callable[[httpx.Request, httpx.Response], httpx.Response]


@dataclass
class Tenant:
    """`odd` may replace any answer but the token's; `asked` is what came in."""

    core: Core
    odd: Answering | None = None
    login_works: bool = True
    asked: list[httpx.Request] = field(default_factory=list)

    def mdm(self, **chosen: Any) -> IntuneMdm:
        router = respx.Router(assert_all_called=False)
        router.route().mock(side_effect=self._answer)
        identity = self.core.entra.identity
        usual: dict[str, Any] = {
            "tenant": identity.tenant_id,
            "client_id": identity.client_id,
            "certificate": identity.signed.certificate_pem(),
            "key": identity.signed.key_pem(),
            "base_url": BASE,
            "authority": BASE,
            "page_size": 3,
            "reach": Reach(patience=QUICK, adapter=lambda: Wire(router)),
        }
        return IntuneMdm(**{**usual, **chosen})

    def serial(self, index: int) -> str:
        return self.core.records.estate.ipad(index).serial

    def id(self, index: int) -> str:
        return self.core.records.estate.ipad(index).device_id

    def edit(self, index: int, **fields: object) -> None:
        self.change(Edit(DEVICES, self.id(index), set=fields))

    def change(self, edit: Edit) -> None:
        self.core.records.edit(edit)

    def enrol_again(self, index: int, **fields: object) -> None:
        """A second record of the same serial."""
        record = self.core.records.device(self.id(index))
        assert record is not None
        again = self.core.records.estate.another_id(index)
        self.change(Edit(DEVICES, again, whole={**record, "id": again, **fields}))

    def batches(self) -> list[list[str]]:
        """The inner URLs of each batch that was asked."""
        bodies = [
            json.loads(one.content) for one in self.asked if one.url.path.endswith("$batch")
        ]
        return [[inner["url"] for inner in body["requests"]] for body in bodies]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        is_token = request.url.path.endswith("/token")
        if not self.login_works:
            return httpx.Response(401, json={"error": "invalid_client"})
        told = self.core.handle(
            Request(
                request.method,
                request.url.path,
                dict(request.url.params),
                dict(request.headers),
                request.content,
            )
        )
        answer = httpx.Response(told.status, content=content(told), headers=dict(told.headers))
        return answer if is_token or self.odd is None else self.odd(request, answer)


def tenant(identity: Identity, devices: int = 8) -> Tenant:
    places = tuple(
        Establishment(code, code, "Region", contracted=False) for code in ("LEI", "MDI", "WEI")
    )
    estate = Estate(1, datetime.now(UTC).replace(microsecond=0), places, devices)
    return Tenant(Core(Records(estate), identity, lambda: datetime.now(UTC), BASE))


def rewriting(change: Callable[[Json], Any], path: str = LIST) -> Answering:
    """Changes the JSON of the answers of one path."""

    def odd(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.url.path != path or answer.status_code != 200:
            return answer
        return httpx.Response(200, json=change(answer.json()))

    return odd


ANSWERS: Mapping[str, Callable[[httpx.Response], httpx.Response]] = {
    "busy": lambda answer: httpx.Response(429, headers={"Retry-After": "0.001"}),
    "away": lambda answer: httpx.Response(503),
    "refused": lambda answer: httpx.Response(403, json={"error": {"code": "Forbidden"}}),
    "html": lambda answer: httpx.Response(200, html="<html>Sign in</html>"),
    "truncated": lambda answer: httpx.Response(200, content=answer.content[:-9]),
    "empty": lambda answer: httpx.Response(200),
    "login": lambda answer: httpx.Response(401),
}
ERRORS: Mapping[str, httpx.TransportError] = {
    "timeout": httpx.ReadTimeout("too slow"),
    "cut": httpx.RemoteProtocolError("cut off"),
}


def fault(name: str) -> Answering:
    """A way in which the outside fails, by the names of the contract."""

    def odd(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if name in ERRORS:
            raise ERRORS[name]
        if name in ANSWERS:
            return ANSWERS[name](answer)
        return _odd_page(name, request, answer)

    return odd


def _odd_page(name: str, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    later = "$skiptoken" in request.url.params
    body = answer.json()
    match name, later:
        case "second page", True:
            return httpx.Response(500)
        case "same token", True:
            return httpx.Response(200, json={**body, "@odata.nextLink": str(request.url)})
        case "other host", False:
            link = str(request.url.copy_with(host="evil.example"))
            return httpx.Response(200, json={**body, "@odata.nextLink": link})
    return answer
