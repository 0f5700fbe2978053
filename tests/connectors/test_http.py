"""One upstream: deadlines, errors, and what never appears in a message."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
import respx

from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from connectors.http import Answer, Reach, Unauthorised, Upstream, error_code, utc_now
from tests.connectors.conftest import QUICK
from tests.support.sockets import Talk, dripping, saying
from tests.support.wire import Wire

Serve = Callable[[Talk], int]

SHORT = timedelta(milliseconds=300)
BOUND = 5.0  # seconds: far above SHORT, since without a deadline it would last for ever


def upstream(port: int, **reach: object) -> Upstream:
    settings = Reach(**{"deadline": SHORT, "patience": QUICK, **reach})  # type: ignore[arg-type]
    return Upstream("Test", f"http://127.0.0.1:{port}", settings, utc_now)


def get(there: Upstream, path: str = "/things?who=someone") -> Answer:
    return there.once("GET", path, body=None, headers={})


def wired(router: respx.Router) -> Upstream:
    reach = Reach(patience=QUICK, adapter=lambda: Wire(router))
    return Upstream("Test", "https://api.example/base", reach, utc_now)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0", b"0"),
        (HEAD + b"Connection: close\r\n\r\n", b"x"),
    ],
    ids=["silent", "a header", "headers", "body", "chunks", "chunk size", "no length"],
)
def test_an_answer_that_drips_ends_at_the_deadline(
    serve: Serve, head: bytes, drop: bytes
) -> None:
    there = upstream(serve(dripping(head, drop)))
    start = time.monotonic()
    with pytest.raises(TryAgain):
        get(there)
    assert time.monotonic() - start < BOUND


def test_a_peer_that_takes_nothing_in_ends_at_the_deadline(serve: Serve) -> None:
    def deaf(peer: socket.socket, over: threading.Event) -> None:
        over.wait()

    there = upstream(serve(deaf))
    start = time.monotonic()
    with pytest.raises(TryAgain):
        there.once("POST", "/things", body=b"x" * 30_000_000, headers={})
    assert time.monotonic() - start < BOUND


def test_a_tls_peer_that_never_shakes_hands_ends_at_the_deadline(serve: Serve) -> None:
    port = serve(dripping(b"\x16\x03\x03\x40\x00", b"\x02"))
    there = Upstream(
        "Test", f"https://127.0.0.1:{port}", Reach(deadline=SHORT, patience=QUICK), utc_now
    )
    start = time.monotonic()
    with pytest.raises(ConnectorError):
        get(there)
    assert time.monotonic() - start < BOUND


def test_a_proxy_that_drips_ends_at_the_deadline(serve: Serve) -> None:
    proxy = f"http://127.0.0.1:{serve(dripping(b'HTTP/1.1 200 OK', b'x'))}"
    reach = Reach(deadline=SHORT, patience=QUICK, proxy=proxy)
    start = time.monotonic()
    with pytest.raises(TryAgain):
        get(Upstream("Test", "https://api.example", reach, utc_now))
    assert time.monotonic() - start < BOUND


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 50\r\n\r\n[]",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"",
    ],
    ids=["length", "in a chunk", "last chunk", "headers", "nothing"],
)
def test_an_answer_that_is_cut_off_is_never_taken_for_whole(
    serve: Serve, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConnectorError):
        get(upstream(serve(saying(answer))))
    assert "someone" not in caplog.text


def test_a_body_that_cannot_be_unpacked_is_an_unknown_reply(serve: Serve) -> None:
    packed = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]"
    with pytest.raises(UnknownReply):
        get(upstream(serve(saying(packed))))


def test_nobody_there_is_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(TryAgain):
        get(upstream(port))


def test_no_time_at_all_is_try_again() -> None:
    with pytest.raises(TryAgain):
        get(upstream(1, deadline=timedelta(0)))


def test_connecting_shares_the_deadline(full: int) -> None:
    start = time.monotonic()
    with pytest.raises(TryAgain):
        get(upstream(full))
    assert time.monotonic() - start < BOUND


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue of waiting connections is full, so that nobody gets in."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_body_above_the_cap_is_not_read_to_its_end(serve: Serve) -> None:
    there = upstream(
        serve(dripping(HEAD + b"\r\n" + b"x" * 5000, b"x" * 5000)),
        max_body=50_000,
        deadline=timedelta(seconds=5),
    )
    with pytest.raises(UnknownReply, match="50000 bytes"):
        get(there)


def test_a_connection_is_used_again(serve: Serve) -> None:
    seen: list[int] = []

    def two(peer: socket.socket, over: threading.Event) -> None:
        seen.append(peer.getpeername()[1])
        saying(*[HEAD + b"Content-Length: 2\r\n\r\n[]"] * 2)(peer, over)

    there = upstream(serve(two))
    assert get(there).parsed(list[int]) == [] == get(there).parsed(list[int])
    assert len(seen) == 1
    assert there.calls() == 2


def test_the_environment_is_not_asked_for_a_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    there = upstream(serve(saying(HEAD + b"Content-Length: 2\r\n\r\n[]")))
    assert get(there).status == 200


def test_a_server_whose_certificate_is_not_trusted_is_refused(
    tls_port: int, trusted: Path
) -> None:
    url = f"https://localhost:{tls_port}"
    with pytest.raises(Refused, match="TLS"):
        get(Upstream("Test", url, Reach(patience=QUICK), utc_now))
    answer = get(Upstream("Test", url, Reach(patience=QUICK, ca_bundle=trusted), utc_now))
    assert answer.body == b"[]"


@pytest.mark.parametrize("answer", [b"", b"\x16\x03\x03", b"HTTP/1.1 400 Bad\r\n\r\n"])
def test_a_handshake_that_is_cut_off_is_try_again(serve: Serve, answer: bytes) -> None:
    """An outage reads so; only a certificate that is not trusted stays so."""
    url = f"https://localhost:{serve(saying(answer))}"
    with pytest.raises(TryAgain):
        get(Upstream("Test", url, Reach(patience=QUICK), utc_now))


def test_a_ca_bundle_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("minutes of a meeting")
    for name in ("ca.pem", "none.pem"):
        with pytest.raises(Misconfigured, match="CA file for HTTPS"):
            Upstream("Test", "https://x.example", Reach(ca_bundle=tmp_path / name), utc_now)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_busy_or_away_is_try_again(router: respx.Router, status: int) -> None:
    router.route().respond(status, json={"error": {"code": "tooMany", "message": "secret"}})
    with pytest.raises(TryAgain) as told:
        get(wired(router))
    assert str(told.value) == f"Test: GET /base/things: {status} tooMany"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 501])
def test_a_no_is_refused(router: respx.Router, status: int) -> None:
    router.route().respond(status)
    with pytest.raises(Refused, match=rf"^Test: GET /base/things: {status}$"):
        get(wired(router))


def test_a_refused_token_has_its_own_error(router: respx.Router) -> None:
    router.route().respond(401, json={"error": "invalid_client"})
    with pytest.raises(Unauthorised, match="401 invalid_client"):
        get(wired(router))


@pytest.mark.parametrize("status", [301, 302, 304, 307])
def test_a_redirect_is_not_followed(router: respx.Router, status: int) -> None:
    route = router.route().respond(status, headers={"Location": "https://evil.example/"})
    with pytest.raises(UnknownReply):
        get(wired(router))
    assert route.call_count == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/base/things",
        "http://api.example/base/things",
        "https://api.example:444/things",
        "https://api.example@evil.example/",
        "https://[broken/",
        "https://api.example:port/",
    ],
)
def test_a_link_to_another_host_is_not_followed(router: respx.Router, link: str) -> None:
    route = router.route().respond(200)
    with pytest.raises(UnknownReply):
        get(wired(router), link)
    assert route.call_count == 0


def test_a_link_to_the_same_host_is_followed(router: respx.Router) -> None:
    router.get("https://api.example/other", params={"a": "b"}).respond(200, json=[1])
    assert get(wired(router), "https://API.example:443/other?a=b").parsed(list[int]) == [1]


@pytest.mark.parametrize("url", ["http://api.example", "ftp://127.0.0.1", "api.example", ""])
def test_plain_http_is_for_loopback_only(url: str) -> None:
    with pytest.raises(Misconfigured):
        Upstream("Test", url, Reach(), utc_now)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1"])
def test_loopback_may_be_plain(url: str) -> None:
    assert Upstream("Test", url, Reach(), utc_now).calls() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>sorry</html>", b'{"value": [', b"\xff\xfe", b'{"value": 1}', b"[" * 99_999],
    ids=["empty", "html", "truncated", "not text", "another form", "deep"],
)
def test_a_body_that_is_not_our_json_is_an_unknown_reply(body: bytes) -> None:
    class Form(msgspec.Struct):
        value: list[int]

    with pytest.raises(UnknownReply, match=r"^what: not the JSON that we know$"):
        Answer("what", 200, body).parsed(Form)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "TooManyRequests"}}', "TooManyRequests"),
        (b'{"error": "invalid_client", "error_description": "x"}', "invalid_client"),
        (b'{"error": {"code": "someone@example.org"}}', ""),
        (b'{"error": {"code": "two words"}}', ""),
        (b'{"error": {"code": 5}}', ""),
        (b'{"error": null}', ""),
        (b"[]", ""),
        (b"<html>", ""),
        (b"\xff", ""),
    ],
)
def test_only_a_code_is_taken_from_an_error_body(body: bytes, code: str) -> None:
    assert error_code(body) == code


def test_no_message_tells_a_secret(router: respx.Router) -> None:
    secret = "s3cret"
    for fault in (
        httpx.ReadTimeout(secret),
        httpx.ConnectError(secret),
        httpx.RemoteProtocolError(secret),
        httpx.Response(400, json={"error": {"message": secret}}),
        httpx.Response(302, headers={"Location": f"https://{secret}"}),
    ):
        router.route().mock(side_effect=[fault])
        with pytest.raises(ConnectorError) as told:
            wired(router).once(
                "GET", f"/a?b={secret}", body=secret.encode(), headers={"A": secret}
            )
        assert re.fullmatch(r"Test: GET /base/a: .*", str(told.value))
        assert secret not in str(told.value) + told.value.hint


def test_reads_are_tried_again_and_each_try_is_counted(router: respx.Router) -> None:
    there = wired(router)
    route = router.route()
    route.side_effect = [httpx.Response(503), httpx.ConnectError("x"), httpx.Response(200)]
    assert there.patiently(lambda: get(there)).status == 200
    assert there.calls() == 3


def test_one_call_is_never_repeated(router: respx.Router) -> None:
    route = router.route().respond(503)
    with pytest.raises(TryAgain):
        get(wired(router))
    assert route.call_count == 1


def test_the_outside_says_when(router: respx.Router) -> None:
    router.route().respond(429, headers={"retry-after": "2.128"})
    with pytest.raises(TryAgain) as told:
        get(wired(router))
    assert told.value.after == timedelta(seconds=2.128)


def test_now_is_aware() -> None:
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=5)
