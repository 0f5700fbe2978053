"""TLS before a mailbox server that has none, as a real one is: at once, or by STARTTLS."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.sandbox import identity
from tests.support.sockets import serving


@dataclass(frozen=True)
class Secured:
    """Where it is reached, and who signed its certificate."""

    port: int
    ca_file: Path


@contextmanager
def secured(port: int, folder: Path, *, starttls: bool = False) -> Iterator[Secured]:
    """The server at this port of the loopback, behind TLS, while the block runs."""
    issuer = identity.authority("authority of a mailbox")
    server = identity.server_certificate(issuer, dict.fromkeys(("localhost", "127.0.0.1")))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(
        identity.write(folder / "imap.pem", server.certificate_pem()),
        identity.write(folder / "imap-key.pem", server.key_pem()),
    )

    def talk(peer: socket.socket, over: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", port)) as behind:
            if starttls:
                behind.recv(65536)  # its greeting: ours is another one
                _until_starttls(peer)
            with tls.wrap_socket(peer, server_side=True) as front:
                back = threading.Thread(target=_pass_on, args=(behind, front))
                back.start()
                _pass_on(front, behind)
                back.join()

    with serving(talk) as here:
        yield Secured(here, identity.write(folder / "imap-ca.pem", issuer.certificate_pem()))


def _until_starttls(peer: socket.socket) -> None:
    peer.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n")
    while True:
        tag, word = peer.recv(65536).split()[:2]
        if word.upper() == b"CAPABILITY":
            peer.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n")
        peer.sendall(tag + b" OK done\r\n")
        if word.upper() == b"STARTTLS":
            return


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while told := one.recv(65536):
            other.sendall(told)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)
