"""A client of the sandbox's Zoom, without sockets."""

import base64
import json
import urllib.parse
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.sandbox.estate import Ipad
from connectors.sandbox.wire import Answer, Request
from tests.connectors.sandbox.support import World

PLACES: tuple[dict[str, str], ...] = (
    {},
    {"trash": "true", "trash_type": "meeting_recordings"},
    {"trash": "true", "trash_type": "recording_file"},
)


class ZoomWorld(World):
    """Calls are as fast as one likes, until a test sets the scale of the limits."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.core.zoom.limits.scale = 1000.0
        self._tokens: dict[str, str] = {}

    def ipad(self, index: int = 0) -> Ipad:
        return self.core.records.estate.ipad(index)

    def app(self, name: str = "reader") -> dict[str, str]:
        return self.core.zoom.apps.known[name].said()

    def ask_zoom_token(
        self,
        form: Mapping[str, str],
        *,
        basic: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {}
        if basic:
            text = f"{basic['client_id']}:{basic['client_secret']}"
            headers["authorization"] = f"Basic {base64.b64encode(text.encode()).decode()}"
        body = urllib.parse.urlencode(form).encode()
        return self.core.handle(
            Request("POST", "/zoom/oauth/token", query or {}, headers, body)
        )

    def account_form(self) -> dict[str, str]:
        account = self.core.zoom.apps.account_id
        return {"grant_type": "account_credentials", "account_id": account}

    def token(self, app: str = "reader") -> str:
        answer = self.ask_zoom_token(self.account_form(), basic=self.app(app))
        return str(answer.body["access_token"])

    def refresh(self, token: str) -> Answer:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self.ask_zoom_token(form, basic=self.app("user_app"))

    def consent(self, index: int = 0) -> str:
        """The refresh token of this iPad's user."""
        body = {"devices": [self.ipad(index).asset_tag]}
        [one] = self.steer("POST", "consents", body).body["consents"]
        return str(one["refresh_token"])

    def zoom(
        self,
        path: str,
        method: str = "GET",
        body: object = None,
        *,
        app: str = "reader",
        token: str = "",
        **query: str,
    ) -> Answer:
        """Call the API; a keyword `from_` is sent as `from`. The token is asked for once."""
        if not token:
            token = self._tokens.setdefault(app, "") or self.token(app)
            self._tokens[app] = token
        options = {name.rstrip("_"): value for name, value in query.items()}
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {token}"}
        request = Request(method, f"/zoom/v2/{path}", options, headers, content)
        return self.core.handle(request)

    def days_ago(self, days: float) -> str:
        return f"{(self.now - timedelta(days=days)).date()}"

    def all_of_zoom(self) -> list[Any]:
        """All that Zoom shows of all users, by every way of asking."""
        seen: list[Any] = [
            self.zoom("users", status=status, page_size="300").body
            for status in ("active", "inactive", "pending")
        ]
        first = self.days_ago(29)
        seen.append(self.zoom("meetings/meeting_summaries", from_=first).body)
        seen.append(self.zoom("report/activities", from_=first, page_size="300").body)
        for ipad in self.core.records.estate:
            seen += [self._of_user(ipad), self._of_group(ipad), self._of_contacts(ipad)]
        return seen

    def _of_user(self, ipad: Ipad) -> list[Any]:
        user = f"users/{ipad.zoom_user}"
        seen = [self.zoom(user).body, self.zoom(f"{user}/settings").body]
        seen.append(self.zoom(f"{user}/settings", option="meeting_security").body)
        spans = [(self.days_ago(29), self.days_ago(0)), (self.days_ago(80), self.days_ago(55))]
        for place in PLACES:
            for first, last in spans:
                span = {"from_": first, "to": last, **place}
                seen.append(self.zoom(f"{user}/recordings", **span).body)
        held = self.zoom(f"{user}/meetings", type="previous_meetings").body
        seen.append(held)
        for one in held.get("meetings", ()):
            seen.append(self.zoom(f"meetings/{twice(one['uuid'])}/transcript").body)
        return seen

    def _of_group(self, ipad: Ipad) -> list[Any]:
        group = f"groups/{ipad.zoom_group}"
        paths = (group, f"{group}/settings", f"{group}/lock_settings", f"{group}/members")
        seen = [self.zoom(path).body for path in paths]
        seen.append(self.zoom(f"{group}/lock_settings", option="meeting_security").body)
        return seen

    def _of_contacts(self, ipad: Ipad) -> Any:
        given = self.steer("POST", "consents", {"devices": [ipad.asset_tag]}).body["consents"]
        if not given:
            return "no consent"
        answer = self.refresh(given[0]["refresh_token"])
        if answer.status != 200:
            return answer.body
        token = answer.body["access_token"]
        return self.zoom("chat/users/me/contacts", token=token, type="external").body


def twice(uuid: str) -> str:
    """As a web server hands on what was encoded twice: one layer is gone already."""
    return urllib.parse.quote(uuid, safe="")


def code(answer: Answer) -> tuple[int, object]:
    """Status and Zoom's own number."""
    return answer.status, answer.body["code"]
