"""Where Zoom sends its events: proven, stored, and answered; nothing else is done here.

A plain ASGI application. Zoom waits three seconds for an answer, and repeats an event only
where it is 5xx or none. So what is not Zoom's is refused for good; where the store fails, or is
busy for too long, Zoom is told so, and the event comes again.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from agent.domain.zoom_events import ZoomEvent
from agent.web.asgi import (
    LARGEST,
    Gone,
    NotTaken,
    Receive,
    Scope,
    Send,
    headers_of,
    kept,
    live,
    posted,
    say,
)
from connectors.zoom.events import challenge_answer, dedupe_key, is_from_zoom, told

__all__ = ["LARGEST", "PATH", "Receiver"]
Keep: TypeAlias = Callable[[ZoomEvent, str], object]
"""Stores an event under its key; raises StoreFailed."""

PATH = "/zoom/events"
PATIENCE = 2.0  # seconds for the body, and for the store: Zoom waits three
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The application. `now` gives aware UTC; `patience` is in seconds."""

    secret: str
    now: Callable[[], datetime]
    keep: Keep
    patience: float = PATIENCE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            try:
                status, body = await self._answer(scope, receive)
            except Gone:
                return
            except NotTaken as why:
                status, body = why.status, b""
            await say(send, status, body)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        body = await posted(scope, receive, PATH, self.patience)
        if not is_from_zoom(self.secret, headers_of(scope), body, self.now()):
            log.warning("a delivery that is not Zoom's was refused")
            return 401, b""
        challenge = challenge_answer(self.secret, body)
        if challenge is not None:
            return 200, json.dumps(challenge).encode()
        event = told(body)
        keep = partial(self.keep, event, dedupe_key(body))
        return await kept(keep, event.name, self.patience), b""
