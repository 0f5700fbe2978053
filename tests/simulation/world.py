"""One world: an estate, its outside, its database, and the processes that live in it.

All is real but the sockets and the mail server: services, effects, SQL, connectors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.clock_wiring import clock_effects
from agent.effects.base import Effect
from agent.effects.consent_refresh import RefreshConsent
from agent.effects.mail import SendMail
from agent.effects.sweep import RunSweep
from agent.policies import load_policy
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.tick import Worker
from agent.vault import StoredVault
from agent.wiring import CONSENT_LEASE, MARGIN
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.sandbox.core import Core
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp
from connectors.zoom.estate import ZoomEstate
from tests.simulation.bench import AGENTS, COMMAND, PATIENCE, Bench, an_estate
from tests.simulation.evidence import Evidence
from tests.simulation.locks import TurnedConsents, as_new, turn_zoom
from tests.simulation.memory import SeamedStore, seamed
from tests.simulation.postbox import DEADLINE, SeamedMailer
from tests.simulation.processes import (
    AGENT_SLOTS,
    COMMAND_SLOTS,
    AtStart,
    Process,
    nothing,
)
from tests.simulation.scheduler import Life, Scheduler, Turnstile
from tests.simulation.watch import Watch
from tests.simulation.weather import Weather
from tests.simulation.wire import SeamedAdapter
from tests.support.estates import BASE, told_by

POLICY = load_policy()


@dataclass
class World:
    """What one seed makes of it. `agents` by place; None where none lives."""

    bench: Bench
    scheduler: Scheduler
    weather: Weather
    with_zoom: bool = field(kw_only=True)
    at_start: AtStart = nothing
    core: Core = field(init=False)
    agents: dict[str, Process | None] = field(default_factory=dict)
    command: Process | None = None
    moved: set[str] = field(default_factory=set)  # tags of the iPads that get another name
    born: int = 0

    def __post_init__(self) -> None:
        self.bench.reset(self.scheduler.clock, with_zoom=self.with_zoom)
        self.core = self.bench.core(with_zoom=self.with_zoom)
        self.evidence = Evidence(self.core, self.scheduler)
        self.mailer = SeamedMailer(self.scheduler, self.weather)
        self.watch = Watch(self.bench.file, self.scheduler, self.evidence, an_estate())
        self.writing = Turnstile(self.scheduler, "the write lock")
        self.agents = dict.fromkeys(AGENTS)
        for place in self.bench.places.values():
            place.relay.inner = self._adapter()

    def close(self) -> None:
        """End all that still runs."""
        for process in [*self.agents.values(), self.command]:
            if process is not None:
                self.scheduler.end(process.life)
        self.watch.close()

    def store(self) -> SeamedStore:
        """For the world itself: it stops at no seam."""
        return self._store(COMMAND)

    def pass_time(self, span: timedelta) -> None:
        self.scheduler.now += span

    def wake(self, name: str) -> Process:
        """A new process of the agent at this place."""
        process = self._process(name, AGENT_SLOTS)
        process.at_start = self.at_start
        self.agents[name] = process
        process.start()
        return process

    def at_the_prompt(self) -> Process:
        """A new process of the command line."""
        self.command = self._process(COMMAND, COMMAND_SLOTS)
        return self.command

    def kill(self, process: Process) -> None:
        name = next((n for n, one in self.agents.items() if one is process), COMMAND)
        self.scheduler.kill(process.life)
        self.bench.places[name].leave()
        if name == COMMAND:
            self.command = None
        else:
            self.agents[name] = None

    def alive(self) -> list[Process]:
        """Every process, the agents first."""
        found = [*self.agents.values(), self.command]
        return [process for process in found if process is not None]

    def sealed(self, store: SeamedStore) -> SealedTokens:
        return SealedTokens(store, KeyFile(self.bench.key_file))

    def _process(self, name: str, slots: Mapping[str, int]) -> Process:
        self.born += 1
        store = self._store(name)
        worker = Worker(store, {e.kind: e for e in self._effects(name, store)}, slots)
        life = Life(f"{name} ({self.born})")
        return Process(life, store, worker, POLICY, self.scheduler, self.watch)

    def _effects(self, name: str, store: SeamedStore) -> tuple[Effect, ...]:
        mdm = self.bench.places[name].mdm
        as_new(mdm, self.scheduler)
        zoom = self._zoom(store) if self.with_zoom else None
        effects: tuple[Effect, ...] = (
            RunSweep(store=store, mdm=mdm, zoom=zoom, policy=POLICY),
            SendMail(store, told_by(self.mailer), DEADLINE + MARGIN, POLICY.fallback),
            *clock_effects(store),
        )
        return (
            effects if zoom is None else (*effects, RefreshConsent(store, zoom, CONSENT_LEASE))
        )

    def _zoom(self, store: SeamedStore) -> ZoomEstate:
        apps = self.core.zoom.apps
        reader, users = apps.known["reader"], apps.known["user_app"]
        line = Line(
            login_url=f"{BASE}/zoom",
            reach=Reach(patience=PATIENCE, adapter=self._adapter),
            pacer=LocalPacer({}),
            now=self.scheduler.clock,
        )
        consents = TurnedConsents(
            line,
            ConsentApp(users.client_id, users.client_secret, self.core.zoom.oauth.redirect),
            StoredVault(self.sealed(store)),
        )
        consents.scheduler = self.scheduler
        app = App(apps.account_id, reader.client_id, reader.client_secret)
        zoom = ZoomEstate(line, app, consents)
        turn_zoom(zoom, self.scheduler)
        return zoom

    def _adapter(self) -> SeamedAdapter:
        return SeamedAdapter(self.core, self.scheduler, self.weather, self.evidence)

    def _store(self, name: str) -> SeamedStore:
        real = self.bench.places[name].store
        return seamed(real, self.scheduler, self.writing, self.watch.committed)
