"""The control API's words for Zoom: its moods, consents and webhooks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.figures import amount
from connectors.sandbox.raw import RawRecords
from connectors.sandbox.records import Edit
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.apps import apps
from connectors.sandbox.zoom.core import Zoom
from connectors.sandbox.zoom.happenings import Happenings, Verb
from connectors.sandbox.zoom.healthy import ACCOUNT, CONSENTS, ONE_ACCOUNT, USERS
from connectors.sandbox.zoom.kept import SUMMARY_ANSWERS
from connectors.sandbox.zoom.limits import Headers, Plan

SUMMARIES = ("available", *SUMMARY_ANSWERS)


@dataclass
class ZoomControl:
    """A device is named by asset tag, serial number or e-mail."""

    zoom: Zoom
    raw: RawRecords

    def verbs(self) -> Mapping[tuple[str, str], Verb]:
        return {
            ("GET", "zoom"): self._moods,
            ("PUT", "zoom"): self._set_moods,
            ("DELETE", "zoom"): self._usual,
            ("PUT", "zoom-app"): self._set_app,
            ("POST", "consents"): self._consents,
            ("GET", "webhook"): self._webhook,
            ("PUT", "webhook"): self._subscribe,
            ("POST", "emit"): self._emit,
            ("PUT", "late"): self._late,
            ("GET", "journal"): self._journal,
            **Happenings(self.zoom, self.raw).verbs(),
        }

    def counted(self) -> Json:
        """Requests by endpoint and status, by app, and by rate-limit label."""
        calls: dict[str, Counter[str]] = {}
        callers: dict[str, dict[str, int]] = {}
        for (app, name), count in self.zoom.callers.items():
            callers.setdefault(app, {})[name] = count
        for (name, status), count in self.zoom.calls.items():
            calls.setdefault(name, Counter())[str(status)] += count
        return {
            "calls": {name: dict(found) for name, found in sorted(calls.items())},
            "callers": callers,
            "labels": dict(self.zoom.labels),
            "tokens": self.zoom.tokens.issued,
            "throttled": self.zoom.limits.throttled,
        }

    def reset(self) -> None:
        self.zoom.calls.clear()
        self.zoom.labels.clear()
        self.zoom.callers.clear()
        self.zoom.tokens.issued = self.zoom.limits.throttled = 0

    def _moods(self, body: Json, rest: str) -> Any:
        limits, account = self.zoom.limits, self.zoom.records.one(ACCOUNT, ONE_ACCOUNT)
        return {
            "plan": limits.plan.value,
            "scale": limits.scale,
            "headers": limits.headers.value,
            "code": limits.code,
            "summaries": (account or {}).get("summaries"),
            "code_in_200": self.zoom.kept.code_in_200,
            "forgetful": self.zoom.settings.forgetful,
            "forgets": list(self.zoom.settings.forgets),
            "repeats": self.zoom.pages.repeats,
        }

    def _set_moods(self, body: Json, rest: str) -> Any:
        unknown = set(body) - set(self._moods({}, ""))
        if unknown:
            raise BadInput(f"Zoom has no {sorted(unknown)}: {list(self._moods({}, ''))}")
        limits = self.zoom.limits
        limits.plan = Plan(body.get("plan", limits.plan))
        limits.scale = amount("scale", body.get("scale", limits.scale))
        limits.headers = Headers(body.get("headers", limits.headers))
        limits.code = int(body.get("code", limits.code))
        self.zoom.kept.code_in_200 = bool(body.get("code_in_200", self.zoom.kept.code_in_200))
        self.zoom.settings.forgetful = bool(body.get("forgetful", self.zoom.settings.forgetful))
        self.zoom.settings.forgets = tuple(body.get("forgets", self.zoom.settings.forgets))
        self.zoom.pages.repeats = bool(body.get("repeats", self.zoom.pages.repeats))
        if "summaries" in body:
            if body["summaries"] not in SUMMARIES:
                raise BadInput(f"summaries are {', '.join(SUMMARIES)}")
            told = {"summaries": body["summaries"]}
            self.zoom.records.edit(Edit(ACCOUNT, ONE_ACCOUNT, set=told))
        return self._moods({}, "")

    def _usual(self, body: Json, rest: str) -> Any:
        """All moods, apps and the webhook as at the start; the plan stays."""
        self._set_moods({"scale": 1.0, "headers": "full", "code": 429}, "")
        self._set_moods(dict.fromkeys(("code_in_200", "forgetful", "repeats"), False), "")
        self._set_moods({"forgets": []}, "")
        usual = apps(self.zoom.records.estate.seed).known
        for name, app in self.zoom.apps.known.items():
            app.scopes, app.enabled = usual[name].scopes, True
        self.zoom.webhooks.subscribe("")
        self.zoom.webhooks.late = {}
        self.zoom.webhooks.log.clear()
        return self._moods({}, "")

    def _set_app(self, body: Json, rest: str) -> Any:
        """Switch an app off, or change the scopes that its next tokens get."""
        if body["app"] not in self.zoom.apps.known:
            raise BadInput(f"apps are {', '.join(self.zoom.apps.known)}")
        app = self.zoom.apps.known[body["app"]]
        app.enabled = bool(body.get("enabled", app.enabled))
        wanted = body.get("scopes", app.scopes)
        app.scopes = tuple(one for one in wanted if one not in body.get("without", ()))
        return {"app": app.name, "enabled": app.enabled, "scopes": app.scopes}

    def _consents(self, body: Json, rest: str) -> Any:
        """A refresh token for each device user, or for those of `devices`, without a browser.

        Whose consent is missing gets none; a lapsed one is refused when it is used.
        """
        estate, zoom = self.zoom.records.estate, self.zoom
        wanted = body.get("devices")
        users = None if wanted is None else {self.raw.zoom_name(USERS, one) for one in wanted}
        found = []
        for ipad in estate:
            state = (zoom.records.one(CONSENTS, ipad.zoom_user) or {}).get("state")
            if state in (None, "missing") or (
                users is not None and ipad.zoom_user not in users
            ):
                continue
            token = zoom.oauth.consented(ipad.zoom_user)
            found.append(
                {
                    "asset_tag": ipad.asset_tag,
                    "local_id": ipad.local_id,
                    "email": ipad.m365_user_id,
                    "user_id": ipad.zoom_user,
                    "refresh_token": token,
                }
            )
        return {"consents": found}

    def _webhook(self, body: Json, rest: str) -> Any:
        hooks = self.zoom.webhooks
        return {"url": hooks.url, "validated": hooks.validated, "log": hooks.log}

    def _subscribe(self, body: Json, rest: str) -> Any:
        """Send events there once it has proved the secret; an empty address ends it."""
        self.zoom.webhooks.subscribe(str(body["url"]))
        return self._webhook({}, "")

    def _emit(self, body: Json, rest: str) -> Any:
        """Send any event with any payload."""
        self.zoom.webhooks.emit(str(body["event"]), body.get("payload", {}))
        return self._webhook({}, "")

    def _journal(self, body: Json, rest: str) -> Any:
        """What changed something, after the row of this number; with none, all of it."""
        return self.zoom.journal.since(int(rest or 0))

    def _late(self, body: Json, rest: str) -> Any:
        """`{"events": {name: seconds}}`: how late these events are sent; all others at once."""
        told = {name: timedelta(seconds=float(late)) for name, late in body["events"].items()}
        self.zoom.webhooks.late = told
        return {"events": {name: late.total_seconds() for name, late in told.items()}}
