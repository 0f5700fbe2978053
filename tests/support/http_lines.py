"""An HTTP server on loopback that misbehaves by name, and keeps what it was asked."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.sockets import Talk

DROP = 0.02  # seconds
BODILESS = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """One request, whole. Names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def answer(status: int, body: object = None, **headers: str) -> bytes:
    """A whole answer; `body` is bytes, or anything that JSON can say. None: no body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    content = b"" if body is None else content
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Server:
    """`say` gives the answer to a request. `drip`: it comes a byte at a time, for ever;
    `cut`: the line is cut in its place."""

    say: Callable[[Asked], bytes]
    drip: Callable[[Asked], bool] = lambda asked: False
    cut: Callable[[Asked], bool] = lambda asked: False
    asked: list[Asked] = field(default_factory=list)

    def talk(self) -> Talk:
        def talk(peer: socket.socket, over: threading.Event) -> None:
            with peer.makefile("rb") as lines:
                found = _request(lines)
            if found is None:
                return
            self.asked.append(found)
            if self.cut(found):
                return
            if not self.drip(found):
                peer.sendall(self.say(found))
                return
            peer.sendall(b"HTTP/1.1 200 Said\r\nX-Slow: ")
            while not over.wait(DROP):
                peer.sendall(b"x")

        return talk


def _request(lines: Any) -> Asked | None:
    readline, read = lines.readline, lines.read
    first = readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while (line := readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = read(int(headers.get("content-length", "0")))
    return Asked(first[0], first[1], headers, body)
