"""What the acting app may do, and how one of its writes is made."""

import re
from collections.abc import Mapping
from datetime import datetime

from agent.domain.zoom_windows import Requested
from agent.errors import NotThere, Refused, UnknownReply
from connectors.http import Answer
from connectors.zoom.faults import Declined, ScopesMissing

LIVE_CONTROL: Mapping[str, str] = {  # granular: classic
    "meeting:update:in_meeting_controls:admin": "meeting:write:admin",
}
LISTS: Mapping[str, str] = {"group:update:settings:admin": "group:write:admin"}
INVITING: Mapping[str, str] = {
    "team_chat:write:contact_information:admin": "chat_contact:write:admin",
}
ARRANGING: Mapping[str, str] = {
    "meeting:write:meeting:admin": "meeting:write:admin",
    "meeting:delete:meeting:admin": "meeting:write:admin",
}
ACTOR: Mapping[str, str] = {**LIVE_CONTROL, **LISTS, **INVITING, **ARRANGING}
"""All that the acting app needs. None of it ends a meeting."""

REQUEST_ID = "x-zm-trackingid"
SAFE_ID = re.compile(r"[A-Za-z0-9_.:;=-]{1,200}")


def prove_empty(answer: Answer, status: int) -> None:
    """Zoom answers many writes without a body. Any other good answer may be somebody
    else's."""
    if answer.status != status or answer.body.strip() not in (b"", b"{}", b"null"):
        raise UnknownReply(f"{answer.what}: {answer.status} is not the answer that we know")


def requested(answer: Answer, at: datetime, status: int = 204) -> Requested:
    """What a write without a body in its answer gives."""
    prove_empty(answer, status)
    given = answer.headers.get(REQUEST_ID, "")
    return Requested(at, given if SAFE_ID.fullmatch(given) else "")


def said(err: Declined, *, gone: tuple[int, str], hint: str) -> Refused:
    """A refusal as ours. `gone`: what Zoom says of something that is not there."""
    if (err.status, err.code) == gone:
        return NotThere(str(err))
    return Refused(str(err), err.hint if isinstance(err, ScopesMissing) else hint)
