"""The heartbeat: the monitor's address is called, and shown to nobody."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.mail import Letter
from agent.errors import ConnectorError, Misconfigured, TryAgain
from connectors.heartbeat import Heartbeat, MailBeat
from connectors.http import Reach, utc_now
from tests.support.sockets import Talk

Serve = Callable[[Talk], int]
SECRET = "/ping/canary-9d:1f?key=canary-77"


def _answering(status: bytes, heard: list[bytes]) -> Talk:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        heard.append(peer.recv(65536))
        peer.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    return talk


def _beat(port: int) -> None:
    Heartbeat(f"http://127.0.0.1:{port}{SECRET}", Reach(), utc_now).beat()


def test_the_whole_address_is_called(serve: Serve) -> None:
    heard: list[bytes] = []
    _beat(serve(_answering(b"200 OK", heard)))
    assert heard[0].startswith(f"GET {SECRET} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    "status", [b"404 No", b"503 Busy", b"302 Elsewhere\r\nLocation: http://127.0.0.1/x"]
)
def test_a_monitor_that_does_not_take_it_is_an_error_without_its_address(
    serve: Serve, status: bytes
) -> None:
    with pytest.raises(ConnectorError) as caught:
        _beat(serve(_answering(status, [])))
    assert "canary" not in str(caught.value) + caught.value.hint
    assert "heartbeat monitor" in str(caught.value)


def test_a_monitor_that_is_away_is_an_error_without_its_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(TryAgain) as caught:
            _beat(free.getsockname()[1])
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "canary", "http://canary.example/x", "ftp://canary.example", "https://[canary"]
)
def test_an_address_that_is_none_or_is_not_https_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        Heartbeat(url, Reach(), utc_now)
    assert "canary" not in str(caught.value) + caught.value.hint


def test_by_mail_each_beat_is_another_mail_to_the_monitor() -> None:
    sent: list[tuple[str, str, datetime]] = []

    def post(letter: Letter, to: str, at: datetime) -> str:
        sent.append((letter.message_id, to, at))
        return "250 ok"

    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    moments = iter((now, now + timedelta(hours=1)))
    beat = MailBeat(post, "monitor@outside.example", lambda: next(moments))
    beat.beat()
    beat.beat()
    assert [one[1:] for one in sent] == [
        ("monitor@outside.example", now), ("monitor@outside.example", now + timedelta(hours=1)),
    ]  # fmt: skip
    assert len({one[0] for one in sent}) == len(sent)
