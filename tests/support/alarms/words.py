"""What is personal or free text, each column with a marker of its own."""

from collections.abc import Mapping
from email.message import EmailMessage

from tests.support import canaries

STAFF_NAME = "Sylvester Quillfeather"
INBOX = "inbox-quillfeather"  # how each address of contacts.csv begins
DUTY_PHONE = "+447700900787"
GIVER = "Constable Quillgiver"
WORDS: Mapping[str, str] = {
    "number of the resident": canaries.NUMBER,
    "name of the contact": canaries.NAME,
    "address of the contact": canaries.EMAIL,
    "telephone of the contact": canaries.PHONE,
    "name of staff": STAFF_NAME,
    "inbox": INBOX,
    "duty telephone": DUTY_PHONE,
    "who gave a comment": GIVER,
    "the need in other words": "a birth quillneed",
    "why an override": "since quilloverride",
    "what was seen": "quillseen by the door",
    "note": "quillnote of the desk",
    "lesson": "quilllesson learnt",
    "why opened again": "quillagain too early",
    "reason of a silence": "quillsilence until mended",
    "reason of maintenance": "quillworks in the wing",
    "what was refused": "quillrefused words",
}
REQUIRED = ("To", "X-RcptTo", "X-MailFrom", "X-Peer")
"""Headers that name an inbox, or that the mail server adds."""


def readable(mail: EmailMessage) -> bytes:
    """The mail but for the headers that must name an inbox; its body decoded too."""
    left = [f"{name}: {value}" for name, value in mail.items() if name not in REQUIRED]
    _, _, body = mail.as_bytes().partition(b"\n\n")
    return "\n".join([*left, mail.get_content()]).encode() + body
