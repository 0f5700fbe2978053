"""Our way into Zoom, for doctor: the reading app's scopes, and one user read."""

from collections.abc import Mapping
from datetime import datetime

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.errors import ConnectorError
from agent.ports.outside import Rate
from connectors.http import Reach, Upstream
from connectors.zoom.client import API, SOURCE, App, AppTokens, Client, Line
from connectors.zoom.estate import READER
from connectors.zoom.faults import judge
from connectors.zoom.limits import LIMITS, Label, Plan

ONE_USER = "v2/users?page_size=1"


class ZoomReader:
    """The port `ZoomAccess`. `line` needs no pace: it is asked twice."""

    def __init__(
        self, line: Line, app: App, plan: Plan, api_url: str | None, reach: Reach
    ) -> None:
        self._line, self._reach, self._api_url = line, reach, api_url
        self._tokens = AppTokens(line, app)
        self._kept = LIMITS[plan][Label.MEDIUM].count
        self._told: int | None = None

    def scopes(self) -> Fact[Scopes]:
        return Client(self._line, self._tokens).scopes(READER)

    def read_one(self) -> Rate:
        token = self._tokens.token()
        url = self._api_url or token.grant.api_url or API
        url = url.rstrip("/").removesuffix("/v2")
        api = Upstream(SOURCE, url, self._reach, self._line.now, self._hear)
        headers = {"Authorization": f"Bearer {token.value}"}
        api.once("GET", ONE_USER, body=None, headers=headers, shown="users").parsed(dict)
        return Rate(self._kept, self._told)

    def _hear(
        self, what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> ConnectorError | None:
        lower = {name.lower(): value for name, value in headers.items()}
        limit = lower.get("x-ratelimit-limit", "")
        told = lower.get("x-ratelimit-type") == "QPS" and limit.isascii() and limit.isdigit()
        self._told = int(limit[:9]) if told else None
        return judge(what, status, headers, body, now)
