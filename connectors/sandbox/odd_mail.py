"""A mail server that answers oddly, for tests of whoever sends: refusals, delays, cuts."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiosmtpd.controller import Controller


class Oddity(Enum):
    """What is odd. Where it is an answer, the value is that answer."""

    NONE = "250 OK"
    RECIPIENT_REFUSED = "550 5.1.1 No such mailbox"
    GREYLISTED = "451 4.7.1 Greylisted, come back later"
    MAILBOX_FULL = "452 4.2.2 Mailbox full"
    QUOTA = "552 5.2.2 Mailbox full, and for long"
    REFUSED_AFTER_DATA = "554 5.6.0 Message refused"
    CUT_AFTER_DATA = "the line is cut once the mail is there, before the answer"
    SLOW = "the answer to the mail takes as long as `delay`"
    DRIP = "the answer to the mail comes a byte each fifth of a second"


DROP = 0.2  # seconds
AT_RECIPIENT = (
    Oddity.RECIPIENT_REFUSED, Oddity.GREYLISTED, Oddity.MAILBOX_FULL, Oddity.QUOTA,
)  # fmt: skip


@dataclass
class OddMail:
    """The handler: set `oddity` at any time. `times` None: for ever; else so often. `only`:
    for this recipient; None: for everybody.

    `accepted` has every mail whose content arrived, answered or not: sender, recipients, text.
    """

    oddity: Oddity = Oddity.NONE
    times: int | None = None
    delay: float = 5.0  # seconds
    only: str | None = None
    accepted: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        oddity = self._next(address) if self.oddity in AT_RECIPIENT else Oddity.NONE
        if oddity is Oddity.NONE:
            envelope.rcpt_tos.append(address)
        return str(oddity.value)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        at_data = self.oddity not in AT_RECIPIENT
        oddity = self._next(*envelope.rcpt_tos) if at_data else Oddity.NONE
        if oddity is Oddity.REFUSED_AFTER_DATA:
            return str(oddity.value)
        mail = (envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content))
        self.accepted.append(mail)
        if oddity is Oddity.CUT_AFTER_DATA:
            server.transport.abort()
        elif oddity is Oddity.SLOW:
            await asyncio.sleep(self.delay)
        elif oddity is Oddity.DRIP:
            await _dripped(server.transport)
        return Oddity.NONE.value

    def _next(self, *addresses: str) -> Oddity:
        if self.only is not None and self.only not in addresses:
            return Oddity.NONE
        if self.times is None or self.oddity is Oddity.NONE:
            return self.oddity
        self.times -= 1
        return self.oddity if self.times >= 0 else Oddity.NONE


async def _dripped(line: asyncio.Transport) -> None:
    """The beginning of an answer of many lines, which is never over."""
    while not line.is_closing():
        for letter in b"250-wait\r\n":
            line.write(bytes([letter]))
            await asyncio.sleep(DROP)


@dataclass(frozen=True, slots=True)
class OddServer:
    """Where it listens; no AUTH."""

    host: str
    port: int
    handler: OddMail


@contextmanager
def odd_mail_server(
    oddity: Oddity = Oddity.NONE,
    times: int | None = None,
    delay: float = 5.0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[OddServer]:
    """Serve in a thread on a free port of 127.0.0.1 until left. `tls`: by STARTTLS only."""
    handler = OddMail(oddity, times, delay)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    secure: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    controller = Controller(handler, hostname="127.0.0.1", port=port, **secure)
    controller.start()
    try:
        yield OddServer("127.0.0.1", port, handler)
    finally:
        controller.stop()
