"""A server on loopback that says exactly what a test wants, byte by byte."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Talk = Callable[[socket.socket, threading.Event], None]
"""Speaks on one connection. The event is set when the test is over: wait on it, not on time."""


@contextmanager
def serving(talk: Talk) -> Iterator[int]:
    """Each connection gets a thread with `talk`. Gives the port."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                threads.append(threading.Thread(target=_talk, args=(talk, peer, over)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [accepting, *threads]:
            thread.join(5)


def _talk(talk: Talk, peer: socket.socket, over: threading.Event) -> None:
    with contextlib.suppress(OSError), peer:
        talk(peer, over)


def dripping(head: bytes, drop: bytes, every: float = 0.02) -> Talk:
    """Says `head` once it was spoken to, then `drop` again and again until the test ends."""

    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.recv(65536)
        peer.sendall(head)
        while not over.wait(every):
            peer.sendall(drop)

    return talk


def saying(*answers: bytes) -> Talk:
    """One answer for each thing that it hears, then it hangs up."""

    def talk(peer: socket.socket, over: threading.Event) -> None:
        for answer in answers:
            peer.recv(65536)
            peer.sendall(answer)

    return talk
