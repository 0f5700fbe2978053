"""Single fields of Zoom's records in our words. One odd field hides only itself."""

import re
from datetime import UTC, datetime
from typing import Any

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import NOT_TOLD
from connectors.zoom.client import SOURCE


def odd(what: str) -> Unknown:
    return Unknown("unknown-value", f"Zoom tells {what} in a form that we do not know")


def plain(raw: object) -> str:
    """Text without the spaces around it; empty where it is none."""
    return raw.strip() if isinstance(raw, str) else ""


def address(raw: object) -> str:
    """An e-mail address as we compare it."""
    return plain(raw).lower()


def text(raw: object, what: str, at: datetime) -> Fact[str]:
    if raw is None or raw == "":
        return NOT_TOLD
    return Known(raw.strip(), SOURCE, at) if isinstance(raw, str) else odd(what)


def flag(raw: object, what: str, at: datetime) -> Fact[bool]:
    """Absent is neither true nor false."""
    if raw is None:
        return NOT_TOLD
    return Known(raw, SOURCE, at) if isinstance(raw, bool) else odd(what)


def moment(raw: Any) -> datetime | None:
    """A time as Zoom writes it, in UTC."""
    if not isinstance(raw, str) or not re.match(r"\d{4}-\d\d-\d\dT", raw):
        return None
    try:
        then = datetime.fromisoformat(raw)
        return then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def when(raw: Any, at: datetime) -> Fact[datetime]:
    then = moment(raw)
    if then is not None:
        return Known(then, SOURCE, at)
    return NOT_TOLD if raw is None or raw == "" else odd("a time")
