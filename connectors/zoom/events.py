"""Whether a webhook is Zoom's own, and what to answer where Zoom asks whether we are there.

Pure: who receives it stores the raw body first, answers at once, and works on it later. The
signature is over the raw bytes, so it is proven before anything is parsed
(developers.zoom.us, "Using webhooks").
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

WINDOW = timedelta(minutes=5)  # ours: Zoom names none
MILLISECONDS = 10**11  # a Unix time above this is not in seconds


class _Payload(msgspec.Struct):
    plain_token: Any = msgspec.field(name="plainToken", default=None)


class _Event(msgspec.Struct):
    event: Any = None
    payload: Any = None


def is_from_zoom(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether this body was signed with our secret token within five minutes of `now`."""
    lower = {name.lower(): value for name, value in headers.items()}
    stamp = lower.get("x-zm-request-timestamp", "")
    if not secret or not _is_recent(stamp, now):
        return False
    wanted = f"v0={_mac(secret, b'v0:' + stamp.encode() + b':' + body)}"
    given = lower.get("x-zm-signature", "")
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def challenge_answer(secret: str, body: bytes) -> Mapping[str, str] | None:
    """What Zoom's question `endpoint.url_validation` is answered with; None: it is another
    event. Only for a body that is proven to be from Zoom."""
    try:
        asked = msgspec.json.decode(body, type=_Event)
        if asked.event != "endpoint.url_validation":
            return None
        token = msgspec.convert(asked.payload, _Payload).plain_token
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(token, str):
        return None
    return {"plainToken": token, "encryptedToken": _mac(secret, token.encode())}


def dedupe_key(headers: Mapping[str, str], body: bytes) -> str:
    """The same for each delivery of one event: Zoom's own id of the request, else a hash."""
    lower = {name.lower(): value for name, value in headers.items()}
    own = lower.get("x-zm-request-id", "")
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", own):
        return f"id/{own}"
    return f"sha256/{hashlib.sha256(body).hexdigest()}"


def _is_recent(stamp: str, now: datetime) -> bool:
    if not re.fullmatch(r"[0-9]{10,13}", stamp):
        return False
    number = int(stamp)
    seconds = number / 1000 if number > MILLISECONDS else number
    return abs(datetime.fromtimestamp(seconds, UTC) - now) <= WINDOW


def _mac(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
