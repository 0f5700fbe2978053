"""The certificates of one run: a small authority, and what the ports show."""

import ssl
from pathlib import Path

from connectors.sandbox import identity
from connectors.sandbox.doors import Certificates


def certificates(host: str, folder: Path) -> tuple[Certificates, Path]:
    """What HTTPS shows at this host, and the file of the authority that signed it."""
    issuer = identity.authority("callsteward sandbox authority")
    hosts = tuple(dict.fromkeys(("localhost", "127.0.0.1", host)))
    good = context_of(identity.server_certificate(issuer, hosts), folder / "https.pem")
    expired = context_of(
        identity.server_certificate(issuer, hosts, over=True), folder / "https-expired.pem"
    )
    ca_file = identity.write(folder / "https-ca.pem", issuer.certificate_pem())
    return Certificates(good, expired), ca_file


def context_of(signed: identity.Signed, chain: Path) -> ssl.SSLContext:
    """What a server shows that has this certificate; `chain` is where it is written."""
    identity.write(chain, signed.certificate_pem() + signed.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context
