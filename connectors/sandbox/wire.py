"""What comes in and goes out, free of any socket: requests, answers, Graph's error bodies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

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


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is anything that JSON can say, None for no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def stamp(moment: datetime) -> str:
    """A time as Graph writes it: UTC with Z, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def refusal(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as Graph words it; the core adds request id and date to `innerError`."""
    error = {"code": code, "message": message, "innerError": {}}
    return Answer(status, {"error": error}, headers or {})
