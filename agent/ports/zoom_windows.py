"""What contact windows need of Zoom. Reading and acting are ports of their own, since they use
two apps. All methods are thread-safe.

What acts tries nothing twice. Returning means requested: read back to know. It raises TryAgain
and UnknownReply (it may have been done all the same), NotThere and Refused (it was not done).
What reads never raises for a fault outside: that is Unknown `not-read`.
"""

from typing import Protocol

from agent.domain.facts import Fact, Seen
from agent.domain.zoom import AllowLists, Scopes
from agent.domain.zoom_windows import (
    ArrangedMeeting,
    OneOffMeeting,
    Participant,
    PastMeeting,
    Requested,
    WantedMeeting,
)


class ListReading(Protocol):
    """Whom the users of one group may add and chat with, by the group's id."""

    def allow_lists(self, group: str) -> AllowLists: ...


class ListControl(Protocol):
    """Sets both lists of a group, for adding and for chatting, to the same addresses."""

    def set_allowed(self, group: str, addresses: frozenset[str]) -> Requested:
        """Replace both lists whole; without addresses both are switched off.

        NotThere: there is no such group. Refused as well, and nothing is sent, where an
        address is none: one with a comma would be two.
        """
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the acting app was given what it needs, and no more."""
        ...


class Invitations(Protocol):
    """Asks somebody outside to become a contact of a device user."""

    def invite(self, user: str, address: str, message: str = "") -> Requested:
        """By the user's id. `message` goes to the family as it is.

        Zoom answers alike whether the address is new, was invited before (it may get another
        mail), is a contact already or one of our own account: the contacts tell. Nothing
        tells of an invitation that is pending, and none can be taken back. Refused where the
        lists of the user's group do not hold the address.
        """
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the acting app was given what it needs, and no more."""
        ...


class MeetingReading(Protocol):
    """The meetings that are arranged."""

    def meeting(self, number: str) -> Fact[OneOffMeeting | None]:
        """Known None: Zoom knows no such meeting, so it is gone."""
        ...

    def arranged(self, user: str) -> Fact[Seen[ArrangedMeeting]]:
        """All that this user has arranged, the past ones that can be held again too. Instant
        meetings are not among them."""
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the reading app was given what this needs."""
        ...


class MeetingControl(Protocol):
    """Arranges a meeting for one call, and takes it away once the call is over."""

    def arrange(self, user: str, wanted: WantedMeeting) -> OneOffMeeting:
        """As Zoom answered it, every setting sent: read it back to know. NotThere: there is
        no such user. TryAgain also where the host has made too many today."""
        ...

    def delete(self, number: str) -> Requested:
        """Nobody is told by mail. NotThere: there is no such meeting. TryAgain while it runs:
        a call is never ended by this."""
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the acting app was given what it needs, and no more."""
        ...


class CallFacts(Protocol):
    """What Zoom tells of one leg of a call once it is over, by the uuid of that holding."""

    def past(self, uuid: str) -> Fact[PastMeeting | None]:
        """Known None: Zoom knows of no such holding that is over, or not yet."""
        ...

    def participants(self, uuid: str) -> Fact[Seen[Participant]]:
        """Unknown `not-there` as above. An empty list has a gap: Zoom leaves out meetings in
        which one person was alone."""
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the reading app was given what this needs."""
        ...
