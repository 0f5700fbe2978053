"""Brings what Graph's sendMail and Notify took to the mailboxes, by their own mail server."""

import asyncio
import email
import smtplib
import ssl

from connectors.sandbox.core import Core
from connectors.sandbox.mail import Mail

LOOK_AGAIN = 0.05  # seconds


async def keep_delivering(core: Core, mail: Mail) -> None:
    """Until cancelled. Each mail goes over SMTP, in a thread."""
    while True:
        for content in (*core.outlook.take(), *core.notify.take()):
            await asyncio.to_thread(deliver, content, mail)
        await asyncio.sleep(LOOK_AGAIN)


def deliver(content: bytes, mail: Mail) -> None:
    """One mail, byte for byte."""
    to = str(email.message_from_bytes(content)["To"])
    with smtplib.SMTP(mail.host, mail.smtp_port, timeout=10) as smtp:
        smtp.starttls(context=ssl.create_default_context(cafile=mail.ca_file))
        smtp.login(mail.username, mail.password)
        smtp.sendmail(mail.username, [to], content)
