"""A total deadline on everything done within one block, without threads.

A socket's own timeout is counted anew for each operation, so a peer that drips one byte at a
time holds a caller for ever. Here each operation gets only the time that is left. The one
step that cannot be limited so is the look-up of a host's name, which the system's resolver
limits by itself.
"""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 16 * 1024  # one TLS record, so that no single send outlasts its time

_end: ContextVar[float] = ContextVar("end")


@contextmanager
def within(time_limit: timedelta) -> Iterator[None]:
    """All network operations in this block end in time, or raise TimeoutError."""
    end = time.monotonic() + time_limit.total_seconds()
    token = _end.set(min(end, _end.get(end)))
    try:
        yield
    finally:
        _end.reset(token)


def left() -> float:
    """The seconds that are left. Raises TimeoutError when there are none."""
    seconds = _end.get() - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds


def connected(host: str, port: int) -> socket.socket:
    """A connection to the first address that answers; all tries share the time left."""
    failed: OSError | None = None
    for family, kind, protocol, _, address in _addresses(host, port):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left())
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(left())
        except OSError as err:
            sock.close()
            failed = err
        else:
            return sock
    raise failed or OSError("the host has no address")


def _addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except UnicodeError as err:
        raise OSError("not a host name") from err


def send(sock: socket.socket, content: bytes) -> None:
    """All of `content`, in the time that is left."""
    view = memoryview(content)
    for start in range(0, len(view), PIECE):
        sock.settimeout(left())
        sock.sendall(view[start : start + PIECE])


def reader(sock: socket.socket) -> io.BufferedReader:
    """Like `sock.makefile("rb")`, but each wait is only as long as the time that is left."""
    return io.BufferedReader(_Reader(sock))


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        self._sock.settimeout(left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
