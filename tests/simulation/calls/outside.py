"""What a process of the world of calls has of Zoom, as it is wired, and every effect."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.call_wiring import LOOK, READ
from agent.clock_wiring import clock_effects
from agent.contact_wiring import LEASE, ONE_CALL
from agent.domain.retention import KEEP
from agent.effects.allow_list import SetAllowList
from agent.effects.base import Effect
from agent.effects.call_erase import EraseCall
from agent.effects.call_facts import ReadFacts
from agent.effects.call_watch import Reading, WatchCall
from agent.effects.consent_refresh import RefreshConsent
from agent.effects.contact_close import CloseWindow
from agent.effects.contact_invite import InviteContact
from agent.effects.contact_verify import VerifyRemoval
from agent.effects.contact_watch import WatchAcceptance
from agent.effects.contact_zoom import ContactZoom
from agent.effects.mail import SendMail
from agent.effects.meeting_arrange import ArrangeMeeting
from agent.effects.meeting_gone import DeleteMeeting
from agent.effects.zoom_host import LearnHost
from agent.effects.zoom_stop import StopKeeping
from agent.store.engine import Store
from agent.vault import StoredVault
from agent.wiring import CONSENT_LEASE, MARGIN
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.retry import Patience
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import App, AppTokens, Client, Line
from connectors.zoom.consents import ConsentApp
from connectors.zoom.estate import ZoomEstate
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.live import ZoomControl, ZoomLive
from connectors.zoom.meetings import ZoomMeetingControl, ZoomMeetings
from connectors.zoom.past_meetings import ZoomPastMeetings
from connectors.zoom.shared_live import SharedLive
from connectors.zoom.users import ZoomUsers
from tests.simulation.locks import TurnedConsents, turn
from tests.simulation.postbox import DEADLINE
from tests.simulation.scheduler import Scheduler
from tests.simulation.world import POLICY
from tests.support import calls as said
from tests.support.estates import BASE, told_by

AT_ONCE = Patience(total=timedelta(0), first_wait=timedelta(microseconds=1), tries=1)


@dataclass(frozen=True, slots=True)
class Outside:
    """For one process. `world` is the one that it lives in."""

    world: Any
    line: Line
    scheduler: Scheduler

    @classmethod
    def of(cls, world: Any) -> "Outside":
        """Without a pace, and nothing is tried twice in one attempt."""
        reach = Reach(deadline=ONE_CALL, patience=AT_ONCE, adapter=world.adapter)
        line = Line(
            login_url=f"{BASE}/zoom", reach=reach, pacer=LocalPacer({}), now=world.clock,
            away=timedelta(0),
        )  # fmt: skip
        return cls(world, line, world.scheduler)

    def effects(self, store: Store) -> tuple[Effect, ...]:
        """Every kind that a call or a window may owe, and the mail."""
        keys, within = self.world.bench.keys, said.RULES.remove_within
        zoom = self._contacts(store)
        renewed: Any = zoom.users
        return (
            SetAllowList(store, keys, zoom, within, LEASE),
            InviteContact(store, keys, zoom, LEASE),
            WatchAcceptance(store, keys, zoom, LEASE),
            CloseWindow(store, zoom, said.RULES.linger, LEASE),
            VerifyRemoval(store, keys, zoom, POLICY, within, LEASE),
            ArrangeMeeting(store, keys, zoom, POLICY, LEASE),
            DeleteMeeting(store, zoom, within, LEASE),
            SendMail(store, told_by(self.world.mailer), DEADLINE + MARGIN, POLICY.fallback),
            *clock_effects(store),
            RefreshConsent(store, renewed, CONSENT_LEASE),
            EraseCall(store, keys, KEEP),
            *self._watches(store),
        )

    def _watches(self, store: Store) -> tuple[Effect, ...]:
        users = ZoomUsers(Client(self.line, self._tokens(self._app("reader"))))
        shared = self._shared()
        facts = self._turned(ZoomPastMeetings, "reader")
        control = self._turned(ZoomControl, "actor")
        return (
            WatchCall(store, Reading(users, shared), POLICY, LOOK),
            ReadFacts(store, facts, self.world.bench.keys, READ),
            StopKeeping(store, control, LOOK),
            LearnHost(store, users, POLICY, READ),
        )

    def _contacts(self, store: Store) -> ContactZoom:
        users = self.world.core.zoom.apps.known["user_app"]
        redirect = self.world.core.zoom.oauth.redirect
        consents = TurnedConsents(
            self.line,
            ConsentApp(users.client_id, users.client_secret, redirect),
            StoredVault(self.world.sealed(store)),
        )
        consents.scheduler = self.scheduler
        estate = ZoomEstate(self.line, self._app("reader"), consents)
        self._turn(estate)
        return ContactZoom(
            users=estate,
            lists=estate,
            control=self._turned(ZoomListControl, "actor"),
            invitations=self._turned(ZoomInvitations, "actor"),
            contacts=estate,
            live=self._turned(ZoomLive, "reader"),
            glance=self._shared(),
            meetings=self._turned(ZoomMeetings, "reader"),
            arranging=self._turned(ZoomMeetingControl, "actor"),
        )

    def _shared(self) -> SharedLive:
        shared: Any = SharedLive(self._turned(ZoomLive, "reader"), self.line.now)
        turn(shared, self.scheduler, "the dashboard")
        found: SharedLive = shared
        return found

    def _app(self, name: str) -> App:
        apps = self.world.core.zoom.apps
        return App(apps.account_id, apps.known[name].client_id, apps.known[name].client_secret)

    def _tokens(self, app: App) -> AppTokens:
        tokens: Any = AppTokens(self.line, app)
        turn(tokens._tokens, self.scheduler, "the token of an app")
        found: AppTokens = tokens
        return found

    def _turned(self, connector: Any, app: str) -> Any:
        return self._turn(connector(self.line, self._app(app)))

    def _turn(self, connector: Any) -> Any:
        turn(connector._client.bearer._tokens, self.scheduler, "the token of an app")
        return connector
