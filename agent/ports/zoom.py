"""What we need of Zoom to read. Acting is another port, since it uses another app.

A fault outside never raises: a gap or an Unknown `not-read` says it, on just what it hides.
Only a beat may raise, and what it raises goes through. All methods are thread-safe.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.domain.facts import Fact, Reading, Seen
from agent.domain.zoom import (
    AccountFacts,
    AllowLists,
    ExternalContact,
    GroupFacts,
    Locks,
    Scopes,
    Search,
    Settings,
    SignIn,
    Span,
    User,
)

Beat = Callable[[str, int, int], None]
"""Called after each answer: what is read, how much is done, of how much (0: unknown)."""


class UserList(Protocol):
    """Who is a user of our account."""

    def users(self, beat: Beat) -> Reading[User]:
        """Active, inactive and pending, keyed by e-mail in lower case."""
        ...

    def one(self, email: str) -> Fact[User | None]:
        """Asked directly. Known None: Zoom knows of no such user."""
        ...


class Users(UserList, Protocol):
    """The users of our account."""

    def settings(self, user: str) -> Settings:
        """By the user's id. A path that is absent is Unknown `not-told`, or `not-read`."""
        ...


class Groups(Protocol):
    """The groups that our users are in, by id."""

    def locks(self, group: str) -> Locks: ...

    def allow_lists(self, group: str) -> AllowLists: ...


class KeptThings(Protocol):
    """What was kept of calls."""

    def recordings(self, user: User, span: Span) -> Search:
        """Live, and both kinds of trash. What is still being processed is found too."""
        ...

    def transcripts(self, user: User, span: Span) -> Search:
        """Of the meetings that the user held."""
        ...

    def summaries(self, span: Span) -> Search:
        """Of the whole account."""
        ...


class Contacts(Protocol):
    """Whom a device user has as external contacts, read with that user's own consent."""

    def contacts(self, email: str) -> Fact[Seen[ExternalContact]]:
        """Unknown `consent-missing`, `consent-lapsed` or `not-read` where nothing was seen;
        the same as the gap beside what was."""
        ...


class Zoom(Users, Groups, KeptThings, Contacts, Protocol):
    """All of it, for one account."""

    source: str  # the product's name, as people know it

    def sign_ins(self, span: Span, beat: Beat) -> Reading[SignIn]:
        """Keyed by e-mail in lower case."""
        ...

    def accounts(
        self, users: Sequence[User], span: Span, beat: Beat
    ) -> Mapping[str, AccountFacts]:
        """Many users at once, each with all its own calls; keyed by e-mail."""
        ...

    def groups(self, ids: Sequence[str], beat: Beat) -> Mapping[str, GroupFacts]:
        """Many groups at once, keyed by id."""
        ...

    def calls(self) -> Mapping[str, int]:
        """How many requests were sent so far, by Zoom's own rate-limit label; retries too."""
        ...

    def scopes(self) -> Fact[Scopes]:
        """Whether the reading app was given what it needs, and no more."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """One user's consent: the refresh tokens that may still work, newest first."""

    tokens: tuple[str, ...]


class Vault(Protocol):
    """Where the consents are kept, encrypted. Each method is durable when it returns.

    Zoom gives a new refresh token with each renewal, and the old one works for a short time
    still. So a renewal is saved in two steps: `stage` puts the new token before the old ones,
    and `settle` drops the old ones once Zoom has taken an access token of the new one. Killed
    before `stage`: only the old token is here, and it is tried again at once. Killed between
    the two: both are here, and the newest that Zoom takes is used. Two processes that renew
    at the same time both stage; settling the one leaves the other where it is newer.
    """

    def load(self, email: str) -> Grant | None:
        """The consent of this user (lower case), or None where none was given."""
        ...

    def stage(self, email: str, token: str) -> None:
        """Keep this refresh token as the newest, and all that are here."""
        ...

    def settle(self, email: str, token: str) -> None:
        """Drop every token that is older than this one. Not here: nothing happens."""
        ...
