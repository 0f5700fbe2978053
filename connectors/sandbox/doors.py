"""Listening ports that can be shut and opened again, and show an expired certificate."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from connectors.sandbox.wire import Break

BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Certificates:
    """What TLS connections are shown: a good certificate, or one that has ended."""

    good: ssl.SSLContext
    expired: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Server:
    """Who speaks on the connections, and the connections that there are."""

    protocol: Callable[[], asyncio.Protocol]
    lines: Callable[[], Iterable[asyncio.Transport]]


class Door:
    """One port of `host`. It stays ours while it is shut: another socket is bound to it.

    `certificates` None: plain HTTP.
    """

    def __init__(self, host: str, port: int, certificates: Certificates | None = None) -> None:
        self._host, self._certificates = host, certificates
        self._keeper = _bound(host, port)
        self.port = int(self._keeper.getsockname()[1])
        self.url = f"http{'s' if certificates else ''}://{host}:{self.port}"
        self._is = Break.SHUT
        self._changing = asyncio.Lock()
        self._listening: asyncio.Server | None = None
        self._mending: asyncio.Task[None] | None = None
        self._server: Server | None = None

    async def open(self, server: Server) -> None:
        self._server = server
        await self.change(Break.NONE)

    async def change(self, to: Break, seconds: float | None = None) -> None:
        """As usual, shut, or with the expired certificate; after `seconds` as usual again.

        The connections that there are end.
        """
        async with self._changing:
            if to is self._is:
                return
            if self._listening is not None:
                self._listening.close()
                self._listening = None
            if to is not Break.SHUT:
                await self._listen(to)
            self._is = to
            self._hang_up()
            if to is Break.NONE:
                self._mending = None
            elif seconds is not None:
                self._mending = asyncio.create_task(self._mend(seconds))

    async def mend(self) -> None:
        """As usual, at once."""
        if self._mending is not None:
            self._mending.cancel()
        await self.change(Break.NONE)

    def close(self) -> None:
        """For good."""
        if self._mending is not None:
            self._mending.cancel()
        if self._listening is not None:
            self._listening.close()
        self._keeper.close()

    async def _mend(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.change(Break.NONE)

    async def _listen(self, to: Break) -> None:
        assert self._server is not None
        context = None
        if self._certificates is not None:
            expired = to is Break.EXPIRED
            context = self._certificates.expired if expired else self._certificates.good
        listener = _bound(self._host, self.port)
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            self._server.protocol, sock=listener, ssl=context, backlog=BACKLOG
        )

    def _hang_up(self) -> None:
        assert self._server is not None
        for line in list(self._server.lines()):
            if port_of(line) == self.port:
                line.abort()


def port_of(line: asyncio.Transport) -> int:
    """Our end of a connection."""
    return int(line.get_extra_info("sockname")[1])


def _bound(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.bind((host, port))
    return sock
