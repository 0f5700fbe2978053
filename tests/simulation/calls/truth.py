"""What the outside saw, judged as it lands: lists, meetings, invitations, contacts.

Nothing here asks our own memory, but for which address stands for which window.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

from connectors.sandbox.zoom.baseline import ADDING, CHATTING
from connectors.sandbox.zoom.healthy import GROUP_SETTINGS, INVITATIONS, MEETINGS
from tests.simulation.evidence import ZOOM, Evidence
from tests.simulation.scheduler import Strand

Lists = frozenset[str]


class Look(NamedTuple):
    """One answer about meetings, as true as Zoom is: whom it told of, and who was in one."""

    at: datetime
    user: str  # empty: all of them
    in_meeting: frozenset[str]
    hint: bool = False  # presence, which people may set by hand


@dataclass(eq=False)
class Invited:
    """One mail of Zoom's to a family. `heard`: the answer reached who asked for it."""

    user: str
    email: str
    by: Strand | None
    heard: bool = False


@dataclass
class Change:
    """Lists that were changed by one request."""

    group: str
    added: Lists
    removed: Lists
    by: Strand | None
    at: datetime


@dataclass
class Truth(Evidence):
    """Sees each request that lands, and each answer that is read."""

    running: dict[str, datetime] = field(default_factory=dict)  # since when, by user
    invited: list[Invited] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    looks: dict[Strand, list[Look]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[Strand, dict[str, Lists]] = field(default_factory=lambda: defaultdict(dict))
    _before: tuple[Lists, Lists] = (frozenset(), frozenset())
    _mails: int = 0
    _asker: Strand | None = None
    _landed: dict[Strand, Look | Invited | tuple[str, Lists]] = field(default_factory=dict)

    def landing(self, request: requests.PreparedRequest, asker: Strand | None) -> None:
        """Remember what it will change, and judge what it must not do."""
        self._asker = asker
        parts = _parts(request)
        match request.method, parts:
            case "PATCH", ("groups", group, "settings"):
                self._before = self.lists(group)
            case "POST", ("chat", "users", user, "invitations"):
                self._mails = self._sent(user, _email(request))
            case "DELETE", ("meetings", number):
                self._prove_free(self._owner(number), asker, "a meeting was deleted")

    def landed(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """What it changed; what the answer, once it is read, will tell."""
        super().landed(request, answer)
        strand, now = self._asker, self.scheduler.now
        if strand is not None:
            self._landed.pop(strand, None)
        if answer.status_code >= 300:
            return
        match request.method, _parts(request):
            case "PATCH", ("groups", group, "settings"):
                self._changed(group, strand, now)
            case "POST", ("chat", "users", user, "invitations"):
                self._invited(user, _email(request), strand)
            case "GET", ("users", user, "presence_status") if strand:
                self._landed[strand] = Look(now, user, frozenset(self.running), hint=True)
            case "GET", ("metrics", "meetings") if strand:
                self._landed[strand] = Look(now, "", frozenset(self.running))
            case "GET", ("chat", "users", "me", "contacts") if strand:
                self._landed[strand] = self._contacts(request, now)

    def read(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """A strand has the whole answer in its hands."""
        super().read(request, answer)
        strand = self.scheduler.strand
        match None if strand is None else self._landed.pop(strand, None):
            case Look() as look if strand:
                self.looks[strand].append(look)
            case Invited() as invited:
                invited.heard = True
            case (user, emails) if strand and not answer.json().get("next_page_token"):
                self.contacts[strand][user] = emails

    def lists(self, group: str) -> tuple[Lists, Lists]:
        """Whom the group's users may add, and chat with."""
        told = self.core.zoom.records.one(GROUP_SETTINGS, group) or {}
        return _allowed(told, ADDING), _allowed(told, CHATTING)

    def listed(self, group: str) -> Lists:
        """On either list."""
        adding, chatting = self.lists(group)
        return adding | chatting

    def external(self, user: str) -> Lists:
        """The addresses of this user's external contacts."""
        rows = self.core.zoom.contacts.external(user, self.scheduler.now)
        return frozenset(str(row["email"]).lower() for row in rows)

    def _changed(self, group: str, strand: Strand | None, now: datetime) -> None:
        before, after = self._before, self.lists(group)
        added = (after[0] - before[0]) | (after[1] - before[1])
        removed = (before[0] - after[0]) | (before[1] - after[1])
        if not added | removed:
            return
        self.changes.append(Change(group, added, removed, strand, now))
        self.scheduler.note(f"LISTS +{len(added)} -{len(removed)}")
        users = [one.zoom_user for one in self.core.records.estate if one.zoom_group == group]
        for user in users:
            what = "lists lost an address" if removed else "lists got an address"
            self._prove_free(user, strand, what, doubt=not removed)

    def _prove_free(
        self, user: str, strand: Strand | None, what: str, *, doubt: bool = False
    ) -> None:
        """No meeting ran here as far as could be known. `doubt`: not to know is no harm."""
        since = self.running.get(user)
        if since is None:
            return
        looks = self.looks[strand] if strand is not None else []
        own = [look for look in looks if look.user in ("", user)]
        if any(_told(look, user, since) for look in own if not (doubt and look.hint)):
            self.wrong.append(f"{strand}: {what} in a meeting that it had read of")
        elif not own and not doubt:
            self.wrong.append(f"{strand}: {what} in a meeting, and nobody had looked")

    def _owner(self, number: str) -> str:
        for key in self.core.zoom.records.touched(MEETINGS):
            record = self.core.zoom.records.one(MEETINGS, key)
            if record is not None and str(record.get("id")) == number:
                return key.partition("/")[0]
        return ""

    def _sent(self, user: str, email: str) -> int:
        told = self.core.zoom.records.one(INVITATIONS, f"{user}/{email}") or {}
        return int(told.get("mails", 0))

    def _invited(self, user: str, email: str, strand: Strand | None) -> None:
        if self._sent(user, email) > self._mails:
            one = Invited(user, email, strand)
            self.invited.append(one)
            self.scheduler.note("INVITED")
            if strand is not None:
                self._landed[strand] = one

    def _contacts(
        self, request: requests.PreparedRequest, now: datetime
    ) -> tuple[str, Lists] | Look:
        token = str(request.headers["Authorization"]).removeprefix("Bearer ")
        held = self.core.zoom.tokens.access.get(token)
        query = dict(parse_qsl(urlsplit(str(request.url)).query))
        if held is None or not held.user or query.get("type") != "external":
            return Look(now, "nobody", frozenset())
        return held.user, self.external(held.user)


def _told(look: Look, user: str, since: datetime) -> bool:
    """Whether it told of the meeting that runs since then."""
    return user in look.in_meeting and look.at >= since


def _parts(request: requests.PreparedRequest) -> tuple[str, ...]:
    path = urlsplit(str(request.url)).path
    return tuple(map(unquote, path.removeprefix(ZOOM).split("/"))) if ZOOM in path else ()


def _email(request: requests.PreparedRequest) -> str:
    return str(json.loads(request.body or b"{}").get("email", "")).lower()


def _allowed(told: dict[str, object], path: str) -> Lists:
    if not told.get(f"{path}.enable"):
        return frozenset()
    listed = str(told.get(f"{path}.user_email_addresses") or "")
    return frozenset(one.strip().lower() for one in listed.split(",") if one.strip())
