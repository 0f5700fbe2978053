"""Mailboxes by the package mail-devel: SMTP with STARTTLS and AUTH, IMAP, a web inbox.

What to know of it: it files a mail by its To, Cc and Bcc headers, not by the envelope; every
mailbox comes into being with its first mail and has the same password; all is in memory.
The mailbox of `USER` keeps a copy of every mail, so one reader sees them all.
"""

import contextlib
import email
import email.policy
import imaplib
import logging
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from agent.errors import Misconfigured
from connectors.sandbox import identity

USER = "callsteward@justice.example"
PASSWORD = "sandbox-mailbox"  # noqa: S105
LOGGERS = ("mail_devel", "mail.log", "pymap", "aiohttp.access", "aiohttp.server")


@dataclass(frozen=True, slots=True)
class Mail:
    """Where the mailboxes are and how to sign in."""

    host: str
    smtp_port: int
    imap_port: int
    web_port: int
    ca_file: Path
    username: str = USER
    password: str = PASSWORD


@asynccontextmanager
async def mailboxes(host: str, folder: Path) -> AsyncIterator[Mail]:
    """Serve on free ports of `host` until left. Keys and the log go into `folder`."""
    from connectors.sandbox.journal import start  # heavy, and only for who serves

    ca_file, certificate, key = _certificates(host, folder)
    smtp, smtps, imap, web = _free_ports(host, 4)
    arguments = {
        "--host": host,
        "--user": USER,
        "--password": PASSWORD,
        "--smtp-port": smtp,
        "--smtps-port": smtps,
        "--imap-port": imap,
        "--http-port": web,
        "--cert": certificate,
        "--key": key,
    }
    words = [str(word) for pair in arguments.items() for word in pair]
    flags = ["--multi-user", "--auth-required", "--auth-require-tls", "--starttls-required"]
    log = _log_to(folder / "mail.log")
    async with start(words + flags, USER, PASSWORD):
        yield Mail(host, smtp, imap, web, ca_file)
    log.close()


def read_all(
    host: str, port: int, username: str = USER, password: str = PASSWORD
) -> list[EmailMessage]:
    """All mails of one mailbox, oldest first, by IMAP; that of `USER` has every mail."""
    found: list[EmailMessage] = []
    with imaplib.IMAP4(host, port, timeout=10) as imap:
        imap.login(username, password)
        imap.select("INBOX", readonly=True)
        _, numbers = imap.search(None, "ALL")
        if numbers[0]:
            wanted = numbers[0].decode().replace(" ", ",")
            _, parts = imap.fetch(wanted, "(BODY.PEEK[])")
            found = [_message(part[1]) for part in parts if isinstance(part, tuple)]
    return found


def _message(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def _certificates(host: str, folder: Path) -> tuple[Path, Path, Path]:
    """A small authority, and a server certificate for this host by it."""
    issuer = identity.authority("callsteward sandbox authority")
    server = identity.server_certificate(
        issuer, dict.fromkeys(("localhost", "127.0.0.1", host))
    )
    return (
        identity.write(folder / "ca.pem", issuer.certificate_pem()),
        identity.write(folder / "mail.pem", server.certificate_pem()),
        identity.write(folder / "mail-key.pem", server.key_pem()),
    )


def _free_ports(host: str, count: int) -> Sequence[int]:
    """Free ports: mail-devel takes numbers, not sockets.

    Below those that the system gives out by itself, and from a place that depends on the
    process, so that nobody takes one between this look and its use.
    """
    found: list[int] = []
    first = 20_000 + os.getpid() * 8 % 10_000
    for port in range(first, 32_000):
        with contextlib.suppress(OSError), socket.create_server((host, port)):
            found.append(port)
        if len(found) == count:
            return found
    raise Misconfigured(f"no free ports on {host}")


def _log_to(path: Path) -> logging.Handler:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("{asctime} {name} {message}", style="{"))
    for name in LOGGERS:
        logger: Any = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        logger.propagate = False
    return handler
