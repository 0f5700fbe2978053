"""A process in the world of calls: the agent that serves, or a command by hand at a desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.errors import AgentError, ClockBehind
from agent.services.lateness import tell_lateness
from agent.store.engine import Store
from tests.simulation.processes import Process

AGENT_LANES: Mapping[str, int] = {"closing": 3, "alarm": 2, "routine": 2, "watch": 1}


@dataclass(eq=False)
class CallsProcess(Process):
    """No night comes here: sweeps have a world of their own."""

    def start(self) -> None:
        """As `serve` begins."""

        def work() -> None:
            self.at_start(self.store)
            self.worker.prove_complete()
            tell_lateness(self.store, self.policy)
            self.worker.tick(self._submit)

        self.begin("start", work)

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """A clock that is far behind is told, and what is owed stays owed: what was done
        cannot be written down."""

        def told() -> None:
            try:
                work()
            except ClockBehind:
                self.scheduler.note("the clock is behind")
                if self.scheduler.strand is not None:
                    self.watch.overtaken.add(self.scheduler.strand)

        super().begin(name, told)

    def command(self, name: str, work: Callable[[Store], object]) -> None:
        """A command that only writes. What it refuses, it refuses."""

        def run() -> None:
            try:
                work(self.store)
            except ClockBehind:
                raise
            except AgentError as err:
                self.scheduler.counts["refused"] += 1
                self.scheduler.note(f"refused: {err}")

        self.begin(name, run)
