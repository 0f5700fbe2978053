"""What comes in and goes out, free of any socket: requests, answers, Graph's error bodies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]

NEVER = "0001-01-01T00:00:00Z"
NO_END = "9999-12-31T23:59:59Z"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case; `query` is decoded, `path` without it."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Break(Enum):
    """What happens to an answer on its way. Whoever has the sockets carries it out."""

    NONE = "it arrives"
    SILENCE = "nothing is said until the caller hangs up"
    LOST = "the work was done, and the line is cut before a word of it"
    CUT = "the line is cut in mid-body, short of the length that was told"
    CUT_CHUNK = "the line is cut in mid-body, between two chunks"
    DRIP = "one byte each fifth of a second"
    SHUT = "the line is cut, and the port takes no new one"
    EXPIRED = "the line is cut, and new ones are shown a certificate that has ended"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is anything that JSON can say, None for no body at all.

    `seconds` is how long a door stays as `breaks` says; None: until the failures are replaced.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks: Break = Break.NONE
    seconds: float | None = None


def content(answer: Answer) -> bytes:
    """The body as it goes over a line: text as it is, anything else as JSON."""
    if answer.body is None:
        return b""
    if isinstance(answer.body, str):
        return answer.body.encode()
    return msgspec.json.encode(answer.body)


def stamp(moment: datetime) -> str:
    """A time as Graph writes it: UTC with Z, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def refusal(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as Graph words it; the core adds request id and date to `innerError`."""
    error = {"code": code, "message": message, "innerError": {}}
    return Answer(status, {"error": error}, headers or {})
