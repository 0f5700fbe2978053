"""The HTTP shell: bytes in, bytes out, and the time that it takes. No logic."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.control import PREFIX, Control
from connectors.sandbox.wire import Answer, Request
from connectors.sandbox.zoom.sending import keep_sending

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def application(control: Control, ready: Callable[[], None]) -> Starlette:
    """`ready` is called once it answers."""

    async def answer(asked: HttpRequest) -> Response:
        request = Request(
            asked.method,
            asked.scope["path"],
            dict(asked.query_params),
            dict(asked.headers),
            await asked.body(),
        )
        if request.path.startswith(PREFIX):
            told = control.handle(request)
        else:
            if control.latency_ms:
                await asyncio.sleep(control.latency_ms / 1000)
            told = control.core.handle(request)
        return _response(told)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        sending = asyncio.create_task(keep_sending(control.core.zoom.webhooks))
        ready()
        yield
        sending.cancel()

    return Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)], lifespan=life)


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    kind = "application/json;odata.metadata=minimal;charset=utf-8"
    headers.setdefault("Content-Type", kind)
    content = answer.body.encode() if isinstance(answer.body, str) else None
    content = msgspec.json.encode(answer.body) if content is None else content
    return Response(content, answer.status, headers)
