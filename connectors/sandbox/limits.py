"""Rate limits in windows of 20 s, as published for Graph's Intune resources, and their 429."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import Enum

from connectors.sandbox.wire import Answer, refusal

WINDOW = timedelta(seconds=20)


class Budget(Enum):
    """Calls of one app in one tenant, or to one mailbox, within 20 s."""

    DEVICES = 2000
    CONFIGURATION = 1000
    MAIL = 333  # 10,000 in ten minutes


class RetryAfter(Enum):
    """How a 429 says when to come back; Intune often says nothing."""

    INTEGER = "integer"
    FRACTIONAL = "fractional"
    DATE = "date"
    ABSENT = "absent"


@dataclass
class Limits:
    clock: Callable[[], datetime]
    scale: float = 1.0
    retry_after: RetryAfter = RetryAfter.INTEGER
    throttled: int = 0
    _used: dict[Budget, tuple[datetime, int]] = field(default_factory=dict)

    def take(self, budget: Budget) -> Answer | None:
        """Count one request; a 429 where the window is full."""
        now = self.clock()
        start, used = self._used.get(budget, (now, 0))
        if now - start >= WINDOW or now < start:
            start, used = now, 0
        if used >= max(1, round(budget.value * self.scale)):
            self.throttled += 1
            return too_many(self.retry_after, now, start + WINDOW - now)
        self._used[budget] = (start, used + 1)
        return None


def too_many(form: RetryAfter, now: datetime, wait: timedelta) -> Answer:
    seconds = max(wait.total_seconds(), 0.001)
    value = {
        RetryAfter.INTEGER: str(math.ceil(seconds)),
        RetryAfter.FRACTIONAL: f"{seconds:.3f}",
        RetryAfter.DATE: format_datetime(
            now + timedelta(seconds=math.ceil(seconds)), usegmt=True
        ),
    }.get(form)
    headers = {} if value is None else {"Retry-After": value}
    return refusal(429, "TooManyRequests", "Too many requests. Please retry later.", headers)
