"""Sandbox Zoom without a socket: `/zoom/oauth/...` and `/zoom/v2/...`.

A path comes in decoded once, as a web server hands it on; each of its segments is decoded once
more. So a uuid with a slash in it must be encoded twice, as with Zoom.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import unquote

from connectors.sandbox.chance import guid
from connectors.sandbox.failures import Failure, Vendor, around, ends_tokens
from connectors.sandbox.records import Records
from connectors.sandbox.wire import Answer, Json, Request
from connectors.sandbox.zoom.apps import apps
from connectors.sandbox.zoom.contacts import Contacts
from connectors.sandbox.zoom.journal import Journal
from connectors.sandbox.zoom.kept import Kept
from connectors.sandbox.zoom.limits import Limits, Plan
from connectors.sandbox.zoom.live import Live
from connectors.sandbox.zoom.meetings import Meetings
from connectors.sandbox.zoom.oauth import OAuth
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.reports import Reports
from connectors.sandbox.zoom.route import Route
from connectors.sandbox.zoom.routes import routes
from connectors.sandbox.zoom.settings import SettingsOf
from connectors.sandbox.zoom.tokens import Held, Tokens
from connectors.sandbox.zoom.users import Users
from connectors.sandbox.zoom.webhooks import Webhooks
from connectors.sandbox.zoom.wire import Call, Refused, refusal

PREFIX = "/zoom/"
JSON = "application/json;charset=UTF-8"
TOKEN, AUTHORIZE = "zoom.token", "zoom.authorize"
PAID = {
    Plan.PRO: "Only available for paid account.",
    Plan.BUSINESS: "Only available for Business or higher plans.",
}


class Zoom:
    """One account. `calls` counts by endpoint and status, `labels` by rate-limit label,
    `callers` by app and endpoint."""

    RANKS: ClassVar[Sequence[Plan]] = (Plan.FREE, Plan.PRO, Plan.BUSINESS)

    def __init__(
        self,
        records: Records,
        clock: Callable[[], datetime],
        base_url: str,
        limit_scale: float = 1.0,
        plan: Plan = Plan.BUSINESS,
    ) -> None:
        seed = records.estate.seed
        self.records, self.clock, self.base_url = records, clock, base_url
        self.apps = apps(seed)
        self.limits = Limits(clock, plan, limit_scale)
        self.tokens = Tokens(clock, seed)
        self.oauth = OAuth(self.apps, self.tokens, records, f"{base_url}/zoom")
        self.pages = Pages(clock)
        self._vendor = Vendor(_told_to_fail, self.tokens.expire_access, clock)
        self.webhooks = Webhooks(clock, self.apps.webhook_secret, self.apps.account_id)
        log: list[Json] = []
        self.settings = SettingsOf(records, self.apps.account_id, self.webhooks, log)
        self.kept = Kept(records, self.pages)
        self.contacts = Contacts(records, self.pages)
        self.meetings = Meetings(records, self.pages, self.settings, self.webhooks, base_url)
        self.live = Live(records, self.meetings, self.settings)
        self.routes = routes(
            Users(records, self.pages, self.apps.account_id),
            self.settings,
            self.kept,
            self.contacts,
            self.meetings,
            self.live,
            Reports(records, self.pages, self.meetings, log),
        )
        self.calls: Counter[tuple[str, int]] = Counter()
        self.labels: Counter[str] = Counter()
        self.callers: Counter[tuple[str, str]] = Counter()
        self.journal = Journal(clock)
        self._served = 0

    def handle(self, request: Request, failures: Sequence[Failure] = ()) -> Answer:
        """Answer one request under /zoom/, and count it."""
        name, answer = self._answer(request, failures)
        self.calls[name, answer.status] += 1
        self._served += 1
        tracking = guid(self.records.estate.seed, "zoom tracking", self._served)
        self.journal.note(name, request, answer, tracking)
        usual = {} if answer.body is None else {"Content-Type": JSON}
        headers = {"x-zm-trackingid": tracking, **usual, **answer.headers}
        return replace(answer, headers=headers)

    def endpoints(self) -> tuple[str, ...]:
        return (TOKEN, AUTHORIZE, *(route.name for route in self.routes))

    def said(self) -> Mapping[str, object]:
        """Where it is and who may sign in."""
        known = self.apps.known
        return {
            "api_url": f"{self.base_url}/zoom/v2",
            "oauth_url": f"{self.base_url}/zoom/oauth",
            "account_id": self.apps.account_id,
            "reader": known["reader"].said(),
            "actor": known["actor"].said(),
            "user_app": known["user_app"].said() | {"redirect_uri": self.oauth.redirect},
            "plan": self.limits.plan.value,
            "webhook_secret": self.apps.webhook_secret,
        }

    def _answer(self, request: Request, failures: Sequence[Failure]) -> tuple[str, Answer]:
        path = request.path.removeprefix(PREFIX.rstrip("/")).rstrip("/")
        if (request.method, path) == ("POST", "/oauth/token"):
            return TOKEN, around(
                failures, TOKEN, request, self._vendor, lambda: self.oauth.token(request)
            )
        if (request.method, path) == ("GET", "/oauth/authorize"):
            return AUTHORIZE, around(
                failures,
                AUTHORIZE,
                request,
                self._vendor,
                lambda: self.oauth.authorize(request),
            )
        route, ids = self._route(request.method, path.removeprefix("/v2/"))
        if route is None or not path.startswith("/v2/"):
            return "zoom.unknown", refusal(404, 2300, "This API endpoint is not recognized.")
        return route.name, self._resource(request, route, ids, failures)

    def _resource(
        self, request: Request, route: Route, ids: tuple[str, ...], failures: Sequence[Failure]
    ) -> Answer:
        try:
            held = self._holder(request, route)
            self.callers[held.app, route.name] += 1
            if ends_tokens(failures, of_zoom=True):
                raise Refused(401, 124, "Invalid access token.")
        except Refused as refused:
            return refused.answer
        return around(
            failures,
            route.name,
            request,
            self._vendor,
            lambda: self._paced(request, route, ids, held),
        )

    def _paced(
        self, request: Request, route: Route, ids: tuple[str, ...], held: Held
    ) -> Answer:
        self.labels[route.label.value] += 1
        throttled, said = self.limits.take(route.label)
        if throttled is not None:
            return throttled
        answer = self._endpoint(request, route, ids, held)
        return replace(answer, headers={**said, **answer.headers})

    def _endpoint(
        self, request: Request, route: Route, ids: tuple[str, ...], held: Held
    ) -> Answer:
        call = Call(
            request,
            held.app,
            self.clock(),
            held.user,
            request.query,
        )
        if self.RANKS.index(self.limits.plan) < self.RANKS.index(route.plan):
            return refusal(400, 200, PAID[route.plan])
        try:
            return route.endpoint(call, *ids)
        except Refused as refused:
            return refused.answer

    def _holder(self, request: Request, route: Route) -> Held:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if "access_token" in request.query or kind.lower() != "bearer":
            raise Refused(401, 124, "Invalid access token.")
        held = self.oauth.holder(token.strip())
        if held is None:
            expired = token.strip() in self.tokens.access
            text = "Access token is expired." if expired else "Invalid access token."
            raise Refused(401, 124, text)
        if not set(route.scopes) & set(held.scopes):
            wanted = ", ".join(route.scopes)
            text = f"Invalid access token, does not contain scopes:[{wanted}]."
            raise Refused(400, 4711, text)
        return held

    def _route(self, method: str, path: str) -> tuple[Route | None, tuple[str, ...]]:
        for route in self.routes:
            ids = route.ids(method, path)
            if ids is not None:
                return route, tuple(map(unquote, ids))
        return None, ()


def _told_to_fail(status: int, headers: Mapping[str, str]) -> Answer:
    codes = {401: 124, 403: 200, 404: 1001}
    text = "The sandbox was told to fail here."
    return refusal(status, codes.get(status, status), text, headers)
