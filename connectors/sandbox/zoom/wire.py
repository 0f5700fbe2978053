"""What Zoom's answers look like, and what one call knows of who calls."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from connectors.sandbox.wire import Answer, Json, Request


class Refused(Exception):
    """Zoom answers with this error."""

    def __init__(
        self, status: int, code: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.answer = refusal(status, code, message, headers)


def refusal(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as the REST API words it."""
    return Answer(status, {"code": code, "message": message}, headers or {})


@dataclass(frozen=True, slots=True)
class Call:
    """One request with a good token. `user`: whose consent it is; empty for the account's."""

    request: Request
    app: str
    now: datetime
    user: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> Json:
        """The JSON object that was sent; none at all is an empty one."""
        try:
            told = json.loads(self.request.body or b"{}")
        except ValueError as err:
            raise Refused(400, 300, "Request Body should be a valid JSON object.") from err
        if not isinstance(told, dict):
            raise Refused(400, 300, "Request Body should be a valid JSON object.")
        return told

    def text(self, name: str, usual: str = "") -> str:
        return self.query.get(name) or usual

    def day(self, name: str, usual: date) -> date:
        """A day as `yyyy-mm-dd`, also with a time behind it."""
        told = self.query.get(name)
        return usual if not told else read_day(name, told)


def read_day(name: str, told: str) -> date:
    try:
        return date.fromisoformat(told[:10])
    except ValueError as err:
        raise Refused(400, 300, f"Invalid field: {name}.") from err


def day_of(moment: Any) -> date | None:
    """The day, in UTC, of a time in a record; None where there is none."""
    try:
        return datetime.fromisoformat(str(moment)).astimezone(UTC).date()
    except ValueError:
        return None
