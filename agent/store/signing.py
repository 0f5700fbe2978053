"""The key that signs purge proofs: Ed25519, its seed in a key file like the others.

Whoever has the public key can prove a file without us; an auditor notes it beforehand.
"""

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agent.store.seal import KeyFile

LOST = (
    "missing, and purge proofs were signed with it",
    "Restore it from its backup. If it is lost for good, run `callsteward contact proof-key"
    " --new`, and tell whoever noted the old one.",
)


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs; shows its public half only."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """32 bytes in hexadecimal."""
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def pem(self) -> str:
        """The public half as OpenSSL reads it."""
        key = self.private.public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, content: bytes) -> str:
        """64 bytes in hexadecimal."""
        return self.private.sign(content).hex()


@dataclass(frozen=True, slots=True)
class ProofKey:
    """Where it is. Back it up apart from the database."""

    path: Path

    def signer(self, *, in_use: bool) -> Signer:
        """Made now if there is none and nothing was signed; on the disk before it signs.

        Raises Misconfigured where it is missing though it was used, open to others, or no key.
        """
        seed = KeyFile(self.path, LOST).seal(in_use=in_use).key
        return Signer(Ed25519PrivateKey.from_private_bytes(seed))


def holds(key: str, content: bytes, signature: str) -> bool:
    """Whether this key signed this. All in hexadecimal, but the content."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), content
        )
    except (InvalidSignature, ValueError):
        return False
    return True
