"""A small Zoom account whose answers a test can change one by one, under the real session."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import respx

from agent.domain.zoom import Span
from agent.ports.together import Together, in_turn
from agent.ports.zoom import Grant
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.retry import Patience
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.estate import CONSENT, READER, ZoomEstate
from tests.support.wire import Wire

LOGIN = "https://login.example"
API = "https://api.example"
HANDED_BACK = "https://callsteward.example/consent"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SPAN = Span((NOW - timedelta(days=59)).date(), NOW.date())
QUICK = Patience(total=timedelta(seconds=2), first_wait=timedelta(milliseconds=1), tries=3)

Json = dict[str, Any]
Answering = Callable[[httpx.Request], httpx.Response | None]


class MemoryVault:
    """The port `Vault` for a test: it outlives the connectors, as a database does."""

    def __init__(self, **tokens: str) -> None:
        self.kept: dict[str, tuple[str, ...]] = {}
        self.locked = False

    def load(self, email: str) -> Grant | None:
        return Grant(self.kept[email]) if email in self.kept else None

    def stage(self, email: str, token: str) -> None:
        self.kept[email] = (token, *self.kept.get(email, ()))

    def settle(self, email: str, token: str) -> None:
        kept = self.kept.get(email, ())
        if token in kept:
            self.kept[email] = kept[: kept.index(token) + 1]


def user(number: int, **fields: object) -> Json:
    usual = {
        "id": f"u{number}",
        "email": f"ipad{number}@prison.example",
        "type": 2,
        "status": "active",
        "display_name": f"MDIBT00{number}",
        "group_ids": [f"g{number}"],
        "last_client_version": "6.1.0.1234(iPad)",
    }
    return {**usual, **fields}


def refusal(status: int, code: object, message: str = "", **headers: str) -> httpx.Response:
    body = {"code": code, "message": message}
    return httpx.Response(status, json=body, headers=headers)


@dataclass
class Canned:
    """`odd` may answer in place of the account; `asked` is what came in."""

    users: list[Json] = field(
        default_factory=lambda: [
            user(1),
            user(2, status="inactive"),
            {"email": "IPAD3@prison.example", "status": "pending", "type": 2},
        ]
    )
    settings: Json = field(
        default_factory=lambda: {
            "recording": {"cloud_recording": False, "smart_recording": {"create": False}},
            "in_meeting": {"chat": False, "odd": None},
        }
    )
    security: Json = field(default_factory=lambda: {"meeting_security": {"waiting_room": True}})
    locks: Json = field(default_factory=lambda: {"recording": {"cloud_recording": True}})
    chat: Json = field(default_factory=dict)
    recordings: dict[str, list[Json]] = field(default_factory=dict)  # by trash type
    meetings: list[Json] = field(default_factory=list)
    transcripts: dict[str, Json] = field(default_factory=dict)
    summaries: list[Json] = field(default_factory=list)
    contacts: dict[str, list[Json]] = field(default_factory=dict)  # by e-mail
    sign_ins: list[Json] = field(default_factory=list)
    odd: Answering | None = None
    scope: str = " ".join([*READER, *CONSENT])
    page: int = 2
    now: datetime = NOW
    asked: list[httpx.Request] = field(default_factory=list)
    vault: MemoryVault = field(default_factory=MemoryVault)
    bearers: dict[str, str] = field(default_factory=dict)  # e-mail by access token
    refresh: dict[str, str] = field(default_factory=dict)  # e-mail by refresh token
    given: int = 0

    def __post_init__(self) -> None:
        for number in (1, 2):
            email = f"ipad{number}@prison.example"
            self.refresh[f"first-{number}"] = email
            self.vault.stage(email, f"first-{number}")

    def line(self, **chosen: Any) -> Line:
        router = respx.Router(assert_all_called=False)
        router.route().mock(side_effect=self.answer)
        usual: dict[str, Any] = {
            "login_url": LOGIN,
            "pacer": LocalPacer({}),
            "reach": Reach(patience=QUICK, adapter=lambda: Wire(router)),
            "now": lambda: self.now,
        }
        return Line(**{**usual, **chosen})

    def zoom(self, together: Together = in_turn, **chosen: Any) -> ZoomEstate:
        line = self.line(**chosen)
        app = App("account", "reader", "reader-secret")
        return ZoomEstate(line, app, self.consents(line), together)

    def consents(self, line: Line) -> Consents:
        return Consents(line, ConsentApp("users", "users-secret", HANDED_BACK), self.vault)

    def paths(self) -> list[str]:
        """What was asked of the API, without the version."""
        return [
            request.url.raw_path.decode().removeprefix("/v2/")
            for request in self.asked
            if request.url.path.startswith("/v2/")
        ]

    def forms(self) -> list[Json]:
        """What the token endpoint was asked."""
        return [form(one) for one in self.asked if one.url.path == "/oauth/token"]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        told = self.odd(request) if self.odd else None
        if told is not None:
            return told
        if request.url.path == "/oauth/token":
            return self._token(form(request))
        bearer = request.headers["authorization"].removeprefix("Bearer ")
        if bearer not in self.bearers:
            return refusal(401, 124, "Invalid access token.")
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/v2/")
        for pattern, told_by in self._routes():
            if found := re.fullmatch(pattern, path):
                return told_by(request, self.bearers[bearer], *found.groups())
        return refusal(404, 2300, "This API endpoint is not recognized.")

    def _token(self, asked: Json) -> httpx.Response:
        kind, email = asked["grant_type"], ""
        if kind == "refresh_token":
            if asked["refresh_token"] not in self.refresh:
                return httpx.Response(400, json={"reason": "no", "error": "invalid_grant"})
            email = self.refresh[asked["refresh_token"]]
        if kind == "authorization_code":
            email = asked["code"]
        self.given += 1
        reply = {"access_token": f"access-{self.given}", "expires_in": 3600, "api_url": API}
        reply["scope"] = self.scope
        if email:
            reply["refresh_token"] = f"refresh-{self.given}"
            self.refresh[f"refresh-{self.given}"] = email
        self.bearers[f"access-{self.given}"] = email
        return httpx.Response(200, json=reply)

    def _routes(self) -> Iterator[tuple[str, Callable[..., httpx.Response]]]:
        yield "users", self._users
        yield "users/([^/]+)", self._one
        yield "users/[^/]+/settings", self._both(self.settings, self.security)
        yield "groups/[^/]+/lock_settings", self._both(self.locks, {})
        yield "groups/[^/]+/settings", self._both({"chat": self.chat}, {})
        yield "users/[^/]+/recordings", self._recordings
        yield "users/[^/]+/meetings", self._meetings
        yield "meetings/meeting_summaries", self._summaries
        yield "meetings/(.+)/transcript", self._transcript
        yield "chat/users/me/contacts", self._contacts
        yield "report/activities", self._sign_ins

    def _users(self, request: httpx.Request, _: str) -> httpx.Response:
        rows = [u for u in self.users if u.get("status") == request.url.params["status"]]
        return self._paged(request, "users", rows, total_records=len(rows))

    def _one(self, request: httpx.Request, me: str, name: str) -> httpx.Response:
        wanted = me if name == "me" else unquote(name)
        for row in self.users:
            if wanted in (row.get("id"), row["email"], row["email"].lower()):
                return httpx.Response(200, json=row)
        return refusal(404, 1001, f"User does not exist: {wanted}.")

    def _both(self, base: Json, security: Json) -> Callable[..., httpx.Response]:
        def told(request: httpx.Request, _: str) -> httpx.Response:
            return httpx.Response(
                200, json=security if "option" in request.url.params else base
            )

        return told

    def _recordings(self, request: httpx.Request, _: str) -> httpx.Response:
        rows = _within(
            self.recordings.get(request.url.params.get("trash_type", ""), []), request
        )
        return self._paged(
            request, "meetings", rows, total_records=len(rows), **_period(request)
        )

    def _meetings(self, request: httpx.Request, _: str) -> httpx.Response:
        assert request.url.params["type"] == "previous_meetings"
        rows = _within(self.meetings, request)
        return self._paged(request, "meetings", rows, total_records=len(rows))

    def _transcript(self, request: httpx.Request, _: str, name: str) -> httpx.Response:
        uuid = unquote(unquote(name))
        if uuid in self.transcripts:
            return httpx.Response(200, json=self.transcripts[uuid])
        return refusal(404, 3322, "This transcript does not exist.")

    def _summaries(self, request: httpx.Request, _: str) -> httpx.Response:
        rows = _within(self.summaries, request, "summary_created_time")
        return self._paged(request, "summaries", rows, **_period(request))

    def _contacts(self, request: httpx.Request, me: str) -> httpx.Response:
        colleague = [{"email": "colleague@prison.example", "member_id": "c"}]
        external = request.url.params.get("type") == "external"
        rows = self.contacts.get(me, []) if external else colleague
        return self._paged(request, "contacts", rows)

    def _sign_ins(self, request: httpx.Request, _: str) -> httpx.Response:
        return self._paged(request, "activity_logs", self.sign_ins, **_period(request))

    def _paged(
        self, request: httpx.Request, name: str, rows: list[Json], **more: object
    ) -> httpx.Response:
        start = int(request.url.params.get("next_page_token", "0").removeprefix("at-"))
        after = start + self.page
        token = f"at-{after}" if after < len(rows) else ""
        body = {**more, "next_page_token": token, name: rows[start:after]}
        return httpx.Response(200, json=body)


def form(request: httpx.Request) -> Json:
    return dict(parse_qsl(request.content.decode()))


def _period(request: httpx.Request) -> Mapping[str, str]:
    return {name: request.url.params[name] for name in ("from", "to")}


def _within(rows: list[Json], request: httpx.Request, by: str = "start_time") -> list[Json]:
    first, last = (request.url.params[name][:10] for name in ("from", "to"))
    return [row for row in rows if first <= str(row[by])[:10] <= last]


def only(path: str, told: Callable[[httpx.Request], httpx.Response | None]) -> Answering:
    """Answers in place of the account where the path of the request ends so."""

    def odd(request: httpx.Request) -> httpx.Response | None:
        return told(request) if request.url.path.endswith(path) else None

    return odd


def rewriting(path: str, change: Callable[[Json], object], canned: Canned) -> Answering:
    """Changes the JSON of the good answers of one path."""

    def told(request: httpx.Request) -> httpx.Response:
        kept, canned.odd = canned.odd, None
        try:
            answer = canned.answer(request)
        finally:
            canned.odd = kept
            canned.asked.pop()
        if answer.status_code != 200:
            return answer
        return httpx.Response(200, json=change(json.loads(answer.content)))

    return only(path, told)
