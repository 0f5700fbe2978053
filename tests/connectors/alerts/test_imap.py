"""A mailbox over real sockets: odd servers, and a real one with STARTTLS and a login."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.trial_mail import ROUTE
from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain
from connectors.alerts.imap import ImapMailbox
from connectors.alerts.smtp import SmtpMailer
from tests.support.imap_tls import Secured, secured
from tests.support.outside import Outside, until
from tests.support.sockets import dripping, saying, serving

CANARY = "canary-7c1d"
TO = f"{CANARY}@prison.example"
SHORT = timedelta(milliseconds=400)


@pytest.fixture(params=[False, True], ids=["TLS first", "STARTTLS"])
def behind(
    request: pytest.FixtureRequest, outside: Outside, tmp_path: Path
) -> Iterator[tuple[Secured, dict[str, Any]]]:
    """The sandbox's mailboxes behind TLS, and how one of them is reached."""
    imap = outside.said["imap"]
    with secured(imap["port"], tmp_path, starttls=request.param) as found:
        told = {"username": TO, "password": imap["password"], "ca_file": found.ca_file}
        yield found, told | {"starttls": request.param}


def mailbox(behind: tuple[Secured, dict[str, Any]], **changes: Any) -> ImapMailbox:
    return ImapMailbox("localhost", behind[0].port, **behind[1] | changes)


def sent(outside: Outside, message_id: str) -> None:
    smtp = outside.said["smtp"]
    mailer = SmtpMailer(
        smtp["host"], smtp["port"], username=smtp["username"], password=smtp["password"],
        ca_file=Path(smtp["ca_file"]),
    )  # fmt: skip
    text = f"From: a@b.example\r\nTo: {TO}\r\nMessage-ID: {message_id}\r\n\r\nHello.\r\n"
    mailer.send(text.encode(), sender="a@b.example", to=TO)


def odd(port: int) -> ImapMailbox:
    return ImapMailbox(
        "127.0.0.1", port, username=TO, password=CANARY, starttls=True, time_limit=SHORT
    )


def test_what_came_is_there_and_earlier_ones_are_deleted(
    outside: Outside, behind: tuple[Secured, dict[str, Any]]
) -> None:
    first, second = f"{ROUTE}2026-11-21@x.invalid>", f"{ROUTE}2026-11-22@x.invalid>"
    strange = "<of-somebody-else@x.invalid>"
    for one in (strange, first):
        sent(outside, one)
    box = mailbox(behind)
    until(lambda: box.holds(first, ROUTE))
    assert not box.holds(second, ROUTE)
    assert box.holds(first, ROUTE)  # it is deleted once a later one has come
    sent(outside, second)
    until(lambda: box.holds(second, ROUTE))
    assert [box.holds(one, "nobody's") for one in (first, second, strange)] == [
        False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"password": "wrong"}, "said no"), ({"ca_file": None}, "not to be trusted")],
)
def test_a_wrong_login_or_certificate_is_refused_without_a_name(
    behind: tuple[Secured, dict[str, Any]], changes: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why) as caught:
        mailbox(behind, **changes).holds("<x@y.invalid>", ROUTE)
    assert CANARY not in f"{caught.value} {caught.value.hint}"


GREETING = b"* OK ready\r\n"


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (dripping(b"* OK", b" "), TryAgain),
        (saying(), TryAgain),
        (lambda peer, over: _says(peer, over, b"* BYE\r\n"), Refused),
        (lambda peer, over: _says(peer, over, b"* OK hi\r\n"), Refused),
        (lambda peer, over: _says(peer, over, b"what\r\n"), TryAgain),
    ],
    ids=["drips", "hangs up", "says goodbye", "no STARTTLS", "speaks nonsense"],
)
def test_an_odd_server_is_an_error_of_ours_in_time(talk: Any, error: type[Exception]) -> None:
    with serving(talk) as port, pytest.raises(ConnectorError) as caught:
        odd(port).holds("<x@y.invalid>", ROUTE)
    assert isinstance(caught.value, error)
    assert CANARY not in f"{caught.value} {caught.value.hint}"


def _says(peer: socket.socket, over: threading.Event, greeting: bytes) -> None:
    peer.sendall(greeting)
    with peer.makefile("rb") as lines:
        for line in lines:
            peer.sendall(b"* CAPABILITY IMAP4rev1\r\n" + line.split()[0] + b" OK done\r\n")


def test_nobody_there_and_no_certificate_file() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TryAgain, match="no answer"):
        odd(port).holds("<x@y.invalid>", ROUTE)
    with pytest.raises(Misconfigured):
        ImapMailbox("h", 1, username="u", password="p", ca_file=Path("/nowhere"))
