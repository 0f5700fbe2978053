"""Exchange Online as Graph shows it to who sends: sendMail with MIME content (base64).

What was taken lies in `outbox` until whoever has sockets brings it to the mailboxes. A
recipient that does not exist is found out later and elsewhere: Exchange has said 202 by then.
"""

import base64
import binascii
import email
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy

from connectors.sandbox.mail import USER
from connectors.sandbox.wire import Answer, Request, refusal

SEND = "Mail.Send"


@dataclass
class Outlook:
    """`roles_of` tells what a token may do. `senders` are the tenant's mailboxes."""

    roles_of: Callable[[str], tuple[str, ...]]
    senders: frozenset[str] = frozenset({USER})
    outbox: list[bytes] = field(default_factory=list)
    taken: int = 0

    def send_mail(self, request: Request, user: str) -> Answer:
        token = request.headers.get("authorization", "").partition(" ")[2]
        if SEND not in self.roles_of(token):
            text = "Access is denied. Check credentials and try again."
            return refusal(403, "ErrorAccessDenied", text)
        if user.lower() not in self.senders:
            text = f"The requested user '{user}' is invalid."
            return refusal(404, "ErrorInvalidUser", text)
        if not request.headers.get("content-type", "").startswith("text/plain"):
            return refusal(400, "BadRequest", "The sandbox takes mail as MIME only.")
        return self._taken(request.body)

    def take(self) -> list[bytes]:
        """What is to be delivered now."""
        found, self.outbox = self.outbox, []
        return found

    def _taken(self, body: bytes) -> Answer:
        try:
            content = base64.b64decode(body, validate=True)
        except binascii.Error:
            content = b""
        if not content:
            text = "Invalid base64 string for MIME content."
            return refusal(400, "ErrorMimeContentInvalidBase64String", text)
        if not email.message_from_bytes(content, policy=policy.default)["To"]:
            text = "At least one recipient isn't valid., A valid recipient is required."
            return refusal(400, "ErrorInvalidRecipients", text)
        self.outbox.append(content)
        self.taken += 1
        return Answer(202)
