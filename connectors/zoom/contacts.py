"""The external contacts of a device user, read with that user's own consent."""

from typing import Any

import msgspec

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import ExternalContact
from agent.errors import ConnectorError, Misconfigured, UnknownReply
from connectors.zoom.client import SOURCE, Ask, Client, Line, not_read
from connectors.zoom.consents import ConsentLapsed, ConsentMissing, Consents
from connectors.zoom.limits import Label
from connectors.zoom.paging import listed, unturned
from connectors.zoom.rows import address, plain

SHOWN = "chat/users/me/contacts"
EXTERNAL = {"type": "external", "page_size": "50"}  # without a type, Zoom lists colleagues


class _Row(msgspec.Struct):
    email: Any = None
    member_id: Any = None


class ZoomContacts:
    """The port `Contacts`."""

    def __init__(self, line: Line, consents: Consents) -> None:
        self._line = line
        self._consents = consents

    def contacts(self, email: str) -> Fact[Seen[ExternalContact]]:
        at = self._line.now()
        bearer = self._consents.of(email)
        ask = Ask(SHOWN, Label.MEDIUM, SHOWN, EXTERNAL)
        try:
            told = listed(Client(self._line, bearer), ask, "contacts", unturned)
            gap = None if told.error is None else _unknown(told.error)
            if gap is not None and not told.rows:
                return gap
            bearer.settle()
        except (UnknownReply, Misconfigured) as err:  # a vault without its key is such a one
            return Unknown("not-read", str(err))
        return Known(Seen(tuple(map(_contact, told.rows)), gap), SOURCE, at)


def _contact(raw: msgspec.Raw) -> ExternalContact:
    """A row that cannot be read is a contact still: nobody knows whose."""
    try:
        row = msgspec.json.decode(raw, type=_Row)
    except msgspec.DecodeError:
        row = _Row()
    return ExternalContact(address(row.email), plain(row.member_id))


def _unknown(err: ConnectorError) -> Unknown:
    match err:
        case ConsentMissing():
            return Unknown("consent-missing", str(err))
        case ConsentLapsed():
            return Unknown("consent-lapsed", str(err))
    return not_read(err)
