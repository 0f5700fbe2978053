"""Mail by SMTP: STARTTLS, a verified certificate, a login, and a total deadline.

No error holds an address: what a server says of one is cut down to its codes.
"""

import binascii
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from connectors import deadline
from connectors.http import is_loopback
from connectors.reaching import failed

T = TypeVar("T")
ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


class SmtpMailer:
    """The port `Mailer`. Each message has its own connection. Thread-safe.

    `plain` does without TLS, on loopback only. `local_name` is what we call ourselves in
    EHLO, an ASCII host name.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        username: str | None = None,
        password: str | None = None,
        ca_file: Path | None = None,
        local_name: str = "callsteward.invalid",
        time_limit: timedelta = timedelta(seconds=30),
        plain: bool = False,
    ) -> None:
        if plain and not is_loopback(host):
            raise Misconfigured(
                f"mail server {host}: mail without TLS is for loopback only",
                "Use a server with STARTTLS.",
            )
        if not f"{username}{password}{local_name}".isascii():
            raise Misconfigured(
                f"mail server {host}: the login or our own name is not ASCII",
                "SMTP takes ASCII only.",
            )
        self._host, self._port = host, port
        self._login = None if username is None else (username, password or "")
        self._local_name = local_name
        self._time_limit = time_limit
        self._tls = None if plain else _context(ca_file)

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        _prove_addresses(sender, to)
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
        return self._converse(lambda smtp, step: _deliver(smtp, step, content, sender, to))

    def try_out(self, *, sender: str, to: str) -> datetime | None:
        """All of the conversation but the mail: it ends with RSET.

        Gives when the server's certificate ends, in UTC. Raises as `send`, in words that
        tell why there is no connection.
        """
        _prove_addresses(sender, to)
        try:
            return self._converse(lambda smtp, step: _try_out(smtp, step, sender, to))
        except ConnectorError as err:
            raise failed(str(err).rpartition(": ")[0], err) from err

    def _converse(self, talk: "Callable[[_Timed, _Step], T]") -> T:
        """Connect, secure it, sign in, then `talk`. Raises as `send`."""
        step = _Step(f"mail server {self._host}")
        try:
            with deadline.within(self._time_limit), _Timed(self._local_name) as smtp:
                self._sign_in(smtp, step)
                return talk(smtp, step)
        except smtplib.SMTPResponseException as err:
            raise step.fault(err.smtp_code, err.smtp_error) from err
        except smtplib.SMTPServerDisconnected as err:
            raise TryAgain(f"{step}: the connection ended") from err
        except (smtplib.SMTPException, ssl.SSLCertVerificationError) as err:
            raise Refused(f"{step}: {type(err).__name__}", "Check its TLS and login.") from err
        except binascii.Error as err:
            raise UnknownReply(f"{step}: the challenge is not base64") from err
        except OSError as err:
            raise TryAgain(f"{step}: no answer ({type(err).__name__})") from err

    def _sign_in(self, smtp: "_Timed", step: "_Step") -> None:
        step.now("connecting")
        step.accept(smtp.reach(self._host, self._port))
        step.now("EHLO")
        step.accept(smtp.ehlo())
        if self._tls is not None:
            step.now("STARTTLS")
            step.accept(smtp.secure(self._tls))
            step.accept(smtp.ehlo())
        if self._login is not None:
            step.now("AUTH")
            smtp.login(*self._login)


class _Timed(smtplib.SMTP):
    """An SMTP conversation whose every wait is cut by the deadline of its block."""

    def __init__(self, local_name: str) -> None:
        super().__init__(local_hostname=local_name)

    def reach(self, host: str, port: int) -> tuple[int, bytes]:
        self._host = host  # what the certificate must name
        return self.connect(host, port)

    def _get_socket(self, host: str, port: int, timeout: object) -> socket.socket:
        return deadline.connected(host, port)

    def send(self, s: Any) -> None:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        deadline.send(self.sock, s.encode("ascii") if isinstance(s, str) else s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = deadline.reader(self.sock)
        return super().getreply()

    def secure(self, context: ssl.SSLContext) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(deadline.left())
        return self.starttls(context=context)

    def __exit__(self, *_: object) -> None:
        """Say goodbye; what was accepted stays accepted, whatever the server says to that."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.quit()
        self.close()


class _Step:
    """Where in the conversation we are, to say so when it fails."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = ""

    def __str__(self) -> str:
        return f"{self._server}: {self._name}"

    def now(self, name: str) -> None:
        self._name = name

    def accept(self, reply: tuple[int, bytes]) -> None:
        if not 200 <= reply[0] < 300:
            raise self.fault(*reply)

    def fault(self, code: int, text: bytes | str) -> ConnectorError:
        """Our error for the server's no: its codes only, since its words quote addresses."""
        text = text if isinstance(text, str) else text.decode("ascii", "replace")
        enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", text)
        shown = f"{self}: {code} {enhanced[0] if enhanced else ''}".rstrip()
        if 400 <= code < 500:
            return TryAgain(shown)
        if 500 <= code < 600:
            return Refused(shown, "Check the address, and the login at the mail server.")
        return UnknownReply(shown)


def _prove_addresses(*addresses: str) -> None:
    if not all(ADDRESS.fullmatch(address) for address in addresses):
        raise Refused("a mail address is not one", "Correct the list of contacts.")


def _address(smtp: _Timed, step: _Step, sender: str, to: str) -> None:
    step.now("MAIL FROM")
    step.accept(smtp.mail(sender, ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []))
    step.now("RCPT TO")
    step.accept(smtp.rcpt(to))


def _deliver(smtp: _Timed, step: _Step, content: bytes, sender: str, to: str) -> str:
    _address(smtp, step, sender, to)
    step.now("DATA")
    code, text = smtp.data(content)
    step.accept((code, text))
    return f"{code} {_readable(text)}".rstrip()


def _try_out(smtp: _Timed, step: _Step, sender: str, to: str) -> datetime | None:
    _address(smtp, step, sender, to)
    step.now("RSET")
    step.accept(smtp.rset())
    shown = smtp.sock.getpeercert() if isinstance(smtp.sock, ssl.SSLSocket) else None
    ends = (shown or {}).get("notAfter")
    if not isinstance(ends, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)


def _readable(text: bytes) -> str:
    """The server's answer in one short line of ASCII, without any address."""
    line = " ".join(text.decode("ascii", "ignore").split())
    return re.sub(r"\S*@\S*", "(address)", "".join(filter(str.isprintable, line)))[:200]


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as err:
        raise Misconfigured("the CA file for mail cannot be read", "Give it as PEM.") from err
