"""The people at the desks: each call has its steps, and people vary them, repeat and forget."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from agent.domain.application import Cancelled, Comment, Expired
from agent.domain.contact_words import Invite, Removed
from agent.domain.in_call import Closed, Concern, Dropped, Reported, StaffChanged
from agent.domain.people import Actor
from agent.domain.statement import Statement
from agent.services.call_book import ask, move
from agent.services.call_case import NOW, How
from agent.services.call_office import Office
from agent.services.calls import Recorded, record
from agent.services.devices import report_found, report_lost
from agent.services.residents import reinstate, withdraw
from agent.store.engine import Store
from tests.simulation.calls import bench as b
from tests.simulation.calls.family import Family
from tests.simulation.calls.world import CallsWorld
from tests.simulation.memory import SeamedStore
from tests.support import calls as said

BEFORE = [
    *(f"comment {name}" for name in said.GIVERS),
    "decide",
    "compact",
    "inform",
    "confirm",
]
REMOVED = Removed(
    removed_by="S-MDI-SUP", seen_by="S-MDI-CHAP", contact=True, call_history=True, chat=True,
    mailbox=True,
)  # fmt: skip
DECIDED = How(override_by="S-MDI-GOV", why="minutes are left")
ON_PAPER = How(paper_by="S-MDI-SUP")
ANYTHING = (
    "inform", "confirm", "invite", "meeting", "precall", "start", "start despite", "drop",
    "staff-change", "concern", "end", "paper end", "ir", "attest", "close", "move", "later",
    "cancel", "expire", "report-lost", "report-found", "withdraw", "reinstate", "invite more",
)  # fmt: skip


@dataclass(eq=False)
class Planned:
    """One call as its people know it. `todo` is what they mean to do, in order."""

    number: int
    ipad: str  # a local id
    at: datetime
    call: str = ""
    todo: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A step that returned: it must be there for ever."""

    call: str
    number: int
    step: str


@dataclass(eq=False)
class People:
    """`acknowledged` is their own record, kept outside of our memory."""

    world: CallsWorld
    family: Family
    calls: list[Planned] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)  # asset tags, as was acknowledged last
    informed: int = 0

    def __post_init__(self) -> None:
        self.draw, self.scheduler = self.world.scheduler.random, self.world.scheduler
        self.informed = len(self.world.bench.prepared)
        for number, call in enumerate(self.world.bench.prepared):
            self._knows(b.address(number))
            at = self.world.begins + b.AHEAD
            self.calls.append(Planned(number, b.IPADS[number], at, call, self._plan()))

    def something(self) -> None:
        """Somebody at a free desk takes the next step of a call, or another one."""
        free = [name for name, one in self.world.desks.items() if one is None]
        if not free:
            return
        if len(self.calls) < 4 and self.scheduler.chance(0.02):
            self.calls.append(self._booked())
        planned = self.draw.choice(self.calls)
        step = planned.todo[0] if planned.todo else ""
        if self.scheduler.chance(0.06) and planned.call:
            self.does(free[0], planned, self.draw.choice(ANYTHING))
        elif step:
            both = self.scheduler.chance(0.08)
            for name in free if both else free[:1]:
                self.does(name, planned, step)

    def does(self, desk: str, planned: Planned, step: str) -> None:
        """At this desk, a command of its own."""
        work = self._work(planned, step)

        def run(store: Store) -> None:
            assert isinstance(store, SeamedStore)
            work(self.world.office(store))
            if planned.todo and planned.todo[0] == step:
                planned.todo.pop(0)
            self._then(planned, step)

        process = self.world.at_desk(desk)
        process.command(f"{step} {planned.number}", run)

    def attest_all(self) -> None:
        """What is left anywhere is removed, and two people say so; none forgets it here."""
        office = self.world.office()
        for call in sorted({one.call for one in self.world.watch.windows()}):
            for ipad in self.world.bench.estate:
                self.family.take_away(ipad)
            if any(o.call == call and o.state == "closed" for o in self.world.watch.windows()):
                self._note(record(office, call, REMOVED, b.SPOC))

    def _plan(self) -> list[str]:
        """From the invitation on."""
        chance = self.scheduler.chance
        plan = ["meeting" if chance(0.2) else "invite"]
        if chance(0.2):
            plan.append("invite")
        if chance(0.15):
            plan += ["inform", "confirm", "invite"]
        if chance(0.1):
            plan += [self.draw.choice(("move", "later")), "invite"]
        if chance(0.1):
            return [*plan, self.draw.choice(("cancel", "expire", "cancel")), "attest"]
        plan += ["precall", "start"]
        for step in ("staff-change", "concern"):
            plan += [step] if chance(0.1) else []
        plan += ["drop", "start"] if chance(0.2) else []
        if chance(0.12):
            return plan  # nobody says that it ended
        return [*plan, "paper end" if chance(0.1) else "end", *(["attest"] * 2), "ir", "close"]

    def _booked(self) -> Planned:
        ahead = timedelta(minutes=self.draw.uniform(5, 40))
        ipad = self.draw.choice(b.IPADS)
        return Planned(
            len(self.calls), ipad, self.world.clock() + ahead,
            todo=["ask", *BEFORE, *self._plan()],
        )  # fmt: skip

    def _work(self, planned: Planned, step: str) -> Callable[[Office], None]:
        if step == "ask":
            return lambda office: self._ask(office, planned)
        match step:
            case "move" | "later":
                return lambda office: self._move(office, planned, step)
            case "report-lost" | "report-found":
                return lambda office: self._report(office, planned, step)
            case "withdraw" | "reinstate":
                does = withdraw if step == "withdraw" else reinstate
                return lambda office: _nothing(does(office, said.NUMBER, "B2-7", GOVERNOR))
        what, who, how = self._statement(step)
        if step == "attest":
            self._remove()

        def work(office: Office) -> None:
            self._note(record(office, planned.call, what, who, how))

        return work

    def _remove(self) -> None:
        """Nearly always they do what they say."""
        for ipad in self.world.bench.estate:
            if self.scheduler.chance(0.85):
                self.family.take_away(ipad)

    def _note(self, done: Recorded) -> None:
        one = Acknowledged(done.call.id, done.entry.number, done.entry.step)
        self.acknowledged.append(one)

    def _ask(self, office: Office, planned: Planned) -> None:
        booked = b.booking(office.store, planned.ipad, planned.at)
        done = ask(office, booked, b.ASKED, b.SPOC)
        planned.call = done.call.id
        self._note(done)

    def _move(self, office: Office, planned: Planned, step: str) -> None:
        """To the other iPad, or to a later time."""
        other = b.IPADS[1 - b.IPADS.index(planned.ipad)] if step == "move" else planned.ipad
        later = timedelta(minutes=10 if step == "later" else 0)
        booked = b.booking(office.store, other, planned.at + later)
        self._note(move(office, planned.call, booked, b.SPOC))
        planned.ipad, planned.at = other, planned.at + later

    def _report(self, office: Office, planned: Planned, step: str) -> None:
        asset = booked_on(office, planned)
        if step == "report-lost":
            report_lost(office, asset, said.by("SUP"))
            self.lost.add(asset.tag)
        else:
            report_found(office, asset, said.by("SUP"))
            self.lost.discard(asset.tag)

    def _statement(self, step: str) -> tuple[Statement, Actor, How]:
        name, _, word = step.partition(" ")
        spoc, sup = b.SPOC, said.by("SUP")
        if name == "comment":
            given = f"S-MDI-{said.GIVERS[word]}"
            return Comment(department=word, outcome="no-concern", given_by=given), spoc, NOW
        if name == "inform":
            return self._informed(), spoc, NOW
        known: dict[str, tuple[Statement, Actor, How]] = {
            "decide": (said.GRANTED, said.by("GOV"), NOW),
            "compact": (said.COMPACT, spoc, NOW),
            "confirm": (said.CONFIRMED, spoc, NOW),
            "invite": (Invite(), spoc, NOW),
            "invite more": (Invite(despite="minutes are left"), spoc, NOW),
            "meeting": (Invite(mode="meeting"), spoc, NOW),
            "precall": (said.PRECALL, sup, NOW),
            "start": (said.STARTED, sup, NOW),
            "start despite": (said.STARTED, said.by("DUTY"), DECIDED),
            "drop": (Dropped(), sup, NOW),
            "staff-change": (STAFF, sup, NOW),
            "concern": (Concern(kind="behaviour"), sup, NOW),
            "end": (said.ENDED, sup, NOW),
            "paper end": (said.ENDED, sup, ON_PAPER),
            "ir": (Reported(reference="IR-7"), spoc, NOW),
            "attest": (REMOVED, spoc, NOW),
            "close": (Closed(), spoc, NOW),
            "cancel": (Cancelled(reason="not-needed"), spoc, NOW),
            "expire": (Expired(), spoc, NOW),
        }
        return known[step]

    def _informed(self) -> Statement:
        """Another address each time."""
        email = b.address(self.informed)
        self.informed += 1
        self._knows(email)
        return replace(said.INFORMED, email=email)

    def _knows(self, email: str) -> None:
        mark = self.world.bench.keys.pseudonym("contact", email, in_use=True)
        self.world.watch.known[mark] = email

    def _then(self, planned: Planned, step: str) -> None:
        """What follows in the room."""
        ipad = self.world.ipad(planned.ipad)
        match step:
            case "precall" if self.scheduler.chance(0.1):
                self.family.ring(ipad)
            case "start" | "start despite" if self.scheduler.chance(0.85):
                self.family.ring(ipad)
            case "end" | "paper end" | "drop" if self.scheduler.chance(0.7):
                self.family.hang_up(ipad)


def _nothing(_: Any) -> None:
    """Nobody keeps what this says."""


def booked_on(office: Office, planned: Planned) -> Any:
    """The asset of its iPad."""
    return b.booking(office.store, planned.ipad, planned.at).device


GOVERNOR = said.by("GOV")
STAFF = StaffChanged(supervisor="S-MDI-SUP", chaplaincy="S-MDI-CHAP")
