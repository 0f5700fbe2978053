"""What we need of Zoom while a call runs. Reading and acting are two ports, since they use
two apps. Nothing here ends a meeting: that is for staff alone. All methods are thread-safe.
"""

from typing import Protocol

from agent.domain.facts import Fact, Seen
from agent.domain.zoom import LiveMeeting, Scopes, User


class LiveMeetings(Protocol):
    """What runs now. A fault outside never raises: it is Unknown `not-read`."""

    def live(self, user: User) -> Fact[Seen[LiveMeeting]]:
        """The meetings that this user hosts now, instant ones too.

        What was seen runs, also beside a gap. That none runs is known only without one:
        Unknown `not-told` where the plan of the account cannot show instant meetings. Whoever
        is a guest in somebody else's meeting hosts none.
        """
        ...

    def in_meeting(self, user: User) -> Fact[bool]:
        """Whether Zoom shows this user as being in any meeting, as host or as guest.

        A hint, and no proof: it follows late, and people may set it themselves. Unknown
        `not-told` where it says neither.
        """
        ...

    def recorded(self, meeting: LiveMeeting) -> Fact[bool]:
        """Whether anything of this meeting was recorded so far.

        It stays true after a stop: nothing that can be read says whether a recording runs at
        this moment. Unknown `not-live` where Zoom shows no such meeting.
        """
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the reading app was given what this needs."""
        ...


class LiveControl(Protocol):
    """What may be done to a meeting that runs. It is done with an app of its own.

    Returning means requested: read back to know. Nothing is tried twice here. Raises
    TryAgain (it may have been done), NotThere (no such meeting runs), Refused and
    UnknownReply.
    """

    def stop_recording(self, meeting: LiveMeeting) -> None:
        """Cloud recording alone; what was recorded is kept. Refused where cloud recording is
        switched off for the host."""
        ...

    def stop_companion(self, meeting: LiveMeeting) -> None:
        """AI Companion stops. What it wrote and its transcript are kept as evidence. Refused
        where AI Companion is switched off for the host."""
        ...

    def disable_companion(self, meeting: LiveMeeting) -> None:
        """AI Companion does not start again in this meeting. Zoom does not say what becomes
        of what it wrote: stop it first."""
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the acting app was given what this needs, and no more."""
        ...
