"""Whom the users of a group may add and chat with, set with the acting app."""

import re

import msgspec

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.domain.zoom_windows import BY_ADDRESS, Requested
from agent.errors import Refused
from connectors.zoom.acting import ACTOR, requested, said
from connectors.zoom.client import App, AppTokens, Ask, Client, Line
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.rows import address
from connectors.zoom.segments import segment
from connectors.zoom.settings import ADDING, CHATTING

SHOWN = "groups/(id)/settings"
NO_GROUP = (404, "4130")
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
CHECK = "Check the group that the register names, and that the account is a paid one."


class ZoomListControl:
    """The port `ListControl`."""

    def __init__(self, line: Line, actor: App) -> None:
        self._client = Client(line, AppTokens(line, actor))

    def set_allowed(self, group: str, addresses: frozenset[str]) -> Requested:
        listed = {
            "enable": bool(addresses),
            "selected_option": BY_ADDRESS,
            "user_email_addresses": ",".join(sorted(map(proven, addresses))),
        }
        body = msgspec.json.encode({"chat": {ADDING: listed, CHATTING: listed}})
        path = f"groups/{segment(group)}/settings"
        ask = Ask(path, Label.MEDIUM, SHOWN, method="PATCH", body=body)
        try:
            return requested(self._client.act(ask), self._client.line.now())
        except Declined as err:
            raise said(err, gone=NO_GROUP, hint=CHECK) from err

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(ACTOR)


def proven(raw: str) -> str:
    """One address as Zoom keeps it. Raises Refused, without it, where it is none or more."""
    found = address(raw)
    if not found.isascii() or not ADDRESS.fullmatch(found):
        raise Refused(
            "an address is not of the form that Zoom takes",
            "Correct the e-mail address of the contact.",
        )
    return found
