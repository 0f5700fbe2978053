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

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import ZoomEvent

AHEAD = timedelta(minutes=5)  # ours: Zoom names no window
BEHIND = timedelta(
    hours=2
)  # Zoom's last repeat comes after 85 minutes, perhaps as it was signed
MILLISECONDS = 10**11  # a Unix time above this is not in seconds


class _Payload(msgspec.Struct):
    plain_token: Any = msgspec.field(name="plainToken", default=None)


class _Event(msgspec.Struct):
    event: Any = None
    event_ts: Any = None
    payload: Any = None


class _Object(msgspec.Struct):
    """What an event is about: most name a meeting so, those of a summary so."""

    id: Any = None
    uuid: Any = None
    host_id: Any = None
    meeting_id: Any = None
    meeting_uuid: Any = None
    meeting_host_id: Any = None
    start_time: Any = None
    end_time: Any = None


def is_from_zoom(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether this body was signed with our secret token, not long before `now`.

    A body that is played again within that time is known by its key.
    """
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


def dedupe_key(body: bytes) -> str:
    """The same for each delivery of one event, whose body says when it happened.

    Zoom's own id of the request is not signed, so anybody could change it.
    """
    return f"sha256/{hashlib.sha256(body).hexdigest()}"


def told(body: bytes) -> ZoomEvent:
    """What an event that is proven to be Zoom's says; what cannot be read of it is left out.

    Nothing personal is taken: no topic, no name, no address.
    """
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        event = _Event()
    about = event.payload.get("object") if isinstance(event.payload, dict) else None
    found = msgspec.convert(about, _Object) if isinstance(about, dict) else _Object()
    name = event.event if isinstance(event.event, str) else ""
    return ZoomEvent(
        name=name if re.fullmatch(r"[a-z][a-z0-9_.]{0,99}", name) else "unreadable",
        at=_moment(event.event_ts),
        meeting=LiveMeeting(
            _id(found.id) or _id(found.meeting_id),
            _id(found.uuid) or _id(found.meeting_uuid),
        ),
        host=_id(found.host_id) or _id(found.meeting_host_id),
        began=_time(found.start_time),
        ended=_time(found.end_time),
    )


def _id(raw: object) -> str:
    """A number, or an id or uuid as Zoom forms them; empty: it is none."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    good = isinstance(raw, str) and re.fullmatch(r"[A-Za-z0-9+/=_-]{1,100}", raw)
    return str(raw) if good else ""


def _moment(raw: object) -> datetime | None:
    """Milliseconds since 1970."""
    good = isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 10**14
    return datetime.fromtimestamp(int(str(raw)) / 1000, UTC) if good else None


def _time(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def _is_recent(stamp: str, now: datetime) -> bool:
    if not re.fullmatch(r"[0-9]{10,13}", stamp):
        return False
    number = int(stamp)
    seconds = number / 1000 if number > MILLISECONDS else number
    return -AHEAD <= now - datetime.fromtimestamp(seconds, UTC) <= BEHIND


def _mac(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
