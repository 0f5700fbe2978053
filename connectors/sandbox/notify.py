"""GOV.UK Notify without a socket: what its own client asks, and its documented error bodies.

One service with a key of each kind that sends. Mail that it takes lies in `outbox`; receipts
wait in `receipts` until whoever has sockets sends them.
"""

import urllib.parse
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt

from connectors.sandbox.chance import guid
from connectors.sandbox.failures import Failure, Vendor, around
from connectors.sandbox.notify_forms import (
    TEMPLATES,
    NotifyRefused,
    as_mail,
    as_notify,
    filled,
    recipient,
    template_row,
    wanted,
)
from connectors.sandbox.notify_receipts import Receipts, outcome, simulated
from connectors.sandbox.wire import Answer, Json, Request

PREFIX = "/v2/"
SKEW = 30  # seconds
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
BLOCKED_AFTER = 20  # the same words to one number in an hour: then networks take no more
PLACES = {
    ("POST", "notifications/sms"): "notify.sms",
    ("POST", "notifications/email"): "notify.email",
    ("GET", "notifications"): "notify.list",
}


class Notify:
    """`per_minute` and `per_day` are the service's limits; `ahead` is how far its clock is."""

    def __init__(self, clock: Callable[[], datetime], seed: int) -> None:
        self.service_id = guid(seed, "notify service")
        self.secret = guid(seed, "notify key")
        self.per_minute, self.per_day = 3000, 250_000
        self.ahead = timedelta(0)
        self.team: tuple[str, ...] | None = None  # who alone may be sent to; None: everybody
        self.calls: Counter[tuple[str, int]] = Counter()
        self.outbox: list[bytes] = []
        self.kept: list[Json] = []
        self.templates = {guid(seed, "notify template", kind): kind for kind in TEMPLATES}
        self.receipts = Receipts(self.now)
        self._clock, self._seed = clock, seed
        self._taken: deque[datetime] = deque()
        self._vendor = Vendor(as_notify, lambda: None, clock)

    @property
    def key(self) -> str:
        return f"sandbox-{self.service_id}-{self.secret}"

    def now(self) -> datetime:
        return self._clock() + self.ahead

    def endpoints(self) -> tuple[str, ...]:
        return (*PLACES.values(), "notify.one", "notify.template")

    def handle(self, request: Request, failures: Sequence[Failure] = ()) -> Answer:
        """Answer one request under /v2/, and count it."""
        path = request.path.removeprefix(PREFIX).strip("/")
        name = self._name(request.method, path)
        try:
            self._authorise(request)
            answer = around(
                failures, name, request, self._vendor, lambda: self._told(name, path, request)
            )
        except NotifyRefused as refused:
            answer = refused.answer
        self.calls[name, answer.status] += 1
        return answer

    def take(self) -> list[bytes]:
        """Mails to be delivered now."""
        found, self.outbox = self.outbox, []
        return found

    def _name(self, method: str, path: str) -> str:
        first = path.partition("/")[0]
        one = {"notifications": "notify.one", "template": "notify.template"}.get(first)
        found = PLACES.get((method, path), one if method == "GET" else None)
        return found or "notify.unknown"

    def _told(self, name: str, path: str, request: Request) -> Answer:
        match name:
            case "notify.sms" | "notify.email":
                return self._send(name.removeprefix("notify."), request)
            case "notify.list":
                return self._list(request)
            case "notify.one":
                found = [row for row in self.kept if row["id"] == path.partition("/")[2]]
                if found:
                    return Answer(200, found[0])
            case "notify.template":
                id_ = path.partition("/")[2]
                if id_ in self.templates:
                    return Answer(200, template_row(id_, self.templates[id_], self.now()))
        raise NotifyRefused(404, "NoResultFound", "No result found")

    def _authorise(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            text = "Unauthorized: authentication token must be provided"
            raise NotifyRefused(401, "AuthError", text)
        try:
            claims: Any = jwt.decode(
                token, self.secret, algorithms=["HS256"], options={"verify_iat": False}
            )
        except jwt.InvalidTokenError as err:
            text = "Invalid token: API key not found"
            raise NotifyRefused(403, "AuthError", text) from err
        if claims.get("iss") != self.service_id:
            raise NotifyRefused(403, "AuthError", "Invalid token: service not found")
        if abs(int(claims.get("iat", 0)) - self.now().timestamp()) > SKEW:
            text = "Error: Your system clock must be accurate to within 30 seconds"
            raise NotifyRefused(403, "AuthError", text)

    def _send(self, kind: str, request: Request) -> Answer:
        form = wanted(kind, request.body)
        to = recipient(kind, form)
        if self.templates.get(form["template_id"]) is None:
            raise NotifyRefused(400, "BadRequestError", "Template not found")
        if self.templates[form["template_id"]] != kind:
            text = f"{kind} template is not suitable for {kind} notification"
            raise NotifyRefused(400, "BadRequestError", text)
        if self.team is not None and to not in self.team:
            text = "Can’t send to this recipient using a team-only API key."
            raise NotifyRefused(400, "BadRequestError", text)
        content = filled(kind, form)
        self._within_limits(kind)
        row = self._row(kind, form, to, content)
        if not simulated(to):
            self._keep(kind, row, to, content)
        told = {name: row[name] for name in ("id", "reference", "template")}
        return Answer(201, told | {
            "content": content, "uri": f"/v2/notifications/{row['id']}", "scheduled_for": None,
        })  # fmt: skip

    def _keep(self, kind: str, row: Json, to: str, content: Json) -> None:
        same = [
            one for one in self.kept
            if one["body"] == row["body"] and one["phone_number"] == to
            and one["sent"] > self.now() - AN_HOUR
        ]  # fmt: skip
        blocked = kind == "sms" and len(same) >= BLOCKED_AFTER
        self.kept.append(row)
        row["status"] = "permanent-failure" if blocked else outcome(to)
        self.receipts.tell(row, to)
        if kind == "email" and row["status"] == "delivered":
            self.outbox.append(as_mail(to, content))

    def _row(self, kind: str, form: Json, to: str, content: Json) -> Json:
        mail = kind == "email"
        return {
            "id": guid(self._seed, "notification", self.calls.total(), self.now()),
            "reference": form.get("reference"),
            "email_address": to if mail else None,
            "phone_number": None if mail else to,
            "type": kind,
            "status": "created",
            "template": {
                "id": form["template_id"], "version": 1,
                "uri": f"/v2/template/{form['template_id']}",
            },
            "body": content["body"],
            "subject": content.get("subject"),
            "sent": self.now(),
            "created_at": f"{self.now():%Y-%m-%dT%H:%M:%S.%fZ}",
        }  # fmt: skip

    def _list(self, request: Request) -> Answer:
        reference = request.query.get("reference")
        rows = [row for row in self.kept if reference in (None, row["reference"])]
        shown = [{k: v for k, v in row.items() if k != "sent"} for row in rows[::-1]]
        query = urllib.parse.urlencode(request.query)
        return Answer(200, {
            "notifications": shown[:250], "links": {"current": f"/v2/notifications?{query}"},
        })  # fmt: skip

    def _within_limits(self, kind: str) -> None:
        now = self.now()
        while self._taken and self._taken[0] < now - A_MINUTE:
            self._taken.popleft()
        if len(self._taken) >= self.per_minute:
            text = (
                f"Exceeded rate limit for key type LIVE of {self.per_minute} requests per 60"
                " seconds"
            )
            raise NotifyRefused(429, "RateLimitError", text)
        if sum(row["sent"].date() == now.date() for row in self.kept) >= self.per_day:
            text = f"Exceeded send limits ({kind}: {self.per_day}) for today"
            raise NotifyRefused(429, "TooManyRequestsError", text)
        self._taken.append(now)
