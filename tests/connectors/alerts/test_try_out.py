"""The conversation with a mail server that ends before the mail: real servers, and odd ones."""

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.errors import ConnectorError, Refused, TryAgain
from connectors.alerts.smtp import SmtpMailer
from connectors.http import utc_now
from tests.connectors.alerts.test_smtp import SENDER, TO, script
from tests.support.outside import Outside
from tests.support.sockets import Talk

Serve = Callable[[Talk], int]


def _real(outside: Outside, **changed: Any) -> SmtpMailer:
    smtp = outside.said["smtp"]
    usual: dict[str, Any] = {
        "username": smtp["username"],
        "password": smtp["password"],
        "ca_file": Path(smtp["ca_file"]),
    }
    return SmtpMailer(smtp["host"], smtp["port"], **(usual | changed))


def test_a_real_server_takes_all_of_it_and_no_mail_is_sent(outside: Outside) -> None:
    before = len(outside.mails())
    ends = _real(outside).try_out(sender=SENDER, to=TO)
    assert ends is not None
    assert timedelta(days=700) < ends - utc_now() < timedelta(days=900)
    assert len(outside.mails()) == before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "canary"}, "AUTH"),
        ({"ca_file": None}, "STARTTLS: its certificate is not trusted"),
    ],
)
def test_a_real_server_that_does_not_fit_is_told_with_its_step(
    outside: Outside, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says) as caught:
        _real(outside, **changed).try_out(sender=SENDER, to=TO)
    assert "canary" not in str(caught.value)


def _plain(port: int) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", port, plain=True, time_limit=timedelta(seconds=5))


@pytest.mark.parametrize("verb", ["mail", "rcpt", "rset"])
def test_each_step_may_be_refused(serve: Serve, verb: str) -> None:
    port = serve(script(**{verb: b"550 5.7.1 no, security.mdi@prison.example\r\n"}))
    with pytest.raises(Refused, match="550") as caught:
        _plain(port).try_out(sender=SENDER, to=TO)
    assert verb.upper() in str(caught.value)
    assert "@" not in str(caught.value)


def test_without_tls_there_is_no_certificate(serve: Serve) -> None:
    assert _plain(serve(script())).try_out(sender=SENDER, to=TO) is None


def test_a_server_that_is_away_is_told_in_words() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(TryAgain, match=r"connecting: nobody listens there \(TCP\)"):
            _plain(port).try_out(sender=SENDER, to=TO)


def test_an_address_that_is_none_is_refused_without_a_connection() -> None:
    with pytest.raises(ConnectorError, match="not one"):
        _plain(1).try_out(sender=SENDER, to="canary")
