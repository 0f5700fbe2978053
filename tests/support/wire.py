"""A requests adapter that lets a respx router answer.

The session, its retries, its errors, cookies and unpacking stay real; a call without a
time-out fails the test.
"""

import io
from dataclasses import dataclass
from email.message import Message
from typing import Any

import httpx
import requests
import respx
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

OURS = {
    httpx.ConnectTimeout: requests.ConnectTimeout,
    httpx.ReadTimeout: requests.ReadTimeout,
    httpx.TimeoutException: requests.Timeout,
    httpx.RemoteProtocolError: requests.exceptions.ChunkedEncodingError,
    httpx.TransportError: requests.ConnectionError,
}

DECODED = {"content-encoding", "content-length", "transfer-encoding"}


@dataclass
class _Original:
    """What requests reads cookies from."""

    msg: Message

    def isclosed(self) -> bool:
        return True

    def close(self) -> None: ...


class Wire(HTTPAdapter):
    """Mount it in place of the adapter that opens sockets."""

    def __init__(self, router: respx.Router) -> None:
        super().__init__()
        self._router = router

    def send(
        self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **__: Any
    ) -> requests.Response:
        assert timeout is not None, f"no time-out on {request.method} {request.url}"
        assert request.body is None or isinstance(request.body, bytes | str), (
            "bodies are bytes or text"
        )
        asked = httpx.Request(
            str(request.method),
            str(request.url),
            headers=dict(request.headers),
            content=request.body,
        )
        try:
            told = self._router.handler(asked)
        except httpx.TransportError as err:
            ours = next(o for theirs, o in OURS.items() if isinstance(err, theirs))
            raise ours(str(err), request=request) from err
        return self.build_response(request, _raw(told))


def _raw(told: httpx.Response) -> HTTPResponse:
    headers = HTTPHeaderDict(
        (name, value)
        for name, value in told.headers.multi_items()
        if name.lower() not in DECODED
    )
    msg = Message()
    for name, value in told.headers.multi_items():
        msg[name] = value
    return HTTPResponse(
        io.BytesIO(told.content),
        headers,
        told.status_code,
        reason=told.reason_phrase,
        original_response=_Original(msg),  # type: ignore[arg-type]
        preload_content=False,
    )
