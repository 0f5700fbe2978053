"""Answers that break on their way: what can be done to an answer only with its socket."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.sandbox.wire import Break

LINE = "callsteward.line"
DROP = 0.2  # seconds for each byte of a slow answer

Write = Callable[[asyncio.Transport], Awaitable[None]]


class Line(H11Protocol):
    """One connection, which the application finds in the scope of each of its requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.app

        async def with_line(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {LINE: self.transport}
            await app(scope, receive, send)

        self.app = with_line


def line_of(scope: Mapping[str, Any]) -> asyncio.Transport:
    found: asyncio.Transport = scope["extensions"][LINE]
    return found


class Broken(Response):
    """An answer that does not arrive whole, if at all."""

    def __init__(self, answer: Response, breaks: Break) -> None:
        super().__init__(answer.body, answer.status_code)
        self.raw_headers = answer.raw_headers
        self._writes: Mapping[Break, Write] = {
            Break.CUT: self._cut,
            Break.CUT_CHUNK: self._cut_chunk,
            Break.DRIP: self._drip,
            Break.SILENCE: self._silence,
        }
        self._breaks = breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write to the line past the server, which then only sees that the line has ended."""
        line = line_of(scope)
        write = self._writes.get(self._breaks, self._hang_up)
        writing = asyncio.create_task(_written(write, line))
        while (await receive())["type"] != "http.disconnect":
            pass
        writing.cancel()

    async def _hang_up(self, line: asyncio.Transport) -> None:
        line.abort()

    async def _silence(self, line: asyncio.Transport) -> None: ...

    async def _cut(self, line: asyncio.Transport) -> None:
        line.write(self._head(f"Content-Length: {len(self.body) + 1}") + self._half())
        line.close()

    async def _cut_chunk(self, line: asyncio.Transport) -> None:
        half = self._half()
        chunk = f"{len(half):x}\r\n".encode() + half + b"\r\n" if half else b""
        line.write(self._head("Transfer-Encoding: chunked") + chunk)
        line.close()

    async def _drip(self, line: asyncio.Transport) -> None:
        whole = self._head(f"Content-Length: {len(self.body)}") + bytes(self.body)
        for place in range(len(whole)):
            line.write(whole[place : place + 1])
            await asyncio.sleep(DROP)

    def _half(self) -> bytes:
        return bytes(self.body[: len(self.body) // 2])

    def _head(self, framing: str) -> bytes:
        status = HTTPStatus(self.status_code)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode(), framing.encode()]
        lines += [
            name + b": " + value
            for name, value in self.raw_headers
            if name != b"content-length"
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"


async def _written(write: Write, line: asyncio.Transport) -> None:
    if not line.is_closing():
        await write(line)
