"""Somebody outside is asked to become a contact of a device user, by the acting app."""

import msgspec

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.domain.zoom_windows import Requested
from agent.errors import Refused
from connectors.zoom.acting import ACTOR, requested, said
from connectors.zoom.allow_lists import proven
from connectors.zoom.client import App, AppTokens, Ask, Client, Line
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.segments import segment

SHOWN = "chat/users/(id)/invitations"
NO_USER = (404, "1001")
NOT_ALLOWED = (
    "Read back that both lists of the user's group hold the address; the role of the acting"
    " app's admin needs External Connection."
)
NOT_TAKEN = "Check the e-mail address of the contact."


class ZoomInvitations:
    """The port `Invitations`."""

    def __init__(self, line: Line, actor: App) -> None:
        self._client = Client(line, AppTokens(line, actor))

    def invite(self, user: str, address: str, message: str = "") -> Requested:
        more = {"message": message} if message else {}
        body = msgspec.json.encode({"email": proven(address), **more})
        path = f"chat/users/{segment(user)}/invitations"
        ask = Ask(path, Label.LIGHT, SHOWN, method="POST", body=body)
        try:
            return requested(self._client.act(ask), self._client.line.now())
        except Declined as err:
            raise _refusal(err) from err

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(ACTOR)


def _refusal(err: Declined) -> Refused:
    return said(err, gone=NO_USER, hint=NOT_ALLOWED if err.status == 403 else NOT_TAKEN)
