"""Webhooks: events signed as Zoom signs them, the check of the address, and late repeats.

Nothing is sent from here. Whoever has sockets takes what is due, sends it, and says what came
back (facts on Zoom, section 1).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.sandbox.chance import guid
from connectors.sandbox.wire import Json

VALIDATION = "endpoint.url_validation"
AGAIN = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST to be made. `tries` is how often it was sent before."""

    url: str
    event: str
    headers: Mapping[str, str]
    body: bytes
    due: datetime
    tries: int = 0


@dataclass
class Webhooks:
    """`late`: how long after it happened an event of this name is sent, so that it may come
    after what happened next."""

    clock: Callable[[], datetime]
    secret: str
    account_id: str
    url: str = ""
    validated: bool = False
    late: dict[str, timedelta] = field(default_factory=dict)
    log: list[Json] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)
    _plain: str = ""
    _made: int = 0

    def subscribe(self, url: str) -> None:
        """Events go to this address once it has proven that it knows the secret."""
        self.url, self.validated = url, False
        self._waiting.clear()
        if url:
            self._made += 1
            self._plain = guid("plain token", self._made).replace("-", "")[:22]
            self._queue(VALIDATION, {"plainToken": self._plain})

    def emit(self, event: str, payload: Json) -> None:
        """Send this to the subscriber, if there is one."""
        if self.url:
            self._queue(event, {"account_id": self.account_id, **payload})

    def take(self) -> list[Delivery]:
        """What is to be sent now. Events wait for the check of the address."""
        now = self.clock()
        due = [
            one
            for one in self._waiting
            if one.due <= now and (self.validated or one.event == VALIDATION)
        ]
        self._waiting = [one for one in self._waiting if one not in due]
        return sorted(due, key=lambda one: one.due)

    def sent(self, delivery: Delivery, status: int | None, body: bytes = b"") -> None:
        """What came back; None: nothing did. A fault of the other side is tried again."""
        told = {"event": delivery.event, "status": status, "try": delivery.tries + 1}
        self.log.append(told)
        if delivery.event == VALIDATION:
            self.validated = status == 200 and self._proven(body)
        elif (status is None or status >= 500) and delivery.tries < len(AGAIN):
            due = self.clock() + AGAIN[delivery.tries]
            self._waiting.append(replace(delivery, due=due, tries=delivery.tries + 1))

    def signed(self, timestamp: str, body: bytes) -> str:
        text = b"v0:" + timestamp.encode() + b":" + body
        return "v0=" + self._digest(text)

    def _queue(self, event: str, payload: Json) -> None:
        now = self.clock()
        self._made += 1
        told = {"event": event, "event_ts": int(now.timestamp() * 1000), "payload": payload}
        body = json.dumps(told, separators=(",", ":")).encode()
        due = now + self.late.get(event, timedelta(0))
        seconds = str(int(due.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-zm-request-timestamp": seconds,
            "x-zm-signature": self.signed(seconds, body),
            "x-zm-request-id": guid("zoom event", self._made, seconds),
        }
        self._waiting.append(Delivery(self.url, event, headers, body, due))

    def _proven(self, body: bytes) -> bool:
        try:
            told = json.loads(body)
        except ValueError:
            return False
        expected = {"plainToken": self._plain, "encryptedToken": self._digest(self._plain)}
        return bool(told == expected)

    def _digest(self, text: str | bytes) -> str:
        raw = text.encode() if isinstance(text, str) else text
        return hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
