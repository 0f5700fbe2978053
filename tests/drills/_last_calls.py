"""Approved calls, and everything that a machine can do to them: each must start."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from agent.domain.call import State, debts
from agent.domain.call_debts import CHECKS
from agent.domain.check import Verdict
from agent.domain.late_entry import statement
from agent.effects.sweep import LEASE, RunSweep
from agent.errors import AgentError, StoreFailed
from agent.services.call_case import How
from agent.services.calls import Recorded, record
from agent.services.sweep import sweep_by_hand
from agent.tick import Worker
from connectors.sandbox.failures import Failure
from connectors.sandbox.ill import ILLS
from tests.drills._last_gates import RIGHT
from tests.simulation.calls import bench as b
from tests.simulation.calls.processes import AGENT_LANES
from tests.simulation.calls.world import CallsWorld
from tests.simulation.scheduler import Scheduler
from tests.simulation.weather import Weather
from tests.simulation.world import POLICY
from tests.support import calls as said
from tests.support.estates import mdm

AT_ONCE = 20  # calls of one world
ZOOM_AWAY, MDM_AWAY, MAIL_AWAY = "Zoom away", "MDM away", "mail away"
AGENT_DOWN, MEMORY_DOWN, WORD = "agent down", "our memory away", "a machine's word"
FAULTS = (*ILLS, ZOOM_AWAY, MDM_AWAY, MAIL_AWAY, AGENT_DOWN, MEMORY_DOWN, WORD)
DEBT = CHECKS["camera"]  # of the card, whose writer had no time for it


@dataclass
class Lives:
    """One world of so many approved calls. `faults` is how often each kind was met."""

    bench: b.CallsBench
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    fault: str = ""  # of now

    def play(self) -> None:
        """Every call in turn, each under faults of its own."""
        self.draw = Random(self.seed)
        scheduler = Scheduler(self.seed, b.BEGINNINGS[0])
        weather = Weather(scheduler, 0.0, 0)
        self.world = CallsWorld(self.bench, b.BEGINNINGS[0], scheduler, weather)
        try:
            store = self.world.store()
            effects = {e.kind: e for e in self.world.effects(store)}
            self.worker = Worker(store, effects, AGENT_LANES)
            for call in self.bench.prepared:
                with contextlib.suppress(AgentError):
                    self._sweep()
                self._one(call)
        finally:
            self.world.close()

    def _one(self, call: str) -> None:
        fault = FAULTS[self.draw.randrange(len(FAULTS))]
        self.world.pass_time(timedelta(seconds=self.draw.uniform(1, 300)))
        self._meet(fault)
        try:
            if fault == MEMORY_DOWN:
                self._by_the_card(call)
            else:
                self._by_the_agent(call, down=fault == AGENT_DOWN)
        except AgentError as err:
            self.lost.append(f"world {self.seed}, {call}, {fault}: {err}")
        finally:
            self._mend()

    def _by_the_agent(self, call: str, *, down: bool) -> None:
        """The steps of the day; between them the agent does what it can."""
        office = self.world.office()
        for name in ("invite", "precall", "start", "end"):
            done = record(office, call, *RIGHT[name])
            if name == "start" and done.call.state is not State.IN_CALL:
                self.lost.append(f"world {self.seed}, {call}: it is {done.call.state.value}")
            if not down:
                self._agent()

    def _by_the_card(self, call: str) -> None:
        """Our memory is away: the call is made by the card, and entered once it is back."""
        at = self.world.clock()
        with self._memory_away():
            try:
                record(self.world.office(), call, *RIGHT["start"])
                self.lost.append(f"world {self.seed}, {call}: our memory was not away")
            except StoreFailed:
                self.world.pass_time(timedelta(minutes=30))
        times = (at + timedelta(minutes=number) for number in range(len(CARD)))
        done = [self._entered(call, *one) for one in zip(times, CARD, strict=True)]
        if done[-1].call.state is not State.ENDED or not any(
            DEBT in one for one in debts(done[-1].call)
        ):
            self.lost.append(f"world {self.seed}, {call}: the card was not entered whole")

    def _entered(self, call: str, at: datetime, line: dict[str, object]) -> Recorded:
        told = dict(line)
        done = statement(str(told.pop("step")), told)
        how = How(at=at, paper_by="S-MDI-SUP")
        return record(self.world.office(), call, done, b.SPOC, how)

    def _meet(self, fault: str) -> None:
        self.fault = fault
        match fault:
            case _ if fault in ILLS:
                every = self.world.core.endpoints()
                self.world.core.failures = [Failure(o, fault=fault, times=2) for o in every]
            case _ if fault in (ZOOM_AWAY, MDM_AWAY):
                of_zoom = fault == ZOOM_AWAY
                self.world.core.failures = [
                    Failure(one, fault="refused")
                    for one in self.world.core.endpoints()
                    if one.startswith("zoom.") == of_zoom
                ]
            case _ if fault == MAIL_AWAY:
                self.world.weather.share = 1.0
            case _ if fault == WORD:
                self._word()

    def _word(self) -> None:
        """What a machine tells of the iPads, but for the short list: it warns."""
        self.world.pass_time(timedelta(seconds=1))
        checks = ("device.supervised", "os.minimum", "zoom.consent", "zoom.no-contacts")
        found = [
            said.finding(self.draw.choice(checks), self.draw.choice(list(Verdict)), tag=tag)
            for tag in ("K10001", "K10002")
        ]
        said.swept(self.world.store(), *found, gaps=self.draw.choice(((), ("Zoom",))))

    def _mend(self) -> None:
        """All is well again. What was met is counted: each request that failed, or the day."""
        hits = sum(one.hits for one in self.world.core.failures)
        self.faults[self.fault] += hits if self.world.core.failures else 1
        self.world.core.failures = []
        self.world.weather.share = 0.0

    def _agent(self) -> None:
        """What is due is tried, a few at a time: it may fail, and stays owed."""
        self.world.pass_time(timedelta(seconds=self.draw.uniform(0, 20)))
        keys: list[str] = []
        self.worker.tick(lambda lane, key: keys.append(key))
        for key in keys[: self.draw.randrange(5)]:
            self.worker.perform(key)

    def _sweep(self) -> None:
        """Now and then a real one, under the faults of the day."""
        if self.draw.random() > 0.04:
            return
        self._meet(self.draw.choice((ZOOM_AWAY, MDM_AWAY, *ILLS)))
        store = self.world.store()
        effect = RunSweep(
            store=store, mdm=mdm(self.world.core, self.world.clock), zoom=None, policy=POLICY
        )
        begun = sweep_by_hand(store, b.SPOC, LEASE)
        Worker(store, {"sweep": effect}, {}).carry_out(begun.claim, begun.now)
        self._mend()

    @contextmanager
    def _memory_away(self) -> Iterator[None]:
        """The database file is not where it must be."""
        file = self.bench.file
        aside = file.with_name("aside.db")
        for place in self.bench.places.values():
            place.leave()
        file.replace(aside)
        file.mkdir()
        try:
            yield
        finally:
            for place in self.bench.places.values():
                place.leave()
            file.rmdir()
            aside.replace(file)


CARD: tuple[dict[str, object], ...] = (
    {
        "step": "precall", "phoned_by": "S-MDI-CHAP", "told_no_recording": True,
        "told_language": True, "told_no_filming": True, "absence_confirmed": True,
        "signed_in": True, "microphone": True, "text": said.TEXT.version,
        "read_by": "S-MDI-SUP", "read_to_acceptor": True,
    },
    {
        "step": "start", "supervisor": "S-MDI-SUP", "chaplaincy": "S-MDI-CHAP",
        "not_residential": True, "no_rec": True, "admitted_by": "S-MDI-SUP",
        "name_matches": True,
    },
    {"step": "end", "present": ["S-MDI-CHAP", "S-MDI-SUP"]},
)  # fmt: skip
