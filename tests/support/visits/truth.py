"""What is true outside: Zoom's journal of changes, and how its records are in the end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.outside import Outside

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One request that Zoom did. `name` is the group's, the meeting's or the user's id."""

    at: datetime
    what: str
    name: str
    addresses: frozenset[str] = NOBODY  # on either list from now on; or who was invited


@dataclass(frozen=True, slots=True)
class Swap:
    """The lists of one group were set."""

    at: datetime
    group: str
    before: frozenset[str]
    after: frozenset[str]

    @property
    def gone(self) -> frozenset[str]:
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Truth:
    """Lists, contacts and meetings (their ids) are those of the end, by asset tag."""

    changes: Sequence[Change]
    lists: Mapping[str, frozenset[str]]
    contacts: Mapping[str, frozenset[str]]
    meetings: Mapping[str, frozenset[str]]

    def swaps(self) -> list[Swap]:
        """What each setting of a group's lists changed."""
        now: dict[str, frozenset[str]] = defaultdict(frozenset)
        found = []
        for one in self.changes:
            if one.what == "zoom.changeGroupSettings":
                found.append(Swap(one.at, one.name, now[one.name], one.addresses))
                now[one.name] = one.addresses
        return found

    def of(self, what: str) -> list[Change]:
        return [one for one in self.changes if one.what == what]


def read_truth(outside: Outside, tags: Iterable[str]) -> Truth:
    """As the sandbox tells it now."""
    known = list(tags)

    def records(kind: str, tag: str) -> Any:
        return outside.control("GET", f"records/{kind}/{tag}")

    return Truth(
        changes=changes(outside.control("GET", "journal")),
        lists={tag: _listed(records("zoomGroupSettings", tag)) for tag in known},
        contacts={
            tag: frozenset(row["email"] for row in records("zoomContacts", tag))
            for tag in known
        },
        meetings={
            tag: frozenset(str(row["id"]) for row in records("zoomMeetings", tag))
            for tag in known
        },
    )


def changes(journal: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Those that were done; what was refused or never worked on changed nothing."""
    return [
        Change(
            at=datetime.fromisoformat(row["at"]),
            what=row["what"],
            name=_name(row["path"]),
            addresses=_addresses(row["body"]),
        )
        for row in journal
        if row["status"] in (201, 204)
    ]


def _name(path: str) -> str:
    """groups/ID/settings, meetings/ID, users/ID/meetings, chat/users/ID/invitations."""
    words = path.removeprefix("chat/").split("/")
    return words[1]


def _addresses(body: Mapping[str, Any]) -> frozenset[str]:
    if "email" in body:
        return frozenset({str(body["email"]).lower()})
    told = [one.get("user_email_addresses", "") for one in body.get("chat", {}).values()]
    return frozenset(part for text in told for part in str(text).lower().split(",") if part)


def _listed(settings: Mapping[str, Any]) -> frozenset[str]:
    told = [v for k, v in settings.items() if k.endswith(".user_email_addresses")]
    return frozenset(part for text in told for part in str(text or "").split(",") if part)
