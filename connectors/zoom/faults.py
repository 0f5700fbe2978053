"""Zoom's errors as ours. Zoom puts a number and a sentence into the body, also of some 2xx."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from agent.errors import ConnectorError, Refused, TryAgain, UnknownReply
from connectors.http import BUSY, Unauthorised
from connectors.retry import retry_after

BAD_TOKEN = "124"  # noqa: S105
NO_SCOPE = ("4700", "4711")  # classic, granular
LONGEST = 120  # characters of a message

SCOPE = r"[a-z_]+(?::[a-z_]+)+"
NAMED_SCOPES = re.compile(rf"\[({SCOPE}(?:\s*,\s*{SCOPE})*)\]")
UNSAFE = re.compile(
    r"\S+://\S*"  # links
    r"|\S*(?:@|%40)\S*"  # addresses
    r"|[A-Za-z0-9+/=_-]{20,}"  # ids, tokens
    r"|\d[\d -]{6,}\d"  # meeting and telephone numbers
)


class Declined(Refused):
    """Zoom said no. `code` is its number, or OAuth's word; empty where it gave none."""

    def __init__(self, message: str, status: int, code: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class ScopesMissing(Declined):
    """The app may not do this."""

    hint = "Add the scopes to the app in Zoom's marketplace; new tokens get them after a while."


class _Said(msgspec.Struct):
    code: Any = None
    error_code: Any = msgspec.field(name="errorCode", default=None)
    error: Any = None
    message: Any = None
    reason: Any = None


def judge(
    what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ConnectorError | None:
    """What an answer means. A 2xx whose body has a code is an error as well."""
    said = _said(body)
    code = _code(said)
    if 200 <= status < 300 and not code:
        return None
    shown = " ".join(filter(None, (f"{what}: {status}", code, _safe(said))))
    if status in BUSY or code == "429":
        return TryAgain(shown, after=_after(headers, now))
    if code in NO_SCOPE:
        return ScopesMissing(f"{what}: {status} {code} {_scopes(said)}", status, code)
    if status == 401 or code == BAD_TOKEN:
        return Unauthorised(shown)
    if 200 <= status < 300 or 400 <= status < 600:
        return Declined(shown, status, code)
    return UnknownReply(shown)


def _said(body: bytes) -> _Said:
    try:
        return msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said()


def _code(said: _Said) -> str:
    """A number, or OAuth's word; 0 says that all is well."""
    for raw in (said.code, said.error_code, said.error):
        if isinstance(raw, str | int) and raw and not isinstance(raw, bool):
            return str(raw) if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", str(raw)) else "?"
    return ""


def _safe(said: _Said) -> str:
    """The sentence without what may be somebody's address, number, id or token."""
    text = next((t for t in (said.message, said.reason) if isinstance(t, str)), "")
    plain = "".join(c if c.isascii() and c.isprintable() else " " for c in text[:1000])
    return " ".join(UNSAFE.sub("(...)", plain).split())[:LONGEST]


def _scopes(said: _Said) -> str:
    named = NAMED_SCOPES.search(said.message) if isinstance(said.message, str) else None
    return f"the app lacks {named[1]}" if named else "the app lacks a scope"


def _after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long Zoom asks us to wait: it says so in several ways, or not at all."""
    lower = {name.lower(): value for name, value in headers.items()}
    wait = retry_after(lower.get("retry-after"), now)
    if wait is None:
        wait = _until(lower.get("x-ratelimit-reset", ""), now)
    if wait is None and lower.get("x-ratelimit-type", "").lower().startswith("daily"):
        tomorrow = (now + timedelta(days=1)).astimezone(UTC)
        wait = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0) - now
    return wait


def _until(text: str, now: datetime) -> timedelta | None:
    """A Unix time, in seconds or milliseconds."""
    if not re.fullmatch(r"\d{10}(\d{3})?", text.strip()):
        return None
    number = int(text)
    then = datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
    return max(then - now, timedelta(0))
