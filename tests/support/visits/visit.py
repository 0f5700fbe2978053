"""One call, and what its people and its family can do. Each thing is done for real."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.error import HTTPError

from agent.domain.application import Asked, Comment, Compact, ContactConfirmed, Decision
from agent.domain.asset import Asset
from agent.domain.contact import LIVE, Window
from agent.domain.contact_words import Invite, Removed
from agent.domain.in_call import Dropped, Ended
from agent.domain.people import Actor
from agent.domain.statement import Statement
from agent.errors import StoreBusy, Superseded
from agent.services.call_book import Booking, ask, move
from agent.services.calls import Recorded, record
from agent.store.windows import Windows
from connectors.http import utc_now
from tests.support import calls as usual
from tests.support.visits.house import House, by, staff_id
from tests.support.visits.notes import Live, Notes, Said

LINGER = usual.RULES.linger
HOUR = timedelta(hours=1)
LONG = 600.0
OPEN = frozenset(state.value for state in LIVE)
TRIES = 5  # of a step that somebody else was faster with


@dataclass(frozen=True, slots=True)
class Wait:
    """Until it holds, but not for ever."""

    holds: Callable[[], bool]
    seconds: float


Going = Iterator[Wait]


@dataclass
class Visit:
    """`busy` are the iPads on which a call runs, shared by all visits."""

    house: House
    notes: Notes
    random: random.Random
    asset: Asset
    name: str
    busy: set[str]
    states: Callable[[str], tuple[str, ...]]  # of a call's windows, looked up for all at once
    call: str = ""
    addresses: int = 1

    @property
    def email(self) -> str:
        return f"{self.name}-{self.addresses}@family.example"

    # -- waiting ---------------------------------------------------------------------------

    def pause(self, least: float, most: float) -> Wait:
        return Wait(lambda: False, self.random.uniform(least, most))

    def comes(self, *states: str, seconds: float) -> Wait:
        """The newest window is in one of these states."""
        return Wait(lambda: self.states(self.call)[-1:] in [(s,) for s in states], seconds)

    def over(self) -> Wait:
        """No window of the call is open any more."""
        long = LONG + LINGER.total_seconds()
        return Wait(lambda: not any(s in OPEN for s in self.states(self.call)), long)

    def until(self, moment: datetime) -> Wait:
        return Wait(lambda: utc_now() >= moment, LONG)

    # -- what is stated --------------------------------------------------------------------

    def book(self, closes_in: timedelta | None = None) -> None:
        """Asked for and approved. `closes_in`: until its window closes by itself."""
        until = utc_now() + (HOUR if closes_in is None else closes_in - LINGER)
        booking = self._booking(self.asset, until)
        said = Asked(reason="dying-relative", resident=self._resident())
        done = self._tries(lambda: ask(self.house.office, booking, said, self._by("SPOC")))
        self.call = done.call.id
        self._note(done, "ask")
        for department, word in usual.GIVERS.items():
            given = staff_id(self.asset, word)
            self.say(Comment(department=department, outcome="no-concern", given_by=given))
        self.say(Decision(granted=True, decided_by=self._id("GOV")), "GOV")
        self.say(Compact(explained_by=self._id("CHAP")))

    def inform(self) -> None:
        """Of the address of now, which is confirmed."""
        told = replace(usual.INFORMED, informed_by=self._id("CHAP"), email=self.email)
        self.say(told)
        self.say(
            ContactConfirmed(confirmed_by=self._id("OMU"), non_contact=False, read_back=True)
        )

    def invite(self, mode: str = "contact") -> None:
        self.say(Invite(mode=mode, despite="several calls are made today"))
        self.notes.asked[self.email] += mode == "contact"
        self.notes.addresses.setdefault(self.windows()[-1].id, self.email)

    def precall(self) -> None:
        told = replace(usual.PRECALL, phoned_by=self._id("CHAP"), read_by=self._id("SUP"))
        self.say(told, "SUP")

    def start(self) -> None:
        told = replace(
            usual.STARTED, supervisor=self._id("SUP"), chaplaincy=self._id("CHAP"),
            admitted_by=self._id("SUP"),
        )  # fmt: skip
        self.say(told, "SUP")

    def drop(self) -> None:
        self.say(Dropped(), "SUP")

    def end(self) -> None:
        self.say(Ended(present=(self._id("CHAP"), self._id("SUP"))), "SUP")
        self.is_due()

    def attest(self, *words: str) -> None:
        first, second = words or ("SUP", "CHAP")
        self.say(
            Removed(
                removed_by=self._id(first), seen_by=self._id(second), contact=True,
                call_history=True, chat=True, mailbox=True,
            )
        )  # fmt: skip

    def move(self) -> None:
        """To the establishment's other iPad."""
        other = self.house.beside(self.asset.tag)
        booking = self._booking(other, utc_now() + HOUR)
        who = self._by("SPOC")
        done = self._tries(lambda: move(self.house.office, self.call, booking, who))
        self._note(done, "move")
        self.is_due()
        self.asset = other

    def say(self, what: Statement, word: str = "SPOC") -> None:
        who = self._by(word)
        done = self._tries(lambda: record(self.house.office, self.call, what, who))
        self._note(done, what.name)

    def windows(self) -> list[Window]:
        with self.house.office.store.read() as tx:
            return Windows(tx).of(self.call)

    def is_due(self) -> None:
        """From now on every window that there is has to close."""
        for one in self.windows():
            self.notes.due.setdefault(one.id, utc_now())

    # -- what happens in Zoom --------------------------------------------------------------

    def accept(self) -> bool:
        """The family takes the invitation; False where there is none."""
        told = {"device": self.asset.tag, "email": self.email}
        return self._control("accept", told)

    def dial(self, meeting: str = "") -> Live:
        """A meeting begins on the iPad."""
        before = self._held()
        told = {"device": self.asset.tag, "action": "start"}
        assert self._control("call", told | ({"meeting": meeting} if meeting else {}))
        racing = before | self._held()
        live = Live(self.asset.tag, utc_now(), racing)
        self.notes.lives.append(live)
        return live

    def hang_up(self, live: Live) -> None:
        live.over = utc_now()
        assert self._control("call", {"device": self.asset.tag, "action": "end"})

    def remove(self) -> None:
        """Somebody takes the contact away on the iPad, where there is one."""
        told = {"device": self.asset.tag, "email": self.email, "action": "remove"}
        if self._control("contact", told):
            self.notes.removed[f"{self.asset.tag} {self.email}"] = utc_now()

    def _control(self, verb: str, body: object) -> bool:
        try:
            self.house.home.outside.control("POST", verb, body)
        except HTTPError as err:
            if err.code != 400:
                raise
            return False
        return True

    def _held(self) -> frozenset[str]:
        return frozenset(self.house.home.victims.tables.held())

    def _booking(self, asset: Asset, until: datetime) -> Booking:
        return Booking(device=asset, at=until - HOUR, until=until, room="Chapel office")

    def _resident(self) -> str:
        return f"A{int(self.name.removeprefix('v')) % 10000:04}BC"

    def _id(self, word: str) -> str:
        return staff_id(self.asset, word)

    def _by(self, word: str) -> Actor:
        return by(self.asset, word)

    def _note(self, done: Recorded, step: str) -> None:
        if done.new:
            self.notes.said.append(Said(done.call.id, done.entry.number, step))

    def _tries(self, act: Callable[[], Recorded]) -> Recorded:
        """The agent may be faster: a person tries again."""
        for _ in range(TRIES - 1):
            try:
                return act()
            except (Superseded, StoreBusy):
                continue
        return act()
