"""What every receiver needs of ASGI: a body of limited size, an answer, places by paths."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agent.errors import StoreFailed
from agent.logs import place

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Scope: TypeAlias = Mapping[str, Any]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 256 * 1024
log = logging.getLogger(__name__)


class Gone(Exception):
    """Whoever asked is no longer there."""


class NotTaken(Exception):
    """The status that says why a body was not read."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True, slots=True)
class Places:
    """One application for several, each at its own path."""

    at: Mapping[str, App]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            app = self.at.get(scope["path"])
            if app is None:
                await say(send, 404, b"")
            else:
                await app(scope, receive, send)


async def posted(scope: Scope, receive: Receive, path: str, patience: float) -> bytes:
    """The body of a POST to this path. Raises NotTaken, Gone."""
    if scope["path"] != path:
        raise NotTaken(404)
    if scope["method"] != "POST":
        raise NotTaken(405)
    try:
        return await asyncio.wait_for(_body(receive), patience)
    except TimeoutError as err:
        raise NotTaken(408) from err


def headers_of(scope: Scope) -> dict[str, str]:
    """By their names in lower case."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def kept(keep: Callable[[], object], what: str, patience: float) -> int:
    """The status that says whether it was stored. A store that is slow is not waited for
    longer; it goes on all the same. `what` is for the log."""
    storing = asyncio.create_task(asyncio.to_thread(_store, keep, what))
    try:
        return await asyncio.wait_for(asyncio.shield(storing), patience)
    except TimeoutError:
        log.warning("the store was busy for too long", extra={"event": what})
        return 503


def _store(keep: Callable[[], object], what: str) -> int:
    try:
        keep()
    except StoreFailed as err:
        log.error("an event was not stored", extra={"event": what, "why": str(err)})
        return 503
    except Exception as err:  # noqa: BLE001  the edge: the sender is to send it again
        log.error("a fault of ours", extra={"event": what, "error": place(err)})
        return 500
    return 204


async def live(receive: Receive, send: Send) -> None:
    """Start and stop, as a server asks."""
    while True:
        what = (await receive())["type"]
        await send({"type": f"{what}.complete"})
        if what == "lifespan.shutdown":
            return


async def say(send: Send, status: int, body: bytes) -> None:
    """The whole answer; a body is JSON."""
    headers = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    if body:
        headers.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    found = bytearray()
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise Gone
        found += part.get("body", b"")
        if len(found) > LARGEST:
            raise NotTaken(413)
        if not part.get("more_body", False):
            return bytes(found)
