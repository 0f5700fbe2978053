"""What every effect of a contact window needs of Zoom, and whether a meeting runs on an iPad.

Nothing on an iPad, its user or its group is changed while a meeting runs there. A doubt never
keeps a window from opening; it keeps one from closing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import NOT_TOLD, User
from agent.errors import NotThere, TryAgain
from agent.ports.zoom import Contacts, Users
from agent.ports.zoom_live import LiveMeetings
from agent.ports.zoom_windows import (
    Invitations,
    ListControl,
    ListReading,
    MeetingControl,
    MeetingReading,
)
from agent.store.engine import Store

LAST_WRITE = timedelta(seconds=12)  # before the end of a lease: a token's call and one more
RUNS = timedelta(seconds=2)  # until it is looked at again whether a meeting still runs


@dataclass(frozen=True, slots=True)
class ContactZoom:
    """The ports, of the app that reads and of the one that acts. `live` tells of this very
    moment, which is dear; `glance` of some seconds ago, and who is shown in a meeting: it must
    not be waited for long, since `live` can tell instead."""

    users: Users
    lists: ListReading
    control: ListControl
    invitations: Invitations
    contacts: Contacts
    live: LiveMeetings
    glance: LiveMeetings
    meetings: MeetingReading
    arranging: MeetingControl


def reached(zoom: ContactZoom | None) -> ContactZoom:
    """Raises TryAgain where no app that acts is configured: it stays owed."""
    if zoom is None:
        raise TryAgain(
            "no app that acts in Zoom is configured",
            after=timedelta(minutes=10),
            hint="Set CALLSTEWARD_ZOOM_ACTOR_CLIENT_ID and its secret file.",
        )
    return zoom


def user_of(zoom: ContactZoom, account: str, known: str) -> User:
    """The iPad's user; `known` is its id where it was read before.

    Raises TryAgain, and NotThere where Zoom has no such user.
    """
    if known:
        return User(
            id=known, email=account, status=NOT_TOLD, licensed=NOT_TOLD,
            display_name=NOT_TOLD, groups=NOT_TOLD, client_version=NOT_TOLD,
        )  # fmt: skip
    match zoom.users.one(account):
        case Unknown(_, why):
            raise TryAgain(why)
        case Known(None):
            raise NotThere(
                "Zoom has no user of this iPad", "Check the account in the register."
            )
        case Known(User() as user):
            return user
    raise AssertionError  # pragma: no cover


def runs(zoom: ContactZoom, user: User, now: datetime, *, stated: bool) -> Fact[bool]:
    """Whether a meeting runs, after staff said that the call is over.

    `stated`: staff say that another call runs on the same iPad. That none runs is believed of
    the user's presence, which follows late, only where staff say so too; else the meetings are
    read.
    """
    shown = zoom.glance.in_meeting(user)
    if isinstance(shown, Known) and not shown.value and not stated:
        return shown
    if _still(zoom, user, shown):
        return shown
    found = proven(zoom, user)
    if isinstance(found, Unknown) and isinstance(shown, Known) and shown.value:
        return shown  # a hint that one runs is no doubt
    if isinstance(found, Unknown) and found.reason == NOT_TOLD.reason:
        return Known(stated, "staff and presence", now)
    return found


def still_runs(zoom: ContactZoom, user: User) -> bool:
    """Whether a meeting runs that was read some seconds ago and is shown still: what is waited
    for is asked about often, and this is cheap. That none runs is never told by it."""
    return _still(zoom, user, zoom.glance.in_meeting(user))


def _still(zoom: ContactZoom, user: User, shown: Fact[bool]) -> bool:
    if isinstance(shown, Unknown) or not shown.value:
        return False
    seen = zoom.glance.live(user)
    return isinstance(seen, Known) and bool(seen.value.rows)


def proven(zoom: ContactZoom, user: User) -> Fact[bool]:
    """Whether a meeting runs, read from the meetings themselves."""
    match zoom.live.live(user):
        case Known(seen, source, at):
            if seen.rows or seen.gap is None:
                return Known(bool(seen.rows), source, at)
            return seen.gap
        case Unknown() as gap:
            return gap


@dataclass(frozen=True, slots=True)
class InTime:
    """Nothing is changed outside so late that it could land after the lease."""

    store: Store
    began: datetime  # by the store's clock, which only measures here
    lease: timedelta

    def prove(self) -> None:
        """Raises TryAgain where it is too late to begin, or where the clock was set back: what
        was read by a clock that is wrong proves nothing of now."""
        passed = self.store.clock() - self.began
        if not timedelta(0) <= passed <= self.lease - LAST_WRITE:
            raise TryAgain("Zoom answered too slowly to change anything in this attempt")
