"""Who may sign in: one tenant, one application, and the certificate registered for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from connectors.sandbox.chance import guid

LIFE = timedelta(days=800)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Identity:
    tenant_id: str
    client_id: str
    signed: Signed


def identity(seed: int) -> Identity:
    """Ids from the seed; the key is new each time, as a key must be."""
    signed = self_signed("callsteward sandbox application")
    return Identity(guid(seed, "entra tenant"), guid(seed, "application"), signed)


def self_signed(name: str) -> Signed:
    key = _key()
    certificate = _builder(name, name, key).sign(key, hashes.SHA256())
    return Signed(certificate, key)


def authority(name: str) -> Signed:
    """A certificate authority of our own, for one run."""
    key = _key()
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(key_id, critical=False)
    )
    return Signed(builder.sign(key, hashes.SHA256()), key)


def server_certificate(issuer: Signed, hosts: Iterable[str], *, over: bool = False) -> Signed:
    """For these host names and addresses, signed by `issuer`. `over`: it ended an hour ago."""
    key = _key()
    ends = datetime.now(UTC) - timedelta(hours=1) if over else None
    names = [_general_name(host) for host in hosts]
    issuer_name = issuer.certificate.issuer.rfc4514_string().removeprefix("CN=")
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = (
        _builder("localhost", issuer_name, key, ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(issuer_id, critical=False)
    )
    return Signed(builder.sign(issuer.key, hashes.SHA256()), key)


def write(path: Path, content: bytes) -> Path:
    """A file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _builder(
    subject: str, issuer: str, key: rsa.RSAPrivateKey, ends: datetime | None = None
) -> x509.CertificateBuilder:
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)
    ]
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((ends or now) - A_DAY)
        .not_valid_after(ends or now + LIFE)
    )
