"""What contact windows need of Zoom, in our own words: who may be added, one-off meetings,
and what Zoom tells of a call once it is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import AllowList, AllowLists, Settings, setting

BY_ADDRESS = 4  # the option of an allow-list that names addresses


@dataclass(frozen=True, slots=True)
class Requested:
    """Zoom took a request. It may ignore it all the same: read back to know."""

    at: datetime  # UTC
    request: str  # Zoom's own id of it, for its support; empty where it gave none


def holds(lists: AllowLists, addresses: frozenset[str]) -> Fact[bool]:
    """Whether both lists hold exactly these addresses, in lower case; none: both are closed.

    A list that was read and is another one settles it, also where the other was not read.
    """
    adding, chatting = (_held(fact, addresses) for fact in (lists.adding, lists.chatting))
    for one in (adding, chatting):
        if isinstance(one, Known) and not one.value:
            return one
    return adding if isinstance(adding, Unknown) else chatting


def _held(fact: Fact[AllowList], addresses: frozenset[str]) -> Fact[bool]:
    if isinstance(fact, Unknown):
        return fact
    return Known(_is(fact.value, addresses), fact.source, fact.at)


def _is(told: AllowList, addresses: frozenset[str]) -> bool:
    if not told.enabled:
        return not addresses
    return told.option == BY_ADDRESS and told.addresses == addresses


ONE_OFF: Mapping[str, object] = MappingProxyType(
    {
        "waiting_room": True,
        "waiting_room_options.mode": "custom",
        "waiting_room_options.who_goes_to_waiting_room": "everyone",
        "join_before_host": False,
        "use_pmi": False,
        "auto_recording": "none",
        "auto_start_meeting_summary": False,
        "auto_start_ai_companion_questions": False,
        "continuous_meeting_chat.enable": False,
        "continuous_meeting_chat.auto_add_invited_external_users": False,
        "continuous_meeting_chat.auto_add_meeting_participants": False,
        "question_and_answer.enable": False,
        "breakout_room.enable": False,
        "alternative_hosts": "",
        "allow_multiple_devices": False,
        "meeting_authentication": False,
        "approval_type": 2,
    }
)
"""The settings of a one-off meeting that must hold, by dotted path (K12, D4). Whoever is
invited needs no account of Zoom's and no registration."""


def unlike(told: Settings) -> Mapping[str, Fact[object]]:
    """The settings that are not known to be as they must, each with what was told of it."""
    found = {path: setting(told, path) for path in ONE_OFF}
    return {
        path: fact
        for path, fact in found.items()
        if isinstance(fact, Unknown) or fact.value != ONE_OFF[path]
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMeeting:
    """A meeting to be arranged for one call.

    `topic` is shown to the family, so it names nobody; in the list of what a user has arranged
    it is also what an earlier attempt is found by. `passcode`: at most ten characters.
    """

    topic: str
    start: datetime  # aware
    minutes: int
    passcode: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOffMeeting:
    """A meeting as Zoom tells it. Who has the link and the passcode may come to its waiting
    room: they are for the family and the staff alone."""

    id: str  # the number
    uuid: str  # of its next holding
    host: str  # id of the user
    topic: Fact[str]
    start: Fact[datetime]
    minutes: Fact[int]
    running: Fact[bool]
    settings: Settings
    join_url: str = field(repr=False)
    passcode: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArrangedMeeting:
    """One line of the list of what a user has arranged. Empty where Zoom does not tell it."""

    id: str
    topic: str
    start: Fact[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMeeting:
    """One holding of a meeting that is over: one leg of a call."""

    id: str
    uuid: str
    host: str
    start: Fact[datetime]
    end: Fact[datetime]
    participants: Fact[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody's time in one leg. Who went out and came back is there twice.

    Zoom tells no address of people outside our account, and nothing proves that a name is
    somebody's own: what tells them apart is when they joined.
    """

    ours: Fact[bool]  # of our account
    joined: Fact[datetime]
    left: Fact[datetime]
    waiting: Fact[bool]  # this is time in the waiting room
    name: str = field(repr=False)
    email: str = field(repr=False)  # lower case; empty for whoever is not of our account
