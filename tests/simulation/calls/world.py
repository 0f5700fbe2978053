"""One world of calls: two agents, two desks, one establishment, its families and its Zoom.

All is real but the sockets and the mail server. The machine's clock may be wrong, Zoom's is
not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.contact_wiring import LEASE, ONE_CALL
from agent.effects.allow_list import SetAllowList
from agent.effects.base import Effect
from agent.effects.consent_refresh import RefreshConsent
from agent.effects.contact_close import CloseWindow
from agent.effects.contact_invite import InviteContact
from agent.effects.contact_verify import VerifyRemoval
from agent.effects.contact_watch import WatchAcceptance
from agent.effects.contact_zoom import ContactZoom
from agent.effects.mail import SendMail
from agent.effects.meeting_arrange import ArrangeMeeting
from agent.effects.meeting_gone import DeleteMeeting
from agent.services.call_office import Office
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.tick import Worker
from agent.vault import StoredVault
from agent.wiring import CONSENT_LEASE, MARGIN
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.retry import Patience
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Ipad
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp
from connectors.zoom.estate import ZoomEstate
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.live import ZoomLive
from connectors.zoom.meetings import ZoomMeetingControl, ZoomMeetings
from tests.simulation.bench import AGENTS
from tests.simulation.calls.bench import DESKS, CallsBench
from tests.simulation.calls.processes import AGENT_LANES, CallsProcess
from tests.simulation.calls.truth import Truth
from tests.simulation.calls.watch import WindowsWatch
from tests.simulation.locks import TurnedConsents, turn
from tests.simulation.memory import SeamedStore, seamed
from tests.simulation.postbox import DEADLINE, SeamedMailer
from tests.simulation.processes import AtStart, nothing
from tests.simulation.scheduler import Life, Scheduler, Turnstile
from tests.simulation.weather import Weather
from tests.simulation.wire import SeamedAdapter
from tests.simulation.world import POLICY, SENDER
from tests.support import calls as said
from tests.support.estates import BASE

MAY_LAG = timedelta(minutes=5)  # a clock that was set back by more is refused
AT_ONCE = Patience(total=timedelta(0), first_wait=timedelta(microseconds=1), tries=1)


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
        effects = self._effects(store) if slots else ()
        worker = Worker(store, {e.kind: e for e in effects}, slots)
        life = Life(f"{name} ({self.born})")
        return CallsProcess(life, store, worker, POLICY, self.scheduler, self.watch)

    def _effects(self, store: SeamedStore) -> tuple[Effect, ...]:
        keys, rules, policy = self.bench.keys, said.RULES, POLICY
        zoom = self._zoom(store)
        within = rules.remove_within
        renewed: Any = zoom.users
        return (
            SetAllowList(store, keys, zoom, within, LEASE),
            InviteContact(store, keys, zoom, LEASE),
            WatchAcceptance(store, keys, zoom, LEASE),
            CloseWindow(store, zoom, rules.linger, LEASE),
            VerifyRemoval(store, keys, zoom, policy, within, LEASE),
            ArrangeMeeting(store, keys, zoom, policy, LEASE),
            DeleteMeeting(store, zoom, within, LEASE),
            SendMail(store, self.mailer, SENDER, DEADLINE + MARGIN),
            RefreshConsent(store, renewed, CONSENT_LEASE),
        )

    def _zoom(self, store: SeamedStore) -> ContactZoom:
        """Both apps of the sandbox, as the wiring makes them, without a pace."""
        apps = self.core.zoom.apps
        read, act, users = (apps.known[name] for name in ("reader", "actor", "user_app"))
        reach = Reach(deadline=ONE_CALL, patience=AT_ONCE, adapter=self._adapter)
        line = Line(login_url=f"{BASE}/zoom", reach=reach, pacer=LocalPacer({}), now=self.clock)
        reading = App(apps.account_id, read.client_id, read.client_secret)
        acting = App(apps.account_id, act.client_id, act.client_secret)
        consents = TurnedConsents(
            line,
            ConsentApp(users.client_id, users.client_secret, self.core.zoom.oauth.redirect),
            StoredVault(self.sealed(store)),
        )
        consents.scheduler = self.scheduler
        estate = ZoomEstate(line, reading, consents)
        zoom = ContactZoom(
            users=estate,
            lists=estate,
            control=ZoomListControl(line, acting),
            invitations=ZoomInvitations(line, acting),
            contacts=estate,
            live=ZoomLive(line, reading),
            meetings=ZoomMeetings(line, reading),
            arranging=ZoomMeetingControl(line, acting),
        )
        ports: tuple[Any, ...] = (
            estate, zoom.control, zoom.invitations, zoom.live, zoom.meetings, zoom.arranging,
        )  # fmt: skip
        for port in ports:
            turn(port._client.bearer._tokens, self.scheduler, "the token of an app")
        return zoom

    def _adapter(self) -> SeamedAdapter:
        return SeamedAdapter(self.core, self.scheduler, self.weather, self.truth, ONE_CALL)

    def _store(self, name: str) -> SeamedStore:
        real = self.bench.places[name].store
        return seamed(real, self.scheduler, self.writing, self.watch.committed, self.clock)
