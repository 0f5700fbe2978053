"""The canned account, and the application of the sandbox."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from connectors.sandbox.identity import Identity, identity
from tests.connectors.zoom.canned import Canned
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed


@pytest.fixture(scope="session")
def application() -> Identity:
    return identity(seed=1)


@pytest.fixture
def canned() -> Canned:
    return Canned()


@pytest.fixture
def served(application: Identity) -> Iterator[tuple[Sandboxed, str]]:
    """The core behind a real socket; one request at a time, as it wants it."""
    one_at_a_time = threading.Lock()
    behind: list[Sandboxed] = []

    class Shell(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = httpx.Request(
                self.command, url, headers=[*self.headers.items()], content=body
            )
            try:
                with one_at_a_time:
                    told = behind[0].answer(asked)
            except httpx.TransportError:
                self.close_connection = True  # without a word
                return
            self.send_response(told.status_code)
            for name, value in told.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        do_POST = do_PATCH = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Shell) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        there = sandboxed(application, devices=24, base=base)
        behind.append(there)
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield there, base
        finally:
            server.shutdown()
            serving.join()
