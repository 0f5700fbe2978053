"""One world of calls: two agents, two desks, one establishment, its families and its Zoom.

All is real but the sockets and the mail server. The machine's clock may be wrong, Zoom's is
not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.contact_wiring import ONE_CALL
from agent.effects.base import Effect
from agent.services.call_office import Office
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.tick import Worker
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Ipad
from tests.simulation.bench import AGENTS
from tests.simulation.calls.bench import DESKS, CallsBench
from tests.simulation.calls.outside import Outside
from tests.simulation.calls.processes import AGENT_LANES, CallsProcess
from tests.simulation.calls.truth import Truth
from tests.simulation.calls.watch import WindowsWatch
from tests.simulation.memory import SeamedStore, seamed
from tests.simulation.postbox import SeamedMailer
from tests.simulation.processes import AtStart, nothing
from tests.simulation.scheduler import Life, Scheduler, Turnstile
from tests.simulation.weather import Weather
from tests.simulation.wire import SeamedAdapter
from tests.simulation.world import POLICY
from tests.support import calls as said

MAY_LAG = timedelta(minutes=5)  # a clock that was set back by more is refused


@dataclass
class CallsWorld:
    """What one seed makes of it. `skew` is how wrong the machine's clock is."""

    bench: CallsBench
    begins: datetime
    scheduler: Scheduler
    weather: Weather
    at_start: AtStart = nothing
    core: Core = field(init=False)
    agents: dict[str, CallsProcess | None] = field(init=False)
    desks: dict[str, CallsProcess | None] = field(init=False)
    skew: timedelta = timedelta(0)
    born: int = 0

    def __post_init__(self) -> None:
        self.bench.reset(self.begins, self.clock)
        self.core = self.bench.core(self.scheduler.clock)
        self.truth = Truth(self.core, self.scheduler)
        self.mailer = SeamedMailer(self.scheduler, self.weather)
        self.watch = WindowsWatch(
            self.bench.file, self.scheduler, self.truth, self.bench.estate
        )
        self.writing = Turnstile(self.scheduler, "the write lock")
        self.agents, self.desks = dict.fromkeys(AGENTS), dict.fromkeys(DESKS)

    def clock(self) -> datetime:
        """The machine's."""
        return self.scheduler.now + self.skew

    def is_behind(self) -> bool:
        """Nothing is written until the clock is right again."""
        return self.watch.latest - self.clock() > MAY_LAG

    def close(self) -> None:
        """End all that still runs."""
        for process in self.alive():
            self.scheduler.end(process.life)
        self.watch.close()

    def store(self) -> SeamedStore:
        """For the world itself: it stops at no seam."""
        return self._store(DESKS[0])

    def office(self, store: SeamedStore | None = None) -> Office:
        return Office(store or self.store(), self.bench.keys, said.RULES, POLICY)

    def ipad(self, name: str) -> Ipad:
        """By local id, tag or account."""
        ipads = self.bench.estate
        return next(o for o in ipads if name in (o.local_id, o.asset_tag, o.m365_user_id))

    def pass_time(self, span: timedelta) -> None:
        self.scheduler.now += span

    def wake(self, name: str) -> CallsProcess:
        """A new process of the agent at this place."""
        process = self._process(name, AGENT_LANES)
        process.at_start = self.at_start
        self.agents[name] = process
        process.start()
        return process

    def at_desk(self, name: str) -> CallsProcess:
        """A new process of the command line."""
        self.desks[name] = found = self._process(name, {})
        return found

    def kill(self, process: CallsProcess) -> None:
        homes: tuple[dict[str, CallsProcess | None], ...] = (self.agents, self.desks)
        for home in homes:
            for name, one in home.items():
                if one is process:
                    self.scheduler.kill(process.life)
                    self.bench.places[name].leave()
                    home[name] = None

    def alive(self) -> list[CallsProcess]:
        """Every process, the agents first."""
        found = [*self.agents.values(), *self.desks.values()]
        return [process for process in found if process is not None]

    def sealed(self, store: SeamedStore) -> SealedTokens:
        return SealedTokens(store, KeyFile(self.bench.key_file))

    def _process(self, name: str, slots: Mapping[str, int]) -> CallsProcess:
        self.born += 1
        store = self._store(name)
        effects = self.effects(store) if slots else ()
        worker = Worker(store, {e.kind: e for e in effects}, slots)
        life = Life(f"{name} ({self.born})")
        return CallsProcess(life, store, worker, POLICY, self.scheduler, self.watch)

    def effects(self, store: SeamedStore) -> tuple[Effect, ...]:
        """Of a new process."""
        return Outside.of(self).effects(store)

    def adapter(self) -> SeamedAdapter:
        return SeamedAdapter(self.core, self.scheduler, self.weather, self.truth, ONE_CALL)

    def _store(self, name: str) -> SeamedStore:
        real = self.bench.places[name].store
        return seamed(real, self.scheduler, self.writing, self.watch.committed, self.clock)
