"""Mail over real sockets: odd servers, and a real one with STARTTLS and a login."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from agent.ports.alerts import Mailer
from connectors.alerts.smtp import SmtpMailer
from tests.support.sockets import Talk, dripping

Serve = Callable[[Talk], int]

SENDER, TO = "callsteward@justice.example", "security.mdi@prison.example"
SHORT = timedelta(milliseconds=400)
BOUND = 5.0  # seconds: far above SHORT, since without a deadline it would last for ever
QUEUED = b"250 2.0.0 Ok: queued as 4Xy7Z\r\n"


def message() -> bytes:
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"], mail["Subject"] = SENDER, TO, "INC-7 high MDI K10471"
    mail["Message-ID"] = "<INC-7.1@callsteward.example>"
    mail.set_content("A check failed.\n.\n..\nEnd.\n")
    return mail.as_bytes()


def plain(port: int, **chosen: Any) -> SmtpMailer:
    settings = {"time_limit": timedelta(seconds=5), "plain": True, **chosen}
    return SmtpMailer("127.0.0.1", port, **settings)


def send(mailer: Mailer, content: bytes | None = None) -> str:
    return mailer.send(message() if content is None else content, sender=SENDER, to=TO)


def script(**replies: bytes) -> Talk:
    """A server that says what it is told to each command, and 250 to the others."""

    def talk(peer: socket.socket, over: threading.Event) -> None:
        with peer.makefile("rb") as lines:
            if not _say(peer, replies.get("hello", b"220 ready\r\n")):
                return
            for line in lines:
                verb = line[:4].strip().decode().lower()
                usual = b"354 go on\r\n" if verb == "data" else b"250 ok\r\n"
                answer = replies.get(verb, usual)
                if not _say(peer, answer) or verb == "quit":
                    return
                if answer.startswith(b"354"):
                    while next(lines) != b".\r\n":
                        pass
                    if not _say(peer, replies.get("end", QUEUED)):
                        return

    return talk


def _say(peer: socket.socket, answer: bytes) -> bool:
    """An empty answer is to hang up."""
    peer.sendall(answer)
    return bool(answer)


def test_the_server_s_own_answer_is_returned(serve: Serve) -> None:
    assert send(plain(serve(script()))) == "250 2.0.0 Ok: queued as 4Xy7Z"


def test_the_answer_holds_no_address_and_no_control(serve: Serve) -> None:
    end = b"250 2.0.0 <security.mdi@prison.example> \x1b[2J queued\xff as 77\r\n"
    assert send(plain(serve(script(end=end)))) == "250 2.0.0 (address) [2J queued as 77"


@pytest.mark.parametrize("step", ["hello", "ehlo", "mail", "rcpt", "data", "end"])
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"421 4.3.2 <security.mdi@prison.example> later\r\n", TryAgain),
        (b"450 4.2.1 greylisted security.mdi@prison.example\r\n", TryAgain),
        (b"550 5.1.1 <security.mdi@prison.example> unknown\r\n", Refused),
        (b"552 mailbox full\r\n", Refused),
        (b"<html>\r\n", UnknownReply),
        (b"", TryAgain),
    ],
    ids=["421", "450", "550", "552", "html", "hang up"],
)
def test_each_no_says_what_to_do_next(
    serve: Serve, step: str, reply: bytes, error: type[ConnectorError]
) -> None:
    with pytest.raises(error) as told:
        send(plain(serve(script(**{step: reply}))))
    assert type(told.value) is error
    assert str(told.value).startswith("mail server 127.0.0.1: ")
    assert "@" not in str(told.value) + told.value.hint


def test_the_codes_of_a_no_are_told(serve: Serve) -> None:
    with pytest.raises(Refused, match=r"^mail server 127\.0\.0\.1: RCPT TO: 550 5\.1\.1$"):
        send(plain(serve(script(rcpt=b"550 5.1.1 no <a@b.example>\r\n"))))


@pytest.mark.parametrize("challenge", [b"A", b"QUJDR", b"QUI"])
def test_a_challenge_that_is_no_base64_is_an_unknown_reply(
    serve: Serve, challenge: bytes
) -> None:
    mailer = plain(
        serve(
            script(ehlo=b"250-a\r\n250 AUTH CRAM-MD5\r\n", auth=b"334 " + challenge + b"\r\n")
        ),
        username="agent",
        password="hunter2",
    )
    with pytest.raises(UnknownReply, match=r"AUTH: the challenge is not base64$"):
        send(mailer)


@pytest.mark.parametrize("goodbye", [b"500 what\r\n", b"", b"<html>\r\n"])
def test_what_was_accepted_stays_accepted(serve: Serve, goodbye: bytes) -> None:
    assert send(plain(serve(script(quit=goodbye)))).startswith("250 ")


@pytest.mark.parametrize(
    ("head", "drop"), [(b"", b""), (b"220 ", b"x"), (b"220-a\r\n", b"220-b\r\n")]
)
def test_a_server_that_drips_ends_at_the_deadline(
    serve: Serve, head: bytes, drop: bytes
) -> None:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(head)
        while not over.wait(0.02):
            peer.sendall(drop)

    start = time.monotonic()
    with pytest.raises(TryAgain):
        send(plain(serve(talk), time_limit=SHORT))
    assert time.monotonic() - start < BOUND


def test_a_server_that_takes_nothing_in_ends_at_the_deadline(serve: Serve) -> None:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n")
        over.wait()

    start = time.monotonic()
    with pytest.raises(TryAgain):
        send(plain(serve(talk), time_limit=SHORT), b"x" * 12_000_000)
    assert time.monotonic() - start < BOUND


def test_a_goodbye_that_drips_does_not_undo_the_delivery(serve: Serve) -> None:
    start = time.monotonic()

    def talk(peer: socket.socket, over: threading.Event) -> None:
        script(quit=b"221-wait\r\n")(peer, over)
        over.wait()

    assert send(plain(serve(talk), time_limit=SHORT)).startswith("250 ")
    assert time.monotonic() - start < BOUND


def test_a_handshake_that_never_comes_ends_at_the_deadline(serve: Serve) -> None:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"220 a\r\n")
        peer.recv(999)
        peer.sendall(b"250-b\r\n250 STARTTLS\r\n")
        peer.recv(999)
        peer.sendall(b"220 go on\r\n")
        dripping(b"\x16\x03\x03\x40\x00", b"\x02")(peer, over)

    start = time.monotonic()
    with pytest.raises(ConnectorError):
        send(SmtpMailer("127.0.0.1", serve(talk), time_limit=SHORT))
    assert time.monotonic() - start < BOUND


def test_nobody_there_is_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(TryAgain):
        send(plain(port))


def test_a_host_that_is_no_name_is_try_again() -> None:
    with pytest.raises(TryAgain):
        send(SmtpMailer("a" * 70 + ".example"))


def test_a_server_without_starttls_gets_nothing(serve: Serve) -> None:
    seen: list[bytes] = []

    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"220 a\r\n")
        while line := peer.recv(999):
            seen.append(line)
            peer.sendall(b"250 b\r\n")

    mailer = SmtpMailer("127.0.0.1", serve(talk), username="a", password="b")
    with pytest.raises(Refused, match="STARTTLS"):
        send(mailer)
    assert [line[:4] for line in seen] == [b"ehlo", b"quit"]


@pytest.mark.parametrize(
    "to", ["", "nobody", "a b@c.example", "a@b\r\nDATA", "<a@b>", "ä@b.example"]
)
def test_what_is_no_address_is_not_sent(serve: Serve, to: str) -> None:
    mailer = plain(serve(script()))
    for sender, recipient in ((SENDER, to), (to, TO)):
        with pytest.raises(Refused) as told:
            mailer.send(message(), sender=sender, to=recipient)
        assert not to or to not in str(told.value)


def test_plain_mail_is_for_loopback_only() -> None:
    with pytest.raises(Misconfigured):
        SmtpMailer("mail.example", plain=True)


@pytest.mark.parametrize(
    "chosen", [{"password": "£"}, {"username": "ä"}, {"local_name": "hôte"}]
)
def test_what_smtp_cannot_say_is_told_at_the_start(chosen: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        SmtpMailer("mail.example", **{"username": "a", **chosen})  # type: ignore[arg-type]


def test_a_ca_file_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    for name, content in (("absent.pem", None), ("odd.pem", b"nothing")):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Misconfigured):
            SmtpMailer("mail.example", ca_file=path)


class Box:
    """What arrived."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.names: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        self.names.append(str(session.host_name))
        return "250 2.0.0 Ok: queued as 7"


@pytest.fixture
def real(tls: ssl.SSLContext, box: Box) -> Any:
    """A server that wants TLS and then a login."""

    def login(server: Any, session: Any, envelope: Any, kind: Any, given: Any) -> AuthResult:
        right = given.login == b"agent" and given.password == b"right"
        return AuthResult(success=right, handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=login,
    )
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def box() -> Box:
    return Box()


def secure(port: int, trusted: Path | None, password: str = "right") -> SmtpMailer:
    return SmtpMailer(
        "localhost",
        port,
        username="agent",
        password=password,
        ca_file=trusted,
        local_name="agent.callsteward.example",
        time_limit=timedelta(seconds=10),
    )


def test_a_mail_arrives_as_it_was_rendered(real: int, trusted: Path, box: Box) -> None:
    assert send(secure(real, trusted)) == "250 2.0.0 Ok: queued as 7"
    [envelope] = box.envelopes
    assert envelope.content == message()
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [TO])
    assert box.names == ["agent.callsteward.example"]


def test_bare_line_ends_are_made_whole(real: int, trusted: Path, box: Box) -> None:
    send(secure(real, trusted), b"Subject: x\n\nOne\r.\rTwo\n")
    assert box.envelopes[0].content == b"Subject: x\r\n\r\nOne\r\n.\r\nTwo\r\n"


def test_a_certificate_that_is_not_trusted_is_refused(real: int, box: Box) -> None:
    with pytest.raises(Refused, match="STARTTLS"):
        send(secure(real, None))
    assert box.envelopes == []


def test_a_certificate_of_another_name_is_refused(real: int, trusted: Path) -> None:
    mailer = SmtpMailer("127.0.0.1", real, ca_file=trusted)  # it is for localhost
    with pytest.raises(Refused, match="STARTTLS"):
        send(mailer)


def test_a_wrong_password_is_refused(real: int, trusted: Path) -> None:
    with pytest.raises(Refused, match=r"AUTH: 535") as told:
        send(secure(real, trusted, "wrong"))
    assert "wrong" not in str(told.value)


def test_a_server_that_wants_a_login_refuses_without(real: int, trusted: Path) -> None:
    with pytest.raises(Refused, match="MAIL FROM: 530"):
        send(SmtpMailer("localhost", real, ca_file=trusted))
