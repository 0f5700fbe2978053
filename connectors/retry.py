"""Patience with reads: how long, how often, and what the outside asked for."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from agent.errors import TryAgain

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a read is tried again. A wait that would outlast `total` is not begun."""

    total: timedelta = timedelta(seconds=60)
    first_wait: timedelta = timedelta(milliseconds=500)
    longest_wait: timedelta = timedelta(seconds=20)
    tries: int = 8


def patiently(call: Callable[[], T], patience: Patience) -> T:
    """Call until it raises no TryAgain, waiting as asked; the last error goes through.

    What the outside asks for is kept even where it is longer than `longest_wait`: where it
    does not fit into `total`, there is no second try.
    """
    set_on_retry_hooks([])  # the default one logs the arguments of the call
    end = time.monotonic() + patience.total.total_seconds()
    own_wait = patience.first_wait / 2

    def wait(err: Exception) -> bool | float:
        nonlocal own_wait
        if not isinstance(err, TryAgain):
            return False
        own_wait = min(own_wait * 2, patience.longest_wait)
        seconds = (own_wait if err.after is None else err.after).total_seconds()
        return seconds if time.monotonic() + seconds < end else False

    caller = stamina.RetryingCaller(attempts=patience.tries, timeout=None)
    return caller(wait, call)


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for: seconds, part seconds, or a date.

    A date as HTTP writes it, or as ISO 8601 does.
    """
    if text is None:
        return None
    text = text.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return timedelta(seconds=float(text))
    then = _date(text)
    return None if then is None else max(then - now, timedelta(0))


def _date(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            then = read(text)
            return then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
