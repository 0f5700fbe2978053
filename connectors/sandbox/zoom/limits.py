"""Rate limits of an account by plan and label, counted by the clock's own seconds and days.

Labels, figures and headers are those of facts on Zoom, section 5. Where the minute is the
unit, it too is the clock's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from connectors.sandbox.wire import Answer, stamp
from connectors.sandbox.zoom.wire import refusal

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


class Label(StrEnum):
    LIGHT = "Light"
    MEDIUM = "Medium"
    HEAVY = "Heavy"
    INTENSIVE = "Resource-intensive"


class Plan(StrEnum):
    """What the account pays for."""

    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"


class Headers(StrEnum):
    """What an answer says of the limits; nothing of it can be relied on."""

    FULL = "full"
    CATEGORY = "category"
    NONE = "none"


RATES: Mapping[Plan, Mapping[Label, tuple[int, timedelta]]] = {
    Plan.FREE: {
        Label.LIGHT: (4, SECOND),
        Label.MEDIUM: (2, SECOND),
        Label.HEAVY: (1, SECOND),
        Label.INTENSIVE: (10, MINUTE),
    },
    Plan.PRO: {
        Label.LIGHT: (30, SECOND),
        Label.MEDIUM: (20, SECOND),
        Label.HEAVY: (10, SECOND),
        Label.INTENSIVE: (10, MINUTE),
    },
    Plan.BUSINESS: {
        Label.LIGHT: (80, SECOND),
        Label.MEDIUM: (60, SECOND),
        Label.HEAVY: (40, SECOND),
        Label.INTENSIVE: (20, MINUTE),
    },
}
SHARED = "Heavy and Resource-intensive"
DAILY: Mapping[Plan, Mapping[str, int]] = {
    Plan.FREE: {"Light": 6_000, "Medium": 2_000, "Heavy": 1_000, "Resource-intensive": 30_000},
    Plan.PRO: {SHARED: 30_000},
    Plan.BUSINESS: {SHARED: 60_000},
}
TOO_FAST = "You have reached the maximum per-second rate limit for this API. Try again later."
TOO_MANY = (
    "You have reached the maximum daily rate limit for this API. "
    "Refer to the response header for details on when you can make another request."
)


@dataclass
class Limits:
    clock: Callable[[], datetime]
    plan: Plan = Plan.BUSINESS
    scale: float = 1.0
    headers: Headers = Headers.FULL
    code: int = 429  # in the body; 4001 was seen too
    throttled: int = 0
    _used: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def take(self, label: Label) -> tuple[Answer | None, Mapping[str, str]]:
        """Count one request: a 429 or nothing, and the headers that go with any answer."""
        now = self.clock()
        rate, unit = RATES[self.plan][label]
        most, window = self._most(rate), _start(now, unit)
        used = self._count(label, window)
        bucket = SHARED if label in (Label.HEAVY, Label.INTENSIVE) else label.value
        bucket = bucket if bucket in DAILY[self.plan] else label.value
        daily = DAILY[self.plan].get(bucket)
        today = self._count(f"day {bucket}", _start(now, DAY))
        if daily is not None and today >= self._most(daily):
            self.throttled += 1
            again = {"Retry-After": stamp(_start(now, DAY) + DAY)}
            told = self._said(label, "Daily-limit", self._most(daily), 0) | again
            return refusal(429, self.code, TOO_MANY, told), told
        if used >= most:
            self.throttled += 1
            reset = {"X-RateLimit-Reset": str(int((window + unit).timestamp()))}
            told = self._said(label, "QPS", most, 0)
            told = told | reset if self.headers is Headers.FULL else told
            return refusal(429, self.code, TOO_FAST, told), told
        self._used[label] = (window, used + 1)
        self._used[f"day {bucket}"] = (_start(now, DAY), today + 1)
        return None, self._said(label, "QPS", most, most - used - 1)

    def _most(self, count: int) -> int:
        return max(1, round(count * self.scale))

    def _count(self, name: str, window: datetime) -> int:
        start, used = self._used.get(name, (window, 0))
        return used if start == window else 0

    def _said(self, label: Label, kind: str, most: int, left: int) -> dict[str, str]:
        category = {"X-RateLimit-Category": label.value}
        if self.headers is Headers.FULL:
            more = {"Type": kind, "Limit": str(most), "Remaining": str(left)}
            return category | {f"X-RateLimit-{name}": value for name, value in more.items()}
        return category if self.headers is Headers.CATEGORY else {}


def _start(now: datetime, unit: timedelta) -> datetime:
    """The beginning of the clock's own second, minute or day, in UTC."""
    now = now.astimezone(UTC).replace(microsecond=0)
    if unit >= MINUTE:
        now = now.replace(second=0)
    return now.replace(hour=0, minute=0) if unit >= DAY else now
