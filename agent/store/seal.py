"""The master key, in a file of its own outside the database, and what is sealed with it.

AES-256-GCM; what a text is about is authenticated with it, so that no row can stand in for
another. Nothing here shows a key or a text: not a repr, not an error.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.errors import Misconfigured

KEY_BYTES, NONCE_BYTES, MARK_BYTES = 32, 12, 8
FORM = b"\x01"
PREFIX = "callsteward-key-1:"


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """Seals texts under one key."""

    key: bytes

    @property
    def mark(self) -> bytes:
        """Tells keys apart without telling anything of them."""
        return hmac.digest(self.key, b"mark", hashlib.sha256)[:MARK_BYTES]

    def pseudonym(self, text: str) -> str:
        """The same for the same text, and of no use without the key."""
        return hmac.digest(self.key, b"pseudonym:" + text.encode(), hashlib.sha256)[:16].hex()

    def seal(self, text: str, about: str) -> bytes:
        """`about` is given again to open it, and is not kept in it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        head = FORM + self.mark
        return head + nonce + AESGCM(self.key).encrypt(nonce, text.encode(), _bound(about))

    def open(self, sealed: bytes, about: str) -> str:
        """Raises Misconfigured where another key made it, or where it was changed."""
        self.require(sealed)
        nonce, rest = sealed[len(FORM) + MARK_BYTES :][:NONCE_BYTES], _rest(sealed)
        try:
            return AESGCM(self.key).decrypt(nonce, rest, _bound(about)).decode()
        except (InvalidTag, ValueError) as err:
            raise Misconfigured(
                "a sealed row of the database was changed", "Restore a backup."
            ) from err

    def require(self, sealed: bytes) -> None:
        """Raises Misconfigured unless this key made it."""
        if sealed[: len(FORM) + MARK_BYTES] != FORM + self.mark:
            raise Misconfigured("the key file is not the one that was used here", _OTHER_KEY)


_OTHER_KEY = "Restore the key file that belongs to this database."


LOST_CONSENTS = (
    "missing, and consents are sealed with it",
    "Restore it from its backup. If it is lost for good, run"
    " `callsteward zoom forget --all` and collect every consent again.",
)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where a key is. Without it what is sealed is lost: back it up by itself.

    `lost` is what to say, and what to do, where it is gone.
    """

    path: Path
    lost: tuple[str, str] = LOST_CONSENTS

    def seal(self, *, in_use: bool) -> Seal:
        """The key; made now if there is none and nothing is sealed yet.

        Raises Misconfigured where it is missing though it is needed, is readable by others,
        or is no key.
        """
        if not in_use:
            self._make()
        try:
            mode, text = self._read()
        except FileNotFoundError as err:
            what, cure = self.lost
            raise Misconfigured(f"the key file {self.path} is {what}", cure) from err
        except OSError as err:
            raise Misconfigured(
                f"the key file {self.path} cannot be read: {err.strerror}", _WHO
            ) from err
        if mode & 0o077:
            raise Misconfigured(
                f"the key file {self.path} is open to others than its owner",
                f"Run: chmod 600 {self.path}",
            )
        return Seal(self._key(text))

    def destroy(self) -> None:
        """Overwrite and remove it. What it sealed can never be read again; twice is once.

        Raises Misconfigured where it cannot be removed.
        """
        try:
            if self.path.exists():
                _overwrite(self.path)
                self.path.unlink()
                _settle(self.path.parent)
        except OSError as err:
            raise Misconfigured(
                f"the key file {self.path} cannot be destroyed: {err.strerror}", _WHO
            ) from err

    def _read(self) -> tuple[int, bytes]:
        with self.path.open("rb") as file:
            return os.fstat(file.fileno()).st_mode, file.read(1024)

    def _key(self, text: bytes) -> bytes:
        try:
            told = text.decode().strip()
            key = base64.b64decode(told.removeprefix(PREFIX), validate=True)
        except (UnicodeDecodeError, binascii.Error, ValueError):
            told, key = "", b""
        if not told.startswith(PREFIX) or len(key) != KEY_BYTES:
            raise Misconfigured(
                f"the key file {self.path} holds no key of callsteward", _OTHER_KEY
            )
        return key

    def _make(self) -> None:
        """Whole or not at all, and on the disk before anything is sealed with it."""
        if self.path.exists():
            return
        aside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(aside, f"{PREFIX}{key}\n".encode())
            _name(aside, self.path)
        except OSError as err:
            raise Misconfigured(
                f"the key file {self.path} cannot be made: {err.strerror}", _WHO
            ) from err


_WHO = "Let the user that callsteward runs as read and write it and its folder."


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _name(aside: Path, path: Path) -> None:
    """Give it its name, unless another process was faster: then theirs is the key."""
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """What its names are is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())


def _bound(about: str) -> bytes:
    return FORM + about.encode()


def _rest(sealed: bytes) -> bytes:
    return sealed[len(FORM) + MARK_BYTES + NONCE_BYTES :]
