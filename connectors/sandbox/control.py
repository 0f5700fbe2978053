"""The control API under /_sandbox/: faults, truth, raw edits, counters, limits, failures.

No part of what is imitated: tests, drills and the demo steer the sandbox with it.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.core import Core
from connectors.sandbox.entra import MAIL_ROLES, ROLES
from connectors.sandbox.failure_forms import read_failures
from connectors.sandbox.faults.catalogue import CATALOGUE, Halves
from connectors.sandbox.figures import amount
from connectors.sandbox.ill import ILLS
from connectors.sandbox.limits import RetryAfter
from connectors.sandbox.notify_control import NotifyControl
from connectors.sandbox.odata import PAGE
from connectors.sandbox.raw import RawRecords
from connectors.sandbox.wire import Answer, Json, Request
from connectors.sandbox.zoom.control import ZoomControl

PREFIX = "/_sandbox/"
LONGEST = 60_000  # milliseconds of latency


@dataclass
class Control:
    core: Core
    latency_ms: float = 0

    def __post_init__(self) -> None:
        self.raw = RawRecords(self.core.records, self.core.intune.apps)
        self.zoom = ZoomControl(self.core.zoom, self.raw)
        self.notify = NotifyControl(self.core.notify)

    def handle(self, request: Request) -> Answer:
        word, _, rest = request.path.removeprefix(PREFIX).partition("/")
        verb: Callable[[Json, str], Any] | None = {
            ("GET", "faults"): self._faults,
            ("POST", "plant"): self._plant,
            ("POST", "clear"): self._clear,
            ("GET", "truth"): self._truth,
            ("GET", "asked"): lambda body, rest: list(self.core.asked),
            ("GET", "counters"): self._counters,
            ("DELETE", "counters"): self._reset_counters,
            ("PUT", "limits"): self._limits,
            ("PUT", "latency"): self._latency,
            ("PUT", "pages"): self._pages,
            ("GET", "failures"): self._fault_names,
            ("PUT", "failures"): self._failures,
            ("POST", "expire-tokens"): self._expire_tokens,
            ("PUT", "roles"): self._roles,
            ("PUT", "settings-lost-on-select"): self._settings_lost,
            ("GET", "records"): self.raw.read,
            ("PATCH", "records"): self.raw.edit,
            ("PUT", "records"): self.raw.replace,
            ("DELETE", "records"): self.raw.drop,
            **self.zoom.verbs(),
            **self.notify.verbs(),
        }.get((request.method, word))
        if verb is None:
            return _refused(404, f"nothing answers {request.method} {request.path}")
        try:
            return Answer(200, verb(_body(request), rest))
        except BadInput as err:
            return _refused(400, str(err))
        except KeyError as err:
            return _refused(400, f"the body lacks {err}, or names what is not there")
        except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as err:
            return _refused(400, f"the body is not as expected: {err}")

    def _faults(self, body: Json, rest: str) -> Any:
        return [
            {
                "name": fault.name,
                "slots": sorted(fault.slots),
                "hides": fault.hides.value or None,
                "rows": [
                    {"check": row.check, "verdict": row.verdict, "reason": row.reason}
                    for row in fault.rows
                ],
            }
            for fault in CATALOGUE.values()
        ]

    def _plant(self, body: Json, rest: str) -> Any:
        if "name" in body:
            return [self.core.planting.plant(body["name"], body.get("subject"))]
        halves = Halves(body.get("halves", Halves.MDM))
        return self.core.planting.plant_many(int(body["count"]), int(body["seed"]), halves)

    def _clear(self, body: Json, rest: str) -> Any:
        return {"cleared": self.core.planting.clear(body.get("name"), body.get("subject"))}

    def _truth(self, body: Json, rest: str) -> Any:
        return self.core.planting.truth()

    def _counters(self, body: Json, rest: str) -> Any:
        return {
            "calls": _by_name(self.core.calls),
            "batched": _by_name(self.core.batched),
            "tokens": self.core.entra.issued,
            "throttled": self.core.limits.throttled,
            "zoom": self.zoom.counted(),
            "notify": _by_name(self.core.notify.calls),
        }

    def _reset_counters(self, body: Json, rest: str) -> Any:
        self.core.calls.clear()
        self.core.batched.clear()
        self.core.notify.calls.clear()
        self.core.entra.issued = self.core.limits.throttled = 0
        self.zoom.reset()
        return self._counters(body, rest)

    def _limits(self, body: Json, rest: str) -> Any:
        limits = self.core.limits
        scale = amount("scale", body.get("scale", limits.scale))
        limits.retry_after = RetryAfter(body.get("retry_after", limits.retry_after.value))
        limits.scale = scale
        return {"scale": limits.scale, "retry_after": limits.retry_after.value}

    def _latency(self, body: Json, rest: str) -> Any:
        latency = float(body["ms"])
        if not 0 <= latency <= LONGEST:
            raise BadInput(f"`ms` is from 0 to {LONGEST}")
        self.latency_ms = latency
        return {"ms": self.latency_ms}

    def _fault_names(self, body: Json, rest: str) -> Any:
        """What an endpoint can be told to do, beside answering with a status."""
        return [{"name": name, "what": ill.what} for name, ill in ILLS.items()]

    def _failures(self, body: Json, rest: str) -> Any:
        """Replace the list of failures; an empty list ends them."""
        tls = self.core.base_url.startswith("https:")
        self.core.failures = read_failures(body["failures"], self.core.endpoints(), tls=tls)
        return {"failures": [one.endpoint for one in self.core.failures]}

    def _pages(self, body: Json, rest: str) -> Any:
        """No page of Graph's or Zoom's has more rows than `most`; null: as they are."""
        most = body["most"]
        if most is not None and (not isinstance(most, int) or not 0 < most <= PAGE):
            raise BadInput(f"`most` is a number from 1 to {PAGE}, or null")
        self.core.intune.most, self.core.zoom.pages.most = most or PAGE, most
        return {"most": most}

    def _expire_tokens(self, body: Json, rest: str) -> Any:
        self.core.entra.expire_all()
        self.core.zoom.tokens.expire_access()
        return {}

    def _roles(self, body: Json, rest: str) -> Any:
        """What the applications' next tokens say that they may do; usual: what they need."""
        entra = self.core.entra
        entra.roles = tuple(map(str, body.get("roles", ROLES)))
        entra.mail_roles = tuple(map(str, body.get("mail", MAIL_ROLES)))
        return {"roles": entra.roles, "mail": entra.mail_roles}

    def _settings_lost(self, body: Json, rest: str) -> Any:
        """Whether `$select` loses the tenant's settings, as it does in some tenants."""
        self.core.intune.settings_lost_on_select = bool(body["on"])
        return {"on": bool(body["on"])}


def _body(request: Request) -> Json:
    if not request.body:
        return {}
    body = json.loads(request.body, parse_constant=_no_number)
    if not isinstance(body, dict):
        raise BadInput("the body must be a JSON object")
    return body


def _no_number(word: str) -> None:
    raise BadInput(f"{word} is not JSON")


def _by_name(counter: Mapping[tuple[str, int], int]) -> Json:
    found: dict[str, Counter[str]] = {}
    for (name, status), count in counter.items():
        found.setdefault(name, Counter())[str(status)] += count
    return {name: dict(statuses) for name, statuses in sorted(found.items())}


def _refused(status: int, text: str) -> Answer:
    return Answer(status, {"error": text})
