"""The contract of channels, kept by mail over SMTP and Graph, and by the file for a SIEM."""

import base64
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import ClassVar

import pytest

from agent.errors import Refused, TryAgain
from agent.ports.alerts import Channel
from connectors.alerts.graph_mail import GraphMailer, MailApp
from connectors.alerts.mail import MailChannel
from connectors.alerts.siem import SiemFile
from connectors.alerts.smtp import SmtpMailer
from connectors.http import Reach, utc_now
from connectors.sandbox.odd_mail import Oddity, OddMail, odd_mail_server
from tests.connectors.alerts.contract import (
    AMPLE,
    NOTE,
    SENDER,
    SHORT,
    ChannelContract,
    Faulty,
    Taken,
    pytest_generate_tests,
)
from tests.connectors.conftest import Signed
from tests.support.http_lines import Asked, Server, answer
from tests.support.sockets import Talk

__all__ = ["pytest_generate_tests"]
Serve = Callable[[Talk], int]


def nobody() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return int(gone.getsockname()[1])


def by_smtp(port: int, limit: timedelta) -> Channel:
    return MailChannel(SmtpMailer("127.0.0.1", port, plain=True, time_limit=limit), SENDER)


class TestSmtp(ChannelContract):
    FAULTS: ClassVar = {
        **ChannelContract.FAULTS,
        "certificate": Refused,
        "mailbox full": TryAgain,
        "no such mailbox": Refused,
        "greylisted": TryAgain,
        "slow": TryAgain,
        "refused after DATA": Refused,
        "cut after DATA": TryAgain,
        "mailbox full for good": Refused,
    }
    ODD: ClassVar = {
        "mailbox full": Oddity.MAILBOX_FULL,
        "no such mailbox": Oddity.RECIPIENT_REFUSED,
        "greylisted": Oddity.GREYLISTED,
        "slow": Oddity.SLOW,
        "drip": Oddity.DRIP,
        "refused after DATA": Oddity.REFUSED_AFTER_DATA,
        "cut after DATA": Oddity.CUT_AFTER_DATA,
        "mailbox full for good": Oddity.QUOTA,
    }
    SAID: ClassVar = {
        "busy": b"421 4.3.2 come back later\r\n",
        "refused": b"554 5.7.1 no, security.mdi@justice.example\r\n",
        "cut": b"",
        "odd": b"<html>\r\n",
    }

    @pytest.fixture
    def server(self) -> Iterator[OddMail]:
        with odd_mail_server() as server:
            self.port = server.port
            yield server.handler

    @pytest.fixture
    def channel(self, server: OddMail) -> Channel:
        return by_smtp(self.port, AMPLE)

    @pytest.fixture
    def taken(self, server: OddMail) -> Taken:
        return lambda: [
            (str(message_from_bytes(content)["Message-ID"]), content)
            for _, _, content in server.accepted
        ]

    @pytest.fixture
    def faulty(
        self, serve: Serve, tls: ssl.SSLContext, request: pytest.FixtureRequest
    ) -> Faulty:
        def make(fault: str) -> Channel:
            if fault == "away":
                return by_smtp(nobody(), SHORT)
            if fault in self.SAID:
                said = self.SAID[fault]
                return by_smtp(serve(lambda peer, over: peer.sendall(said)), SHORT)
            shown = tls if fault == "certificate" else None
            odd = odd_mail_server(self.ODD.get(fault, Oddity.NONE), tls=shown)
            server = odd.__enter__()
            request.addfinalizer(lambda: odd.__exit__(None, None, None))
            if fault != "certificate":
                return by_smtp(server.port, SHORT)
            return MailChannel(SmtpMailer("localhost", server.port, time_limit=AMPLE), SENDER)

        return make


class TestGraph(ChannelContract):
    FAULTS: ClassVar = {
        **ChannelContract.FAULTS,
        "throttled": TryAgain,
        "no permission": Refused,
        "no sign-in": Refused,
        "sign-in away": TryAgain,
    }
    TOKEN: ClassVar = {"access_token": "canarysecret.token", "expires_in": 3599}
    SENT: ClassVar = {
        "busy": answer(503, {"error": {"code": "ServiceUnavailable"}}),
        "throttled": answer(429, {"error": {"code": "ApplicationThrottled"}}, Retry_After="7"),
        "refused": answer(404, {"error": {"code": "ErrorInvalidUser", "message": SENDER}}),
        "no permission": answer(403, {"error": {"code": "ErrorAccessDenied"}}),
        "odd": answer(200, b"<html>security.mdi@justice.example</html>"),
        "good": answer(202, None, Request_Id="7f1c-22"),
    }
    SIGNED_IN: ClassVar = {
        "no sign-in": answer(401, {"error": "invalid_client"}),
        "sign-in away": answer(503, b"<html>away</html>"),
    }

    def ill(self, fault: str) -> Server:
        signed_in = self.SIGNED_IN.get(fault, answer(200, self.TOKEN))
        sent = self.SENT.get(fault, self.SENT["good"])

        def say(asked: Asked) -> bytes:
            return signed_in if "token" in asked.path else sent

        def here(word: str) -> Callable[[Asked], bool]:
            return lambda asked: fault == word and "sendMail" in asked.path

        return Server(say, drip=here("drip"), cut=here("cut"))

    def reached(self, port: int, limit: timedelta) -> Channel:
        url = f"http://127.0.0.1:{port}"
        app = MailApp(
            tenant="t", client_id="c", certificate=self.pem.certificate, key=self.pem.key
        )
        mailer = GraphMailer(app, Reach(deadline=limit), utc_now, url, url)
        return MailChannel(mailer, SENDER)

    @pytest.fixture(autouse=True)
    def app(self, signed: Signed) -> None:
        self.pem = signed

    @pytest.fixture
    def server(self) -> Server:
        return self.ill("good")

    @pytest.fixture
    def channel(self, serve: Serve, server: Server) -> Channel:
        return self.reached(serve(server.talk()), AMPLE)

    @pytest.fixture
    def taken(self, server: Server) -> Taken:
        def found() -> list[tuple[str, bytes]]:
            mails = [
                base64.b64decode(one.body, validate=True)
                for one in server.asked
                if "sendMail" in one.path
            ]
            return [(str(message_from_bytes(mail)["Message-ID"]), mail) for mail in mails]

        return found

    @pytest.fixture
    def faulty(self, serve: Serve) -> Faulty:
        def make(fault: str) -> Channel:
            if fault == "away":
                return self.reached(nobody(), SHORT)
            return self.reached(serve(self.ill(fault).talk()), SHORT)

        return make

    def test_the_answer_is_graph_s_request_id(self, channel: Channel) -> None:
        assert channel.send(NOTE, to=self.TO) == "202 request-id 7f1c-22"

    def test_it_is_mime_for_the_sender_s_mailbox_with_our_token(
        self, channel: Channel, server: Server
    ) -> None:
        channel.send(NOTE, to=self.TO)
        sent = server.asked[-1]
        assert (sent.method, sent.path) == (
            "POST", "/v1.0/users/callsteward%40justice.example/sendMail",
        )  # fmt: skip
        assert sent.headers["content-type"] == "text/plain"
        assert sent.headers["authorization"] == "Bearer canarysecret.token"

    def test_the_wait_that_graph_asks_for_is_told(self, faulty: Faulty) -> None:
        with pytest.raises(TryAgain) as told:
            faulty("throttled").send(NOTE, to=self.TO)
        assert told.value.after == timedelta(seconds=7)


class TestSiem(ChannelContract):
    TO: ClassVar = ""
    FAULTS: ClassVar = {"full": TryAgain, "no folder": Refused, "a folder": Refused}

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "siem.jsonl"

    @pytest.fixture
    def channel(self, file: Path) -> Channel:
        return SiemFile(file)

    @pytest.fixture
    def taken(self, file: Path) -> Taken:
        return lambda: [
            (json.loads(line)["message_id"], line)
            for line in file.read_bytes().splitlines(keepends=True)
        ]

    @pytest.fixture
    def faulty(self, tmp_path: Path) -> Faulty:
        places = {
            "full": Path("/dev/full"),
            "no folder": tmp_path / "none" / "siem.jsonl",
            "a folder": tmp_path,
        }
        return lambda fault: SiemFile(places[fault])

    def test_a_line_says_all_that_a_siem_may_know_and_no_more(
        self, channel: Channel, file: Path
    ) -> None:
        channel.send(NOTE, to="")
        assert json.loads(file.read_text()) == {
            "source": "callsteward",
            "message_id": "INC-2026-00042.1.security.MDI@callsteward.invalid",
            "incident": "INC-2026-00042",
            "revision": 1,
            "type": "device.supervised",
            "category": "security",
            "severity": "HIGH",
            "establishment": "MDI",
            "tag": "K10471",
            "to": "security.MDI",
            "opened_at": "2026-11-22T02:05:00+00:00",
            "written_at": "2026-11-22T02:05:00+00:00",
        }

    def test_a_file_that_was_rotated_is_begun_anew(self, channel: Channel, file: Path) -> None:
        channel.send(NOTE, to="")
        file.rename(file.with_suffix(".1"))
        channel.send(NOTE, to="")
        assert file.read_bytes() == file.with_suffix(".1").read_bytes()

    def test_a_line_that_was_cut_off_spoils_no_other(
        self, channel: Channel, file: Path
    ) -> None:
        file.write_bytes(b'{"source": "call')
        channel.send(NOTE, to="")
        torn, whole = file.read_bytes().splitlines()
        assert torn == b'{"source": "call'
        assert json.loads(whole)["incident"] == NOTE.incident
