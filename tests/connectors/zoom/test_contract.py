"""The canned account keeps the contract of the port, through the real session."""

from collections.abc import Callable, Mapping

import httpx
import pytest

from agent.domain.zoom import Span
from connectors.zoom.estate import ZoomEstate
from tests.connectors.zoom.canned import SPAN, Canned, refusal, user
from tests.connectors.zoom.contract import Breaks, RemoteZoomContract

ANSWERS: Mapping[str, Callable[[], httpx.Response]] = {
    "busy": lambda: httpx.Response(429, headers={"Retry-After": "0.001"}),
    "away": lambda: httpx.Response(503),
    "refused": lambda: refusal(403, 200, "No permission."),
    "login": lambda: refusal(401, 124, "Access token is expired."),
    "html": lambda: httpx.Response(200, html="<html>Sign in</html>"),
    "empty": lambda: httpx.Response(200),
    "truncated": lambda: httpx.Response(200, content=b'{"users": ['),
    "another form": lambda: httpx.Response(200, json=[1, 2]),
    "code in 200": lambda: refusal(200, 200, "Only available for paid account."),
}
ERRORS: Mapping[str, httpx.TransportError] = {
    "timeout": httpx.ReadTimeout("too slow"),
    "cut": httpx.RemoteProtocolError("cut off"),
}


class TestCannedZoom(RemoteZoomContract):
    @pytest.fixture
    def canned(self) -> Canned:
        return Canned(users=[*Canned().users, user(4), user(5)])

    @pytest.fixture
    def zoom(self, canned: Canned) -> ZoomEstate:
        return canned.zoom()

    @pytest.fixture
    def emails(self, canned: Canned) -> frozenset[str]:
        return frozenset(row["email"].lower() for row in canned.users)

    @pytest.fixture
    def span(self) -> Span:
        return SPAN

    @pytest.fixture
    def group(self) -> str:
        return "g1"

    @pytest.fixture
    def consenting(self) -> str:
        return "ipad1@prison.example"

    @pytest.fixture
    def breaks(self, canned: Canned) -> Breaks:
        def breaks(fault: str) -> None:
            canned.odd = (lambda _: broken(fault)) if fault else None

        return breaks


def broken(fault: str) -> httpx.Response:
    if fault in ERRORS:
        raise ERRORS[fault]
    return ANSWERS[fault]()
