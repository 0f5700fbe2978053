"""All of Zoom that the sweep reads, behind one port.

The reading app needs the scopes in `READER`; an app that also has others is one that a leak
could act with. Device users consent to an app of their own, which needs `CONSENT`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from threading import Event
from typing import TypeVar

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
from agent.errors import Superseded
from agent.ports.together import Together, in_turn
from agent.ports.zoom import Beat
from connectors.zoom.client import SOURCE, App, AppTokens, Client, Line
from connectors.zoom.consents import Consents
from connectors.zoom.contacts import ZoomContacts
from connectors.zoom.recordings import ZoomKept
from connectors.zoom.settings import ZoomSettings
from connectors.zoom.signins import ZoomSignIns
from connectors.zoom.users import ZoomUsers

T = TypeVar("T")

READER: Mapping[str, str] = {  # granular: classic
    "user:read:list_users:admin": "user:read:admin",
    "user:read:user:admin": "user:read:admin",
    "user:read:settings:admin": "user:read:admin",
    "group:read:settings:admin": "group:read:admin",
    "group:read:lock_settings:admin": "group:read:admin",
    "cloud_recording:read:list_user_recordings:admin": "recording:read:admin",
    "cloud_recording:read:meeting_transcript:admin": "recording:read:admin",
    "meeting:read:list_meetings:admin": "meeting:read:admin",
    "meeting:read:list_summaries:admin": "meeting_summary:read:admin",
    "report:read:user_activities:admin": "report:read:admin",
}
CONSENT: Mapping[str, str] = {
    "team_chat:read:list_contacts": "chat_contact:read",
    "user:read:user": "user:read",
}


class ZoomEstate:
    """The port `Zoom` for one account."""

    source = SOURCE

    def __init__(
        self, line: Line, reader: App, consents: Consents, together: Together = in_turn
    ) -> None:
        self._line = line
        self._client = Client(line, AppTokens(line, reader))
        self._users = ZoomUsers(self._client)
        self._settings = ZoomSettings(self._client)
        self._kept = ZoomKept(self._client)
        self._contacts = ZoomContacts(line, consents)
        self._sign_ins = ZoomSignIns(self._client)
        self._together = together

    def users(self, beat: Beat) -> Reading[User]:
        return self._users.users(beat)

    def one(self, email: str) -> Fact[User | None]:
        return self._users.one(email)

    def settings(self, user: str) -> Settings:
        return self._settings.settings(user)

    def locks(self, group: str) -> Locks:
        return self._settings.locks(group)

    def allow_lists(self, group: str) -> AllowLists:
        return self._settings.allow_lists(group)

    def recordings(self, user: User, span: Span) -> Search:
        return self._kept.recordings(user, span)

    def transcripts(self, user: User, span: Span) -> Search:
        return self._kept.transcripts(user, span)

    def summaries(self, span: Span) -> Search:
        return self._kept.summaries(span)

    def contacts(self, email: str) -> Fact[Seen[ExternalContact]]:
        return self._contacts.contacts(email)

    def sign_ins(self, span: Span, beat: Beat) -> Reading[SignIn]:
        return self._sign_ins.sign_ins(span, beat)

    def scopes(self) -> Fact[Scopes]:
        return self._client.scopes(READER)

    def calls(self) -> Mapping[str, int]:
        return self._line.calls()

    def accounts(
        self, users: Sequence[User], span: Span, beat: Beat
    ) -> Mapping[str, AccountFacts]:
        every = self._every(beat, len(users))
        settings = every("settings", (partial(self.settings, user.id) for user in users))
        recordings = every(
            "recordings", (partial(self.recordings, user, span) for user in users)
        )
        transcripts = every(
            "transcripts", (partial(self.transcripts, user, span) for user in users)
        )
        contacts = every("contacts", (partial(self.contacts, user.email) for user in users))
        return {
            user.email: AccountFacts(
                settings=settings[n],
                recordings=recordings[n],
                transcripts=transcripts[n],
                contacts=contacts[n],
            )
            for n, user in enumerate(users)
        }

    def groups(self, ids: Sequence[str], beat: Beat) -> Mapping[str, GroupFacts]:
        wanted = list(dict.fromkeys(ids))
        every = self._every(beat, len(wanted))
        locks = every("locks", (partial(self.locks, id_) for id_ in wanted))
        lists = every("allow-lists", (partial(self.allow_lists, id_) for id_ in wanted))
        return {
            id_: GroupFacts(locks=locks[n], allow_lists=lists[n])
            for n, id_ in enumerate(wanted)
        }

    def _every(self, beat: Beat, of: int) -> "_Every":
        return _Every(self._together, beat, of)


class _Every:
    """Does many reads together and beats after each; a beat that raises stops those that
    have not begun."""

    def __init__(self, together: Together, beat: Beat, of: int) -> None:
        self._together, self._beat, self._of = together, beat, of

    def __call__(self, what: str, tasks: Iterable[Callable[[], T]]) -> list[T]:
        stopped = Event()
        found: list[T] = []
        try:
            for told in self._together(_unless(stopped, tasks)):
                found.append(told)
                self._beat(what, len(found), self._of)
        finally:
            stopped.set()
        return found


def _unless(stopped: Event, tasks: Iterable[Callable[[], T]]) -> Iterator[Callable[[], T]]:
    def guarded(task: Callable[[], T]) -> T:
        if stopped.is_set():
            raise Superseded("the reading was stopped")
        return task()

    return (partial(guarded, task) for task in tasks)
