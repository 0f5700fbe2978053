"""Every request that changes something in Zoom, with its moment and what came of it.

Whoever judges what an agent did reads it here, and not from the agent.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from connectors.sandbox.wire import Answer, Json, Request

KEPT = 100_000  # the newest


@dataclass
class Journal:
    """`at` of a row is when the change was in force, to the microsecond."""

    clock: Callable[[], datetime]
    rows: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    noted: int = 0

    def note(self, name: str, request: Request, answer: Answer, tracking: str) -> None:
        """A read changes nothing, and neither does asking for a token."""
        if request.method == "GET" or not request.path.startswith("/zoom/v2/"):
            return
        self.noted += 1
        self.rows.append(
            {
                "number": self.noted,
                "at": self.clock().isoformat(timespec="microseconds"),
                "what": name,
                "path": request.path.removeprefix("/zoom/v2/"),
                "status": answer.status,
                "request": tracking,
                "body": _json(request.body),
            }
        )

    def since(self, number: int) -> list[Json]:
        """Those after this one; from 0 on, all that are kept."""
        return [row for row in self.rows if row["number"] > number]


def _json(body: bytes) -> Json:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
