"""A mailbox read over IMAP4rev1 (RFC 9051's forerunner, RFC 3501), always within TLS."""

import imaplib
import ssl
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent.errors import Misconfigured, Refused, TryAgain
from connectors import deadline

CURE = "Check the login, the port and the CA of the mailbox (CALLSTEWARD_IMAP_*)."


class ImapMailbox:
    """The port `Mailbox`."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str,
        password: str,
        ca_file: Path | None = None,
        starttls: bool = False,
        time_limit: timedelta = timedelta(seconds=30),
    ) -> None:
        """`starttls`: TLS begins with STARTTLS, else it comes first; nothing goes without."""
        self._host, self._port, self._starttls = host, port, starttls
        self._login = username, password
        self._time_limit = time_limit
        self._tls = _context(ca_file)

    def holds(self, message_id: str, others: str) -> bool:
        where = f"mailbox at {self._host}"
        try:
            with deadline.within(self._time_limit), self._conversation() as imap:
                return self._look(imap, message_id, others)
        except imaplib.IMAP4.abort as err:
            raise TryAgain(f"{where}: the connection ended") from err
        except ssl.SSLCertVerificationError as err:
            raise Refused(f"{where}: its certificate is not to be trusted", CURE) from err
        except imaplib.IMAP4.error as err:
            raise Refused(f"{where}: it said no to what we asked", CURE) from err
        except OSError as err:
            raise TryAgain(f"{where}: no answer ({type(err).__name__})") from err

    def _conversation(self) -> "_Timed":
        return _Timed(self._host, self._port, self._tls, starttls=self._starttls)

    def _look(self, imap: "_Timed", message_id: str, others: str) -> bool:
        imap.login(*self._login)
        _well(imap.select("INBOX"))
        found = _numbers(imap, "HEADER", "Message-ID", f'"{message_id}"')
        old = _numbers(imap, "HEADER", "Message-ID", f'"{others}"')
        for number in sorted(old - found) if found else ():
            _well(imap.store(number, "+FLAGS", r"(\Deleted)"))
        _well(imap.expunge())
        return bool(found)


def _numbers(imap: "_Timed", *words: str) -> set[str]:
    parts = _well(imap.search(None, *words))
    return {one.decode("ascii") for part in parts if part for one in part.split()}


class _Timed(imaplib.IMAP4):
    """A conversation whose every wait is cut by the deadline of its block."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, *, starttls: bool) -> None:
        self._context, self._first = tls, not starttls
        super().__init__(host, port)
        if starttls:
            with ExitStack() as undo:
                undo.callback(self._hang_up)
                self._secure()
                undo.pop_all()

    def _secure(self) -> None:
        if "STARTTLS" not in self.capabilities:
            raise self.error("no STARTTLS")
        self.sock.settimeout(deadline.left())
        self.starttls(self._context)
        self.file = deadline.reader(self.sock)

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.shutdown()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = deadline.connected(host, port)
        if self._first:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=host)
        self.file = deadline.reader(self.sock)

    def send(self, data: Any) -> None:
        deadline.send(self.sock, bytes(data))


def _well(answer: tuple[str, list[Any]]) -> list[Any]:
    """What it gave. Raises IMAP4.error where it said no."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("not OK")
    return answer[1]


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as err:
        raise Misconfigured("the CA file for IMAP cannot be read", "Give it as PEM.") from err
