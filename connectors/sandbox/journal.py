"""mail-devel as we need it: one more copy of each mail, and a strict sign-in for sending."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from mail_devel import Service
from mail_devel.auth import SMTPAuthenticator
from mail_devel.mailbox import TestMailboxDict
from pymap.parsing.message import AppendMessage


@dataclass(frozen=True, slots=True)
class Journal:
    """Files each mail for its recipients and once more for `owner`."""

    boxes: TestMailboxDict
    owner: str

    async def append(self, message: Message, flags: Any, mailbox: str = "INBOX") -> None:
        await self.boxes.append(message, flags, mailbox)
        account = await self.boxes.get(self.owner)
        box = await account.get_mailbox(mailbox)
        when = datetime.now(UTC)
        await box.append(AppendMessage(str(message).encode(), when, flags))


@asynccontextmanager
async def start(arguments: Sequence[str], user: str, password: str) -> AsyncIterator[None]:
    """Run mail-devel with these words of its command line until left."""
    service = await Service.init(Service.parse(list(arguments)))
    service.handler.mailboxes = Journal(service.mailboxes, user)
    servers = (service.smtp, service.smtps)
    for server in servers:  # with many mailboxes mail-devel would take any user name
        server.SMTP_kwargs["authenticator"] = SMTPAuthenticator(user, password)
    async with service.start():
        try:
            yield
        finally:
            for server in servers:
                server.stop()
