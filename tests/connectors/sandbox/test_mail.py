import imaplib
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from agent.errors import TryAgain
from connectors import deadline
from connectors.alerts.smtp import SmtpMailer
from connectors.sandbox import identity
from connectors.sandbox.certificates import context_of
from connectors.sandbox.mail import read_all
from connectors.sandbox.odd_mail import Oddity, OddServer, odd_mail_server

SENDER, RECIPIENT = "callsteward@justice.example", "security.mdi@justice.example"


def mail(to: str = RECIPIENT, message_id: str = "<one@callsteward.example>") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = SENDER, to, message_id
    made["Subject"] = "[OFFICIAL] INC-1 HIGH MDI K10471"
    made.set_content("Governor’s safe: Zoom is not the only app.\n")
    return made


def connect(sandbox: Any, context: ssl.SSLContext | None = None) -> smtplib.SMTP:
    smtp = smtplib.SMTP(sandbox["smtp"]["host"], sandbox["smtp"]["port"], timeout=10)
    trusted = ssl.create_default_context(cafile=sandbox["smtp"]["ca_file"])
    smtp.starttls(context=context or trusted)
    return smtp


def inbox(sandbox: Any, user: str) -> list[EmailMessage]:
    return read_all(sandbox["imap"]["host"], sandbox["imap"]["port"], user)


def test_a_mail_reaches_its_mailbox_and_the_one_that_keeps_all(sandbox: Any) -> None:
    with connect(sandbox) as smtp:
        smtp.login(sandbox["smtp"]["username"], sandbox["smtp"]["password"])
        smtp.send_message(mail())
        smtp.send_message(mail("spoc.mdi@justice.example", "<two@callsteward.example>"))
    [received] = inbox(sandbox, RECIPIENT)
    assert received["Subject"] == mail()["Subject"]
    assert received.get_content().splitlines() == mail().get_content().splitlines()
    every = inbox(sandbox, sandbox["imap"]["username"])
    assert [one["Message-ID"] for one in every] == [
        "<one@callsteward.example>",
        "<two@callsteward.example>",
    ]
    assert inbox(sandbox, "nobody@justice.example") == []


def test_nothing_is_taken_without_tls(sandbox: Any) -> None:
    with (
        smtplib.SMTP(sandbox["smtp"]["host"], sandbox["smtp"]["port"], timeout=10) as smtp,
        pytest.raises(smtplib.SMTPResponseException, match="STARTTLS"),
    ):
        smtp.send_message(mail())


def test_nothing_is_taken_without_signing_in(sandbox: Any) -> None:
    with (
        connect(sandbox) as smtp,
        pytest.raises(smtplib.SMTPResponseException, match="Authentication"),
    ):
        smtp.send_message(mail())


@pytest.mark.parametrize(
    ("username", "password"), [("somebody", "sandbox-mailbox"), (SENDER, "wrong")]
)
def test_a_wrong_sign_in_is_refused(sandbox: Any, username: str, password: str) -> None:
    with connect(sandbox) as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(username, password)


def test_its_certificate_is_known_to_its_own_authority_alone(sandbox: Any) -> None:
    with (
        smtplib.SMTP(sandbox["smtp"]["host"], sandbox["smtp"]["port"], timeout=10) as smtp,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        smtp.starttls(context=ssl.create_default_context())


def test_reading_needs_the_password(sandbox: Any) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        read_all(sandbox["imap"]["host"], sandbox["imap"]["port"], RECIPIENT, "wrong")


def send(server: OddServer, timeout: float = 5) -> int:
    """The code of the refusal, 250 where there was none."""
    with smtplib.SMTP(server.host, server.port, timeout=timeout) as smtp:
        try:
            smtp.send_message(mail())
        except smtplib.SMTPRecipientsRefused as err:
            return err.recipients[RECIPIENT][0]
        except smtplib.SMTPResponseException as err:
            return err.smtp_code
    return 250


@pytest.mark.parametrize(
    ("oddity", "code"),
    [
        (Oddity.NONE, 250),
        (Oddity.RECIPIENT_REFUSED, 550),
        (Oddity.GREYLISTED, 451),
        (Oddity.MAILBOX_FULL, 452),
        (Oddity.REFUSED_AFTER_DATA, 554),
    ],
)
def test_the_odd_server_refuses_as_it_is_told(oddity: Oddity, code: int) -> None:
    with odd_mail_server(oddity) as server:
        assert send(server) == code
        assert len(server.handler.accepted) == (code == 250)


def test_the_odd_server_can_be_odd_once() -> None:
    with odd_mail_server(Oddity.GREYLISTED, times=1) as server:
        assert [send(server), send(server)] == [451, 250]


def test_the_odd_server_can_take_a_mail_and_cut_the_line() -> None:
    with odd_mail_server(Oddity.CUT_AFTER_DATA) as server:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(server)
        assert len(server.handler.accepted) == 1


def test_the_odd_server_can_be_slow() -> None:
    with (
        odd_mail_server(Oddity.SLOW, delay=1.0) as server,
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)),
    ):
        send(server, timeout=0.2)


def test_the_odd_server_can_drip_its_answer() -> None:
    with (
        odd_mail_server(Oddity.DRIP) as server,
        deadline.within(timedelta(seconds=0.5)),
        pytest.raises(TryAgain, match="DATA"),
    ):
        SmtpMailer("127.0.0.1", server.port, plain=True).send(
            b"Subject: x\r\n\r\nx", sender="a@b.example", to="c@d.example"
        )
    assert len(server.handler.accepted) == 1


def test_the_odd_server_takes_mail_by_tls_alone_where_it_has_a_certificate(
    tmp_path: Path,
) -> None:
    issuer = identity.authority("an authority")
    shown = identity.server_certificate(issuer, ("127.0.0.1",))
    ca_file = identity.write(tmp_path / "ca.pem", issuer.certificate_pem())
    with odd_mail_server(tls=context_of(shown, tmp_path / "chain.pem")) as server:
        assert send(server) == 530
        mailer = SmtpMailer("127.0.0.1", server.port, ca_file=ca_file)
        mailer.send(b"Subject: x\r\n\r\nx", sender="a@b.example", to="c@d.example")
    assert len(server.handler.accepted) == 1
