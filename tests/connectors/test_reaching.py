"""Whether a host is reached, and the step at which it is not; the time of its clock."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain
from connectors.http import Reach, utc_now
from connectors.reaching import Host, causes, failed, told_time
from connectors.retry import Patience
from tests.support.sockets import Talk, saying

Serve = Callable[[Talk], int]
ONCE = Reach(deadline=timedelta(seconds=5), patience=Patience(tries=1))
DATED = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n\r\n"
CANARY = "canary-c4f1"


def _host(url: str, reach: Reach = ONCE) -> Host:
    return Host("Zoom's API", url, reach, utc_now)


def _failure(host: Host) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        host.reach()
    assert str(caught.value).startswith("Zoom's API: ")
    assert CANARY not in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_any_answer_is_good_and_its_time_is_kept(serve: Serve) -> None:
    found = _host(f"http://127.0.0.1:{serve(saying(DATED))}/{CANARY}").reach()
    assert found.theirs == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert abs(found.ours - utc_now()) < timedelta(minutes=1)


@pytest.mark.parametrize("line", [b"", b"Date: yesterday\r\n", b"Date: 99\r\n"])
def test_a_host_that_tells_no_time_is_reached_still(serve: Serve, line: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + line + b"\r\n"
    assert _host(f"http://127.0.0.1:{serve(saying(answer))}").reach().theirs is None


def test_a_time_without_a_zone_is_utc() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert told_time("Sun, 22 Nov 2026 12:00:00 -0000") == noon
    assert told_time("Sun, 22 Nov 2026 13:00:00 +0100") == noon


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told = _failure(_host(f"http://127.0.0.1:{free.getsockname()[1]}"))
    assert isinstance(told, TryAgain)
    assert "nobody listens there (TCP)" in str(told)


def test_a_name_that_is_not_found() -> None:
    """The resolver's own error, without asking anybody."""
    try:
        socket.getaddrinfo(CANARY, 443, flags=socket.AI_NUMERICHOST)
    except socket.gaierror as err:
        inner = requests.ConnectionError(err)
    told = TryAgain("no answer")
    told.__cause__ = inner
    shown = failed("Zoom's API", told)
    assert str(shown) == "Zoom's API: its name is not found (DNS)"
    assert isinstance(shown, TryAgain)


def test_a_certificate_that_nobody_trusts_stays_so(tls_port: int) -> None:
    told = _failure(_host(f"https://localhost:{tls_port}"))
    assert isinstance(told, Refused)
    assert "not trusted (TLS)" in str(told)


def test_a_certificate_that_is_trusted_is_reached(tls_port: int, trusted: Path) -> None:
    reach = Reach(deadline=timedelta(seconds=5), ca_bundle=trusted)
    assert _host(f"https://localhost:{tls_port}", reach).reach().theirs is None


def test_a_port_that_speaks_no_tls(serve: Serve) -> None:
    port = serve(saying(b"220 mail.example ready\r\n"))
    assert "(TLS)" in str(_failure(_host(f"https://localhost:{port}")))


def test_a_port_that_speaks_no_http(serve: Serve) -> None:
    port = serve(saying(b"220 mail.example ready\r\n"))
    assert "does not speak HTTP" in str(_failure(_host(f"http://127.0.0.1:{port}")))


def test_a_peer_that_hangs_up(serve: Serve) -> None:
    port = serve(saying(b""))
    assert "the connection is cut off" in str(_failure(_host(f"http://127.0.0.1:{port}")))


def test_a_peer_that_says_nothing_is_left_in_time(serve: Serve) -> None:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        over.wait(30)

    reach = Reach(deadline=timedelta(milliseconds=300), patience=Patience(tries=1))
    told = _failure(_host(f"http://127.0.0.1:{serve(talk)}", reach))
    assert "no answer in time" in str(told)


def test_a_proxy_that_says_no(serve: Serve, trusted: Path) -> None:
    port = serve(saying(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
    reach = Reach(deadline=timedelta(seconds=5), proxy=f"http://127.0.0.1:{port}")
    told = _failure(_host("https://api.zoom.example", reach))
    assert "proxy" in str(told)
    assert "CALLSTEWARD_HTTP_PROXY" in told.hint


def test_an_address_without_tls_is_refused() -> None:
    with pytest.raises(Misconfigured):
        _host("http://api.zoom.example")


def test_a_machine_without_a_network_is_told_and_other_errors_keep_their_words() -> None:
    told = Refused("Zoom: 550")
    told.__cause__ = OSError(101, "Network is unreachable")
    assert "there is no way to it (TCP)" in str(failed("Zoom", told))
    other = Refused("Zoom: 550")
    other.__cause__ = requests.RequestException("an OSError by its family")
    assert failed("Zoom", other) is other


def test_errors_that_lead_in_a_circle_are_told_once() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert list(causes(one)) == [one, two]
