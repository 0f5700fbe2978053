"""All of Zoom that the sweep reads, behind one port.

The reading app needs the scopes in `READER`; an app that also has others is one that a leak
could act with. Device users consent to an app of their own, which needs `CONSENT`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest
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
_Keep = Callable[[], None]

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
        reads = _Reads(self._together, beat)
        settings = reads.of("settings", (partial(self.settings, user.id) for user in users))
        recordings = reads.of(
            "recordings", (partial(self.recordings, user, span) for user in users)
        )
        transcripts = reads.of(
            "transcripts", (partial(self.transcripts, user, span) for user in users)
        )
        contacts = reads.of("contacts", (partial(self.contacts, user.email) for user in users))
        reads.do()
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
        reads = _Reads(self._together, beat)
        locks = reads.of("locks", (partial(self.locks, id_) for id_ in wanted))
        lists = reads.of("allow-lists", (partial(self.allow_lists, id_) for id_ in wanted))
        reads.do()
        return {
            id_: GroupFacts(locks=locks[n], allow_lists=lists[n])
            for n, id_ in enumerate(wanted)
        }


class _Reads:
    """Reads of several kinds, all together and one of each kind in turn.

    So the last ones of a kind make no other kind wait, and those that cost the most besides
    their calls (a consent that is renewed) are spread over all the time that there is.
    Beats after each; a beat that raises stops those that have not begun.
    """

    def __init__(self, together: Together, beat: Beat) -> None:
        self._together, self._beat = together, beat
        self._kinds: dict[str, list[Callable[[], _Keep]]] = {}

    def of(self, what: str, tasks: Iterable[Callable[[], T]]) -> list[T]:
        """One kind more. Gives the list that `do` fills, in the order of the tasks."""
        found: list[T] = []
        self._kinds[what] = [partial(_kept, task, found.append) for task in tasks]
        return found

    def do(self) -> None:
        stopped = Event()
        done: Counter[str] = Counter()
        turns = [turn for turns in zip_longest(*self._named()) for turn in turns if turn]
        told = self._together(partial(_unless, stopped, task) for _, task in turns)
        try:
            for (what, _), keep in zip(turns, told, strict=True):
                keep()
                done[what] += 1
                self._beat(what, done[what], len(self._kinds[what]))
        finally:
            stopped.set()

    def _named(self) -> Iterator[list[tuple[str, Callable[[], _Keep]]]]:
        return ([(what, task) for task in tasks] for what, tasks in self._kinds.items())


def _kept(task: Callable[[], T], keep: Callable[[T], None]) -> _Keep:
    """Done at once, and kept when its turn comes."""
    return partial(keep, task())


def _unless(stopped: Event, task: Callable[[], T]) -> T:
    if stopped.is_set():
        raise Superseded("the reading was stopped")
    return task()
