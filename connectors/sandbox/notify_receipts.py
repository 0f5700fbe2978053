"""Notify's delivery receipts: what becomes of a message, and who is told."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.webhooks import Delivery

EVERY, TIMES = timedelta(minutes=5), 5
FAILS = {
    "temp-fail@simulator.notify": "temporary-failure",
    "perm-fail@simulator.notify": "permanent-failure",
    "+447700900003": "temporary-failure",
    "+447700900002": "permanent-failure",
}
SIMULATED = (
    "simulate-delivered@notifications.service.gov.uk",
    "simulate-delivered-2@notifications.service.gov.uk",
    "simulate-delivered-3@notifications.service.gov.uk",
    "+447700900000", "+447700900111", "+447700900222",
)  # fmt: skip
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


def simulated(to: str) -> bool:
    """Checked and answered, but neither kept nor sent, and without a receipt."""
    return to.lower() in SIMULATED


def outcome(to: str) -> str:
    """What becomes of it in the end."""
    return FAILS.get(to.lower(), "delivered")


@dataclass
class Receipts:
    """`url` empty: nobody is told. A POST that fails is made again, five times."""

    clock: Callable[[], datetime]
    url: str = ""
    token: str = ""
    log: list[Json] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)

    def tell(self, row: Json, to: str) -> None:
        if not self.url:
            return
        at = self.clock()
        told = {
            "id": row["id"], "reference": row["reference"], "to": to,
            "status": row["status"], "created_at": row["created_at"],
            "completed_at": f"{at:{STAMP}}", "sent_at": f"{at:{STAMP}}",
            "notification_type": row["type"], "template_id": row["template"]["id"],
            "template_version": 1,
        }  # fmt: skip
        headers = {
            "Content-Type": "application/json", "Authorization": f"Bearer {self.token}",
        }  # fmt: skip
        body = json.dumps(told).encode()
        self._waiting.append(Delivery(self.url, "receipt", headers, body, at))

    def take(self) -> list[Delivery]:
        """What is to be sent now."""
        now = self.clock()
        due = [one for one in self._waiting if one.due <= now]
        self._waiting = [one for one in self._waiting if one.due > now]
        return due

    def sent(self, delivery: Delivery, status: int | None, body: bytes = b"") -> None:
        """What came back; None: nothing did."""
        self.log.append({"status": status, "try": delivery.tries + 1})
        failed = status is None or status >= 400
        if failed and delivery.tries < TIMES:
            again = replace(delivery, due=self.clock() + EVERY, tries=delivery.tries + 1)
            self._waiting.append(again)
