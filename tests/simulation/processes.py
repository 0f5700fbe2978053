"""A process of callsteward in this world: the agent that serves, or a command by hand."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import partial

from agent.domain.people import Actor
from agent.domain.policy import Policy
from agent.effects.sweep import LEASE
from agent.errors import BadInput
from agent.services.audit import verify_chain
from agent.services.lateness import tell_lateness
from agent.services.sweep import owe_nights, sweep_by_hand
from agent.store.engine import Store
from agent.tick import Worker
from tests.simulation.scheduler import Life, Scheduler
from tests.simulation.watch import Watch

NIGHTLY = time(2)
AGENT_SLOTS: Mapping[str, int] = {"alarm": 3, "routine": 2}
COMMAND_SLOTS: Mapping[str, int] = {"alarm": 4}

AtStart = Callable[[Store], None]


def nothing(store: Store) -> None:
    """What a process does with its memory before it works: nothing."""


@dataclass(eq=False)
class Process:
    """One life, and what it works with. Each method begins a strand, or more."""

    life: Life
    store: Store
    worker: Worker
    policy: Policy
    scheduler: Scheduler
    watch: Watch
    at_start: AtStart = nothing
    in_flight: set[str] = field(default_factory=set)
    busy: Counter[str] = field(default_factory=Counter)

    def is_idle(self) -> bool:
        return not self.life.strands

    def does(self, name: str) -> bool:
        """Whether it has a strand of this name."""
        return any(strand.name == name for strand in self.life.strands)

    def start(self) -> None:
        """As `serve` begins."""

        def begin() -> None:
            self.at_start(self.store)
            self.worker.prove_complete()
            tell_lateness(self.store, self.policy)
            owe_nights(self.store, NIGHTLY)
            self.worker.tick(self._submit)

        self.begin("start", begin)

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """A strand of this process."""
        self.scheduler.spawn(self.life, name, work)

    def tick(self) -> None:
        self.begin("tick", partial(self.worker.tick, self._submit))

    def night(self) -> None:
        """It is 02:00 for this process too."""
        self.begin("night", partial(owe_nights, self.store, NIGHTLY))

    def lateness(self) -> None:
        work = partial(tell_lateness, self.store, self.policy)
        self.begin("lateness", work)

    def command(self, name: str, work: Callable[[Store], object]) -> None:
        """A command that only writes. What it refuses, it refuses."""

        def run() -> None:
            try:
                work(self.store)
            except BadInput as err:
                self.scheduler.note(f"refused: {err}")

        self.begin(name, run)

    def sweep(self, by: Actor) -> None:
        """`callsteward sweep`: one of its own id, then the mail that is due."""

        def run() -> None:
            begun = sweep_by_hand(self.store, by, LEASE)
            self.worker.carry_out(begun.claim, begun.now)
            self._let_go()
            tried: set[str] = set()
            before = -1
            while len(tried) > before:
                before = len(tried)
                self.worker.tick(lambda lane, key: self._once(key, tried))

        self.begin("sweep by hand", run)

    def verify(self) -> None:
        """`callsteward audit verify`, while others write."""

        def run() -> None:
            chain = verify_chain(self.store)
            if not chain.ok:
                self.watch.wrong.append(f"the chain does not hold: {chain.broken}")

        self.begin("audit verify", run)

    def _once(self, key: str, tried: set[str]) -> None:
        if key not in tried:
            tried.add(key)
            self.worker.perform(key)
            self._let_go()

    def _submit(self, lane: str, key: str) -> None:
        """As the lanes do: a key that is in flight here is not taken twice."""
        if key in self.in_flight or self.busy[lane] >= self.worker.slots[lane]:
            return
        self.in_flight.add(key)
        self.busy[lane] += 1

        def perform() -> None:
            try:
                self.worker.perform(key)
            finally:
                self._let_go()
                self.in_flight.discard(key)
                self.busy[lane] -= 1

        self.begin(key, perform)

    def _let_go(self) -> None:
        strand = self.scheduler.strand
        if strand is not None:
            self.watch.let_go(strand)
