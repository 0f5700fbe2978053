"""Mail by Microsoft Graph: sendMail with MIME content, so that our bytes and Message-ID stay.

The app is one of its own, with the application permission Mail.Send and nothing else; who runs
Exchange can restrict it to the sender's mailbox. 202 says that Exchange has it, no more.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from agent.errors import ConnectorError, Refused, UnknownReply
from agent.ports.alerts import Tried
from connectors import deadline
from connectors.http import Reach, Upstream, not_2xx
from connectors.oauth import (
    ENTRA,
    GRAPH,
    Certificate,
    Service,
    Tokens,
    certificate_form,
    roles_of,
)

SEND = "Mail.Send"
TAKEN = 202
CURE = (
    "Give the app Mail.Send (application permission, with consent), let it send as"
    " CALLSTEWARD_MAIL_FROM, and see that this is a mailbox of the tenant."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailApp:
    """An app of the tenant; certificate and key are PEM."""

    tenant: str
    client_id: str
    certificate: bytes
    key: bytes


class GraphMailer:
    """The port `Mailer`. Thread-safe. Raises Misconfigured when it is made."""

    def __init__(
        self,
        app: MailApp,
        reach: Reach,
        now: Callable[[], datetime],
        base_url: str = GRAPH,
        authority: str = ENTRA,
    ) -> None:
        signed = Certificate(app.certificate, app.key)
        path = f"{quote(app.tenant, safe='')}/oauth2/v2.0/token"
        audience = f"{authority.rstrip('/')}/{path}"
        form = certificate_form(signed, app.client_id, audience, f"{GRAPH}/.default")
        entra = Upstream("Microsoft Entra ID", authority, reach, now)
        graph = Upstream("Microsoft Graph", base_url, reach, now, _taken)
        self._tokens = Tokens(entra, path, form, now)
        self._graph = Service(graph, self._tokens)
        self._time_limit = reach.deadline
        self._ends = signed.expires

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        try:
            with deadline.within(self._time_limit):
                answer = self._graph.once(
                    "POST",
                    f"v1.0/users/{quote(sender, safe='')}/sendMail",
                    body=base64.b64encode(message),
                    headers={"Content-Type": "text/plain"},
                    shown="/users/(sender)/sendMail",
                )
        except Refused as err:
            raise Refused(str(err), CURE) from err
        return f"{TAKEN} {_id(answer.headers.get('request-id', ''))}".rstrip()

    def try_out(self, *, sender: str, to: str) -> Tried:
        """A token, and that it may send. Whose mailbox it may use is known by sending only."""
        with deadline.within(self._time_limit):
            roles = roles_of(self._tokens.get())
        if roles is not None and SEND not in roles:
            raise Refused(f"Microsoft Graph: our mail app has no {SEND}", CURE)
        which = "The certificate that we sign in to Microsoft Graph with, for mail"
        return Tried("Microsoft Graph lets our app send mail.", which, self._ends)


def _taken(
    what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ConnectorError | None:
    """Nothing but 202 says that the mail was taken: a page of a proxy is a 200."""
    wrong = not_2xx(what, status, headers, body, now)
    if wrong is None and status != TAKEN:
        return UnknownReply(f"{what}: {status} in place of {TAKEN}")
    return wrong


def _id(header: str) -> str:
    known = re.fullmatch(r"[0-9A-Za-z-]{1,64}", header)
    return f"request-id {header}" if known else ""
