"""Where Zoom sends its events: proven, stored, and answered; nothing else is done here.

A plain ASGI application. Zoom waits three seconds for an answer, and repeats an event only
where it is 5xx or none. So what is not Zoom's is refused for good; where the store fails, or is
busy for too long, Zoom is told so, and the event comes again.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from agent.domain.zoom_events import ZoomEvent
from agent.errors import StoreFailed
from agent.logs import place
from connectors.zoom.events import challenge_answer, dedupe_key, is_from_zoom, told

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Keep: TypeAlias = Callable[[ZoomEvent, str], object]
"""Stores an event under its key; raises StoreFailed."""

PATH = "/zoom/events"
LARGEST = 256 * 1024
PATIENCE = 2.0  # seconds for the body, and for the store: Zoom waits three
log = logging.getLogger(__name__)


class _TooLarge(Exception):
    """The body is larger than any event."""


class _Gone(Exception):
    """Whoever asked is no longer there."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """The application. `now` gives aware UTC; `patience` is in seconds."""

    secret: str
    now: Callable[[], datetime]
    keep: Keep
    patience: float = PATIENCE

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                status, body = await self._answer(scope, receive)
            except _Gone:
                return
            await _say(send, status, body)

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> tuple[int, bytes]:
        if scope["path"] != PATH:
            return 404, b""
        if scope["method"] != "POST":
            return 405, b""
        try:
            body = await asyncio.wait_for(_body(receive), self.patience)
        except _TooLarge:
            return 413, b""
        except TimeoutError:
            return 408, b""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not is_from_zoom(self.secret, headers, body, self.now()):
            log.warning("a delivery that is not Zoom's was refused")
            return 401, b""
        challenge = challenge_answer(self.secret, body)
        if challenge is not None:
            return 200, json.dumps(challenge).encode()
        return await self._kept(told(body), dedupe_key(body)), b""

    async def _kept(self, event: ZoomEvent, key: str) -> int:
        """A store that is slow is not waited for longer; it goes on all the same."""
        storing = asyncio.create_task(asyncio.to_thread(self._store, event, key))
        try:
            return await asyncio.wait_for(asyncio.shield(storing), self.patience)
        except TimeoutError:
            log.warning("the store was busy for too long", extra={"event": event.name})
            return 503

    def _store(self, event: ZoomEvent, key: str) -> int:
        try:
            self.keep(event, key)
        except StoreFailed as err:
            log.error("an event was not stored", extra={"event": event.name, "why": str(err)})
            return 503
        except Exception as err:  # noqa: BLE001  the edge: Zoom is to send it again
            log.error("a fault of ours", extra={"event": event.name, "error": place(err)})
            return 500
        return 204


async def _live(receive: Receive, send: Send) -> None:
    while True:
        what = (await receive())["type"]
        await send({"type": f"{what}.complete"})
        if what == "lifespan.shutdown":
            return


async def _body(receive: Receive) -> bytes:
    found = bytearray()
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise _Gone
        found += part.get("body", b"")
        if len(found) > LARGEST:
            raise _TooLarge
        if not part.get("more_body", False):
            return bytes(found)


async def _say(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    if body:
        headers.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
