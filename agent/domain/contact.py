"""A contact window: somebody outside can be reached on one iPad for one call, and no longer.

What machines did and read is evidence, kept beside it; the statements of people are in the log
of the call. Nobody's address is here: it is sealed with the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Mode(Enum):
    CONTACT = "contact"  # an external contact of the iPad's user
    MEETING = "meeting"  # a one-off meeting with a waiting room: nobody is added


class State(Enum):
    REQUESTED = "requested"
    OPEN = "open"  # the allow-list was read back with the address
    INVITED = "invited"
    ACCEPTED = "accepted"
    IN_CALL = "in call"
    CLOSING = "closing"
    CLOSED = "closed"  # read back: nobody can be added; the meeting is gone
    ATTESTED = "attested"  # two named people removed what is left on the iPad
    VERIFIED = "verified"
    NOT_VERIFIED = "not verified"  # nobody could read whether it is gone


LIVE = (State.REQUESTED, State.OPEN, State.INVITED, State.ACCEPTED, State.IN_CALL)
SHUT = (State.CLOSED, State.ATTESTED, State.VERIFIED, State.NOT_VERIFIED)
REASONS = ("ended", "cancelled", "refused", "expired", "replaced", "moved")
"""Why a window closes: reasons of one and the same closing, not states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was done or read on one surface. No personal data."""

    number: int
    at: datetime  # UTC
    surface: str
    what: str  # "set", "read-back", "asked", "seen", "attested", ...
    result: str
    request: str = ""  # Zoom's own id of the request
    by: str = ""  # a staff id; empty: the agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Times are UTC. `account` is the iPad's own; `contact` is a keyed pseudonym."""

    id: str  # C-2026-00001-W1
    call: str
    number: int  # of the call's windows
    establishment: str
    device: str  # an asset tag
    group: str  # the id of its user's Zoom group
    account: str  # the address of its user in Zoom, lower case
    mode: Mode
    state: State
    version: int
    contact: str
    entry: int  # the entry of the call whose sealed words have the address
    until: datetime  # it closes then, unless a meeting runs
    closing: str  # the key of the obligation that is its end
    made_at: datetime
    reason: str = ""  # why it closes, once it does
    user: str = ""  # the id of the account's user in Zoom, once it was read
    sent: int = 0  # invitations that Zoom took
    meeting: str = ""  # its number, in the mode of that name
    attested_at: datetime | None = None
    closed_at: datetime | None = None
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_wanted(self) -> bool:
        """Live, and nothing has been said that ends it: another window may take its place."""
        return self.is_live and not self.reason

    @property
    def is_left(self) -> bool:
        """Whether two people must still see that nothing is left on the iPad."""
        return self.state is State.CLOSED or (
            self.state is State.CLOSING and self.attested_at is None
        )


def window_id(call: str, number: int) -> str:
    """Innocuous in a file's name."""
    return f"{call}-W{number}"


STEPS: Mapping[str, Mapping[State, State]] = {
    # step         from                  to
    "open":       {State.REQUESTED: State.OPEN},
    "invite":     {State.OPEN: State.INVITED, State.INVITED: State.INVITED,
                   State.ACCEPTED: State.ACCEPTED, State.IN_CALL: State.IN_CALL},
    "arrange":    {State.REQUESTED: State.INVITED, State.IN_CALL: State.IN_CALL},
    "accept":     {State.OPEN: State.ACCEPTED, State.INVITED: State.ACCEPTED,
                   State.IN_CALL: State.IN_CALL},
    "start":      dict.fromkeys(LIVE, State.IN_CALL),
    "close":      dict.fromkeys(LIVE, State.CLOSING),
    "shut":       {State.CLOSING: State.CLOSED},
    "attest":     {State.CLOSING: State.CLOSING, State.CLOSED: State.ATTESTED,
                   State.NOT_VERIFIED: State.ATTESTED},
    "verify":     {State.ATTESTED: State.VERIFIED, State.NOT_VERIFIED: State.VERIFIED,
                   State.VERIFIED: State.VERIFIED},
    "not-verify": dict.fromkeys((State.ATTESTED, State.VERIFIED, State.NOT_VERIFIED),
                                State.NOT_VERIFIED),
    "re-appear":  dict.fromkeys(SHUT, State.CLOSED),
}  # fmt: skip
"""The life of a window. What people must state first are gates of the call's own steps."""


def after(window: Window, step: str) -> State | None:
    """The state that this step enters; None: the window is past it, and it is no news."""
    return STEPS[step].get(window.state)
