"""The mail that doctor sends when it is asked to: fixed words, nothing of anybody in it."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from agent.domain.mail import MESSAGE_ID_HOST

SUBJECT = "callsteward: test mail"
BODY = """This is a test mail of callsteward. It says that the way from the agent to this
inbox works. Nothing has happened, and there is nothing to do.
"""


def trial_mail(sender: str, to: str, now: datetime) -> bytes:
    """`now` is UTC; each moment's mail has an id of its own."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, SUBJECT
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<doctor-{now:%Y%m%dT%H%M%S%f}@{MESSAGE_ID_HOST}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(BODY)
    return bytes(mail)
