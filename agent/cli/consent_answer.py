"""The browser's answer to a request for consent: caught on loopback, or pasted by a person.

The state must be the one that we sent: an answer to somebody else's request is not ours.
"""

import hmac
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from agent.errors import BadInput, Misconfigured, NotAllowed, TryAgain

PATIENCE = 600.0  # seconds: a sign-in with a second factor takes its time
ONE_REQUEST = 5.0  # seconds that one connection may take
DONE = b"Thank you. You can close this page now.\n"
NOT_OURS = b"This is not the answer that callsteward waits for.\n"


def is_here(redirect_uri: str) -> bool:
    """Whether a browser on this machine reaches us there."""
    parts = urlsplit(redirect_uri)
    try:
        host = ipaddress.IPv4Address(parts.hostname or "")
    except ValueError:
        return False
    return parts.scheme == "http" and host.is_loopback


def read(answer: str, state: str) -> str:
    """The code in an address that was pasted. Raises NotAllowed or BadInput."""
    told = parse_qs(urlsplit(answer.strip()).query)
    if not hmac.compare_digest(told.get("state", [""])[0].encode(), state.encode()):
        raise NotAllowed(
            "this is not the answer to the request that was just made (its state differs)",
            "Run the command again and open the address that it prints.",
        )
    if "error" in told:
        raise NotAllowed("the user did not consent", "Run the command again.")
    if not told.get("code"):
        raise BadInput("there is no code in it", "Paste the whole address, with ?code=.")
    return told["code"][0]


def nothing() -> None:
    """Where nobody waits for the listener."""


def listen(
    redirect_uri: str,
    state: str,
    patience: float = PATIENCE,
    ready: Callable[[], None] = nothing,
) -> str:
    """Wait for the browser to come back. Raises NotAllowed, TryAgain, Misconfigured.

    `ready` is called once the browser would be heard.
    """
    parts = urlsplit(redirect_uri)
    place = (parts.hostname or "", parts.port or 80)
    waiting = _Waiting(parts.path or "/", state)

    class Handler(_Handler):
        answers = waiting

    try:
        server = HTTPServer(place, Handler)
    except OSError as err:
        raise Misconfigured(
            f"CALLSTEWARD_ZOOM_REDIRECT_URI: nothing can listen there: {err.strerror}",
            "Free the port, or add --paste.",
        ) from err
    end = time.monotonic() + patience
    with server:
        ready()
        while waiting.answer is None:
            server.timeout = end - time.monotonic()
            if server.timeout <= 0:
                raise TryAgain("nobody consented in time", hint="Run the command again.")
            server.handle_request()
    return read(waiting.answer, state)


@dataclass
class _Waiting:
    path: str
    state: str
    answer: str | None = field(default=None, repr=False)

    def takes(self, target: str) -> bool:
        """Whether this request is the answer; the first one that is stays."""
        parts = urlsplit(target)
        told = parse_qs(parts.query).get("state", [""])[0]
        ours = hmac.compare_digest(told.encode(), self.state.encode())
        if parts.path != self.path or not ours:
            return False
        self.answer = target
        return True


class _Handler(BaseHTTPRequestHandler):
    answers: _Waiting
    timeout = ONE_REQUEST
    server_version = "callsteward"
    sys_version = ""

    def do_GET(self) -> None:
        taken = self.answers.takes(self.path)
        body = DONE if taken else NOT_OURS
        self.send_response(200 if taken else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the request line holds the code."""
