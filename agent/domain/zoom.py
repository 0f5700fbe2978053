"""What Zoom tells of an account and of what was kept of its calls, in our own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias

from agent.domain.facts import Fact, Seen, Unknown

NOT_TOLD = Unknown("not-told", "Zoom does not tell it")


class UserStatus(Enum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user of our Zoom account. `groups` are the ids of the groups it is in."""

    id: str  # empty while pending: Zoom gives the id when the invitation is taken
    email: str  # lower case
    status: Fact[UserStatus]
    licensed: Fact[bool]
    display_name: Fact[str]
    groups: Fact[frozenset[str]]
    client_version: Fact[str]  # digits and points, without the platform


Settings: TypeAlias = Mapping[str, Fact[object]]
"""By dotted path (`recording.cloud_recording`): true or false, a number, a text or a list."""

Locks: TypeAlias = Mapping[str, Fact[bool]]
"""By the same paths: whether users are kept from changing the setting."""


def setting(settings: Settings, path: str) -> Fact[object]:
    """The fact of one path. A field that is absent was not told: it is neither on nor off."""
    return settings.get(path, NOT_TOLD)


def locked(locks: Locks, path: str) -> Fact[bool]:
    """Whether one path is locked, in the same way."""
    return locks.get(path, NOT_TOLD)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Whom the users of a group may add, or chat with.

    `option` 1 anyone, 2 the own organisation, 3 also listed domains, 4 also listed addresses;
    0 where it is not enabled and so does not matter. `addresses` in lower case.
    """

    enabled: bool
    option: int
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class AllowLists:
    adding: Fact[AllowList]
    chatting: Fact[AllowList]


class Kind(Enum):
    """What can be kept of a call."""

    RECORDING = "recording"
    TRASH = "trash"  # a recording, or a file of one, in the trash
    TRANSCRIPT = "transcript"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that was kept. `meeting` is the uuid of the meeting, `host` an e-mail in
    lower case, `at` when the meeting began or, for a summary, when it was made."""

    kind: Kind
    meeting: str
    host: str
    at: Fact[datetime]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in UTC, the first and the last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """A span in which one place was asked, and which the answer was proven to be about."""

    place: str  # "recordings", "trash: meetings", "trash: files", "transcripts", "summaries"
    span: Span


@dataclass(frozen=True, slots=True)
class Search:
    """What one search found. What is found counts even where `gap` says that not all was read;
    that nothing was found counts only without one.

    `gap` is Unknown `period-clipped`, `summaries-restricted` or `not-read`.
    """

    periods: tuple[Period, ...]  # read to their end
    found: tuple[Kept, ...]
    gap: Unknown | None = None
    feature_off: bool = False  # nothing can be there: the feature is disabled for the account


@dataclass(frozen=True, slots=True)
class ExternalContact:
    """Somebody outside our account whom a device user has as a contact."""

    email: str  # lower case
    member_id: str


@dataclass(frozen=True, slots=True)
class SignIn:
    email: str  # lower case
    at: datetime | None  # UTC; None where it cannot be read
    client_type: str  # Zoom's word, such as "iPad" or "Browser"; empty where not told
    version: str


@dataclass(frozen=True, slots=True)
class LiveMeeting:
    """A meeting that runs now. One of the two may be empty, where Zoom does not tell it."""

    id: str  # the number, which names the meeting of it that runs
    uuid: str  # of this one holding


@dataclass(frozen=True, slots=True)
class Scopes:
    """What one of our apps may do, against what it needs.

    Scopes go missing where the role of the admin who made the app is downgraded.
    """

    missing: frozenset[str]
    excess: frozenset[str]  # not needed, and let it act: a leaked key could use them


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """All that is read of one user by calls of its own."""

    settings: Settings
    recordings: Search
    transcripts: Search
    contacts: Fact[Seen[ExternalContact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """All that is read of one group."""

    locks: Locks
    allow_lists: AllowLists
