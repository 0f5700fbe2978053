"""The users of the account: active, inactive and pending ones."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from agent.domain.facts import Fact, Known, Reading, Unknown, reading
from agent.domain.zoom import NOT_TOLD, User, UserStatus
from agent.errors import ConnectorError, UnknownReply
from agent.ports.zoom import Beat
from connectors.http import parsed
from connectors.zoom.client import SOURCE, Ask, Client, not_read
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.paging import listed
from connectors.zoom.rows import address, odd, plain, text
from connectors.zoom.segments import segment

PAGE = "2000"
NO_SUCH_USER = "1001"
LICENSED: Mapping[int, bool] = {1: False, 2: True, 4: False, 99: False}
"""By the user's `type`: basic, licensed, without a meetings licence, none."""


class _Row(msgspec.Struct):
    id: Any = None
    email: Any = None
    status: Any = None
    type: Any = None
    display_name: Any = None
    group_ids: Any = None
    last_client_version: Any = None


class ZoomUsers:
    """Half of the port `Users`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def users(self, beat: Beat) -> Reading[User]:
        """Three lists, one for each status. Pending users have no id yet."""
        at = self._client.line.now()
        found: dict[str, User] = {}  # a user that changes meanwhile is in two lists: the later
        gaps: list[str] = []
        for status in UserStatus:
            gaps += self._list(status, at, found, beat)
        if not found and not gaps:
            gaps.append("the lists are empty: is this the right account, with all rights?")
        gap = "; ".join(dict.fromkeys(gaps)) or None
        return reading(SOURCE, at, found.values(), lambda user: user.email, gap)

    def _list(
        self, status: UserStatus, at: datetime, found: dict[str, User], beat: Beat
    ) -> list[str]:
        query = {"status": status.value, "page_size": PAGE}
        ask = Ask("users", Label.MEDIUM, f"users ({status.value})", query)
        told = listed(self._client, ask, "users", lambda rows: beat("Zoom users", rows, 0))
        gaps = [] if told.error is None else [str(told.error)]
        for raw in told.rows:
            try:
                user = _user(parsed(SOURCE, raw, _Row), status, at)
                found[user.id or user.email] = user
            except UnknownReply:
                gaps.append("a row of the users is not a record")
        return gaps

    def one(self, email: str) -> Fact[User | None]:
        """Asked by e-mail. Zoom also answers for other sign-in names, so that is compared."""
        at = self._client.line.now()
        try:
            ask = Ask(f"users/{segment(address(email))}", Label.LIGHT, "users/(id)")
            user = _user(self._client.get(ask).parsed(_Row), None, at)
        except Declined as err:
            gone = err.status == 404 and err.code == NO_SUCH_USER
            return Known(None, SOURCE, at) if gone else not_read(err)
        except ConnectorError as err:
            return not_read(err)
        if user.email != address(email):
            return Unknown("not-read", "asked for one user, Zoom told of another")
        return Known(user, SOURCE, at)


def _user(row: _Row, listed_as: UserStatus | None, at: datetime) -> User:
    """Raises UnknownReply where it cannot be said who it is."""
    email = address(row.email)
    if not email:
        raise UnknownReply("a user without an e-mail")
    return User(
        id=plain(row.id),
        email=email,
        status=_status(row.status, listed_as, at),
        licensed=_licensed(row.type, at),
        display_name=text(row.display_name, "the display name", at),
        groups=_groups(row.group_ids, at),
        client_version=_version(row.last_client_version, at),
    )


def _status(raw: object, listed_as: UserStatus | None, at: datetime) -> Fact[UserStatus]:
    if raw is None or raw == "":
        return NOT_TOLD if listed_as is None else Known(listed_as, SOURCE, at)
    known = next((status for status in UserStatus if status.value == raw), None)
    return odd("the status") if known is None else Known(known, SOURCE, at)


def _licensed(raw: object, at: datetime) -> Fact[bool]:
    if raw is None:
        return NOT_TOLD
    known = LICENSED.get(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None
    return odd("the type of the user") if known is None else Known(known, SOURCE, at)


def _groups(raw: object, at: datetime) -> Fact[frozenset[str]]:
    """Absent is not the same as none."""
    if raw is None:
        return NOT_TOLD
    if not isinstance(raw, list) or not all(isinstance(one, str) and one for one in raw):
        return odd("the groups")
    return Known(frozenset(raw), SOURCE, at)


def _version(raw: object, at: datetime) -> Fact[str]:
    """5.17.1.2345(iPad) is 5.17.1.2345."""
    if isinstance(raw, str):
        raw = re.sub(r"\s*\(.*\)\s*$", "", raw)
    return text(raw, "the version of the client", at)
