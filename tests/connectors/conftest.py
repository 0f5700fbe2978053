"""A client certificate, patience that does not wait, and sockets that misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.retry import Patience
from tests.support.sockets import Talk, saying, serving

QUICK = Patience(total=timedelta(seconds=2), first_wait=timedelta(milliseconds=1), tries=3)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, as PEM."""

    certificate: bytes
    key: bytes


@pytest.fixture(scope="session")
def signed() -> Signed:
    return self_signed()


def self_signed() -> Signed:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callsteward test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    return Signed(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


@pytest.fixture
def router() -> respx.Router:
    return respx.Router(assert_all_called=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], int]]:
    """Answers each connection with a function; gives the port on 127.0.0.1."""
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(serving(talk))


@pytest.fixture
def trusted(signed: Signed, tmp_path: Path) -> Path:
    """The CA bundle that `tls_port` is trusted by."""
    path = tmp_path / "ca.pem"
    path.write_bytes(signed.certificate)
    return path


@pytest.fixture
def tls(signed: Signed, tmp_path: Path) -> ssl.SSLContext:
    """What a server on localhost shows."""
    chain = tmp_path / "chain.pem"
    chain.write_bytes(signed.certificate + signed.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


@pytest.fixture
def tls_port(serve: Callable[[Talk], int], tls: ssl.SSLContext) -> int:
    """A server that answers [] over TLS."""

    def talk(peer: socket.socket, over: threading.Event) -> None:
        with tls.wrap_socket(peer, server_side=True) as wrapped:
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")(wrapped, over)

    return serve(talk)
