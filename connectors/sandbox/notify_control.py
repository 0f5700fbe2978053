"""The control API's words for Notify."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors.sandbox.notify import Notify
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.happenings import Verb


@dataclass(frozen=True, slots=True)
class NotifyControl:
    notify: Notify

    def verbs(self) -> Mapping[tuple[str, str], Verb]:
        return {("PUT", "notify"): self._set, ("GET", "notify"): self._told}

    def _set(self, body: Json, rest: str) -> Any:
        """Where receipts go, with which token; limits; its clock; whom a team's key tells."""
        notify, receipts = self.notify, self.notify.receipts
        if body.get("forget"):
            notify.kept.clear()
            receipts.log.clear()
        receipts.url = str(body.get("receipts", receipts.url))
        receipts.token = str(body.get("token", receipts.token))
        notify.per_minute = int(body.get("per_minute", notify.per_minute))
        notify.per_day = int(body.get("per_day", notify.per_day))
        ahead = body.get("ahead", notify.ahead.total_seconds())
        notify.ahead = timedelta(seconds=float(ahead))
        if "team" in body:
            team = body["team"]
            notify.team = None if team is None else tuple(map(str, team))
        return self._told(body, rest)

    def _told(self, body: Json, rest: str) -> Any:
        """What Notify took, and which receipts it sent."""
        kept = [{k: v for k, v in row.items() if k != "sent"} for row in self.notify.kept]
        return {"kept": kept, "receipts": self.notify.receipts.log}
