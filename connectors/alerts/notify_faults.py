"""What Notify's noes mean. Its words may change and may quote an address: its codes count."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import requests

from agent.errors import ConnectorError, Refused, TryAgain, UnknownReply
from connectors.http import BUSY
from connectors.reaching import told_time
from connectors.retry import retry_after

CLOCK_MAY_DIFFER = timedelta(seconds=25)  # Notify takes 30
CLOCK = (
    "Set this machine's clock: Notify takes a key only where clocks differ by less than 30 s."
)
KEY = "Check the API key and that the service of Notify is live."
FORM = (
    "Check the address in contacts.csv, the templates of CALLSTEWARD_NOTIFY_*, and that the"
    " service of Notify is live and not in trial mode."
)
A_MINUTE, A_WHILE = timedelta(minutes=1), timedelta(minutes=10)


def fault(what: str, answer: Any, now: datetime) -> ConnectorError:
    """Our error for an answer that is not 2xx."""
    if not isinstance(answer, requests.Response):
        return TryAgain(f"{what}: no answer")
    status, code = answer.status_code, _code(answer.content)
    shown = f"{what}: {status} {code}".rstrip()
    if status == 429:
        daily = code == "TooManyRequestsError"
        return TryAgain(shown, after=A_WHILE if daily else A_MINUTE)
    if status in BUSY:
        return TryAgain(shown, after=retry_after(answer.headers.get("Retry-After"), now))
    if status in (401, 403):
        return Refused(shown, CLOCK if _is_of_the_clock(answer, now) else KEY)
    return Refused(shown, FORM) if 400 <= status < 600 else UnknownReply(shown)


def not_whole(what: str) -> UnknownReply:
    """A 2xx that is not as we know it: a page of a proxy, perhaps."""
    return UnknownReply(f"{what}: not the answer that we know")


def _is_of_the_clock(answer: requests.Response, now: datetime) -> bool:
    theirs = told_time(answer.headers.get("Date"))
    far = theirs is not None and abs(theirs - now) > CLOCK_MAY_DIFFER
    return far or b"clock" in answer.content


def _code(content: bytes) -> str:
    """The kind of the first error: RateLimitError."""
    try:
        code = msgspec.json.decode(content)["errors"][0]["error"]
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError):
        return ""
    known = isinstance(code, str) and re.fullmatch(r"[A-Za-z]{1,40}", code)
    return str(code) if known else ""
