"""Settings of a user, locks and allow-lists of a group. An absent field is not told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import NOT_TOLD, AllowList, AllowLists, Locks, Settings
from agent.errors import ConnectorError, TryAgain
from connectors.zoom.client import SOURCE, Ask, Client, not_read
from connectors.zoom.limits import Label
from connectors.zoom.rows import address, flag, odd
from connectors.zoom.segments import segment

T = TypeVar("T")

SECURITY = "meeting_security"  # a body of its own, which the other one lacks
DEEPEST = 10  # words of a path
BY_ADDRESS = 4  # the option of an allow-list that names addresses
ADDING = "allow_users_to_add_contacts"
CHATTING = "allow_users_to_chat_with_others"


@dataclass(frozen=True, slots=True)
class Told(Mapping[str, Fact[T]]):
    """What two bodies told, by dotted path. It answers for every path there is: what was not
    told, or not read, is Unknown. Going through it gives what was told."""

    facts: Mapping[str, Fact[T]]
    unread: Mapping[str, Unknown] = field(default_factory=dict)  # by body

    def __getitem__(self, path: str) -> Fact[T]:
        body = SECURITY if path.partition(".")[0] == SECURITY else ""
        return self.facts.get(path) or self.unread.get(body, NOT_TOLD)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


class ZoomSettings:
    """The other half of the port `Users`, and the port `Groups`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def settings(self, user: str) -> Settings:
        at = self._client.line.now()
        told, unread = self._bodies("users", user, "settings")
        return Told({path: _value(raw, at) for path, raw in told.items()}, unread)

    def locks(self, group: str) -> Locks:
        at = self._client.line.now()
        told, unread = self._bodies("groups", group, "lock_settings")
        return Told({path: flag(raw, "a lock", at) for path, raw in told.items()}, unread)

    def allow_lists(self, group: str) -> AllowLists:
        at = self._client.line.now()
        try:
            chat = self._body("groups", group, "settings", {}).get("chat")
        except ConnectorError as err:
            return AllowLists(not_read(err), not_read(err))
        lists = chat if isinstance(chat, dict) else {}
        return AllowLists(
            allow_list(lists.get(ADDING), at), allow_list(lists.get(CHATTING), at)
        )

    def _bodies(
        self, kind: str, id_: str, what: str
    ) -> tuple[dict[str, object], dict[str, Unknown]]:
        """Every path of the two bodies, and the bodies that were not read."""
        told: dict[str, object] = {}
        unread: dict[str, Unknown] = {}
        for body, query in (("", {}), (SECURITY, {"option": SECURITY})):
            try:
                told |= paths(self._body(kind, id_, what, query))
            except ConnectorError as err:
                unread[body] = not_read(err)
                if isinstance(err, TryAgain):
                    return told, {SECURITY: not_read(err)} | unread
        return told, unread

    def _body(self, kind: str, id_: str, what: str, query: dict[str, str]) -> dict[str, Any]:
        path, shown = f"{kind}/{segment(id_)}/{what}", f"{kind}/(id)/{what}"
        answer = self._client.get(Ask(path, Label.MEDIUM, shown, query))
        return answer.parsed(dict[str, Any])


def paths(body: Mapping[str, object], above: str = "") -> dict[str, object]:
    """The values of nested settings by their dotted paths."""
    found: dict[str, object] = {}
    for name, value in body.items():
        if isinstance(value, dict) and above.count(".") < DEEPEST:
            found |= paths(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found


def allow_list(raw: object, at: datetime) -> Fact[AllowList]:
    """One allow-list. Its option counts only where it is enabled, its addresses only with the
    option that names addresses."""
    if not isinstance(raw, dict):
        return NOT_TOLD if raw is None else odd("an allow-list")
    match raw.get("enable"), raw.get("selected_option"):
        case None, _:
            return NOT_TOLD
        case False, _:
            return Known(AllowList(False, 0, frozenset()), SOURCE, at)  # noqa: FBT003
        case True, None:
            return NOT_TOLD
        case True, int(option) if not isinstance(option, bool):
            return _enabled(option, raw.get("user_email_addresses"), at)
    return odd("an allow-list")


def _enabled(option: int, raw: object, at: datetime) -> Fact[AllowList]:
    if option != BY_ADDRESS:
        return Known(AllowList(True, option, frozenset()), SOURCE, at)  # noqa: FBT003
    if raw is None:
        return NOT_TOLD
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return odd("the addresses of an allow-list")
    addresses = frozenset(filter(None, map(address, parts)))
    return Known(AllowList(True, option, addresses), SOURCE, at)  # noqa: FBT003


def _value(raw: object, at: datetime) -> Fact[object]:
    return NOT_TOLD if raw is None else Known(raw, SOURCE, at)
