"""The HTTP shell: bytes in, bytes out, the time that it takes, and lines that break."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.control import PREFIX, Control
from connectors.sandbox.delivering import keep_delivering
from connectors.sandbox.doors import Door, port_of
from connectors.sandbox.lines import Broken, line_of
from connectors.sandbox.mail import Mail
from connectors.sandbox.wire import Answer, Break, Request, content
from connectors.sandbox.zoom.sending import keep_sending

FAILURES = f"{PREFIX}failures"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def application(control: Control, doors: Sequence[Door], mail: Mail) -> Starlette:
    """Answers at every port. A break that concerns a port concerns the one that was asked."""
    core = control.core
    shell = _Shell(control, doors)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(keep_sending(core.zoom.webhooks)),
            asyncio.create_task(keep_sending(core.notify.receipts)),
            asyncio.create_task(keep_delivering(core, mail)),
        ]
        yield
        for task in tasks:
            task.cancel()

    return Starlette(
        routes=[Route("/{path:path}", shell.answer, methods=METHODS)], lifespan=life
    )


@dataclass(frozen=True, slots=True)
class _Shell:
    control: Control
    doors: Sequence[Door]

    async def answer(self, asked: HttpRequest) -> Response:
        request = Request(
            asked.method,
            asked.scope["path"],
            dict(asked.query_params),
            dict(asked.headers),
            await asked.body(),
        )
        if request.path.startswith(PREFIX):
            return await self._steered(request)
        if self.control.latency_ms:
            await asyncio.sleep(self.control.latency_ms / 1000)
        return await self._sent(asked, self.control.core.handle(request))

    async def _steered(self, request: Request) -> Response:
        """New failures end the old ones, with what they did to the ports."""
        told = self.control.handle(request)
        if (request.method, request.path) == ("PUT", FAILURES) and told.status == 200:
            for door in self.doors:
                await door.mend()
        return _response(told)

    async def _sent(self, asked: HttpRequest, told: Answer) -> Response:
        if told.breaks is Break.NONE:
            return _response(told)
        if told.breaks in (Break.SHUT, Break.EXPIRED):
            port = port_of(line_of(asked.scope))
            for door in self.doors:
                if door.port == port:
                    await door.change(told.breaks, told.seconds)
        return Broken(_response(told), told.breaks)


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    kind = "application/json;odata.metadata=minimal;charset=utf-8"
    headers.setdefault("Content-Type", kind)
    return Response(content(answer), answer.status, headers)
