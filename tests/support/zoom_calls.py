"""Calls of MDI beside the sandbox's Zoom, without a socket: the real receiver, effects, store.

Time stands still unless a test moves it. Events come when a test says so, in the order it says.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.clock_wiring import clock_effects
from agent.domain.contacts import COLUMNS
from agent.domain.incident import Incident
from agent.domain.zoom_legs import Leg
from agent.effects.base import Effect
from agent.effects.call_facts import ReadFacts
from agent.effects.call_watch import Reading, WatchCall
from agent.effects.events_forget import ForgetEvents
from agent.effects.mail import SendMail
from agent.effects.zoom_host import LearnHost
from agent.effects.zoom_stop import StopKeeping
from agent.schemes import load_scheme
from agent.services.call_office import Office
from agent.services.people import import_contacts
from agent.services.zoom_events import take
from agent.store.hosts import Hosts
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger, Owed
from agent.store.legs import Legs
from agent.store.notices import Notices
from agent.tick import Worker
from agent.web.zoom_events import PATH, Receiver
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.sandbox.control import Control
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Establishment, Estate
from connectors.sandbox.records import Records
from connectors.sandbox.wire import Request
from connectors.sandbox.zoom.webhooks import Delivery
from connectors.zoom.client import App, AppTokens, Client, Line
from connectors.zoom.live import ZoomControl, ZoomLive
from connectors.zoom.past_meetings import ZoomPastMeetings
from connectors.zoom.shared_live import SharedLive
from connectors.zoom.users import ZoomUsers
from tests.support.calls import CODES, INFOSEC, POLICY, an_office
from tests.support.estates import (
    BASE,
    NO_PATIENCE,
    Clock,
    InProcess,
    Postbox,
    application,
    told_by,
)
from tests.support.registers import as_file, contact_rows

MDI1, MDI2 = "K10003", "K10004"
HOOK = f"https://callsteward.example{PATH}"
LEASE = timedelta(minutes=3)
SECONDS = 60.0  # how long the receiver waits for the store here
SLOTS = {"routine": 50, "alarm": 50, "watch": 50}


@dataclass
class ZoomCalls:
    """What a test speaks of."""

    office: Office
    core: Core
    clock: Clock
    postbox: Postbox
    worker: Worker
    line: Line
    secret: str

    def pass_time(self, **span: float) -> None:
        """The clock goes on, and what is due by then is done, look by look."""
        end = self.clock.now + timedelta(**span)
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + timedelta(seconds=15))
            self.settle()

    def settle(self) -> None:
        while self.worker.tick(lambda lane, key: self.worker.perform(key)):
            pass

    def zoom(self, device: str, action: str, **more: object) -> Any:
        """People do something in Zoom on this iPad."""
        return self.steer("POST", "call", {"device": device, "action": action, **more})

    def steer(self, method: str, path: str, body: object = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        answer = Control(self.core).handle(Request(method, f"/_sandbox/{path}", body=content))
        assert answer.status == 200, answer.body
        return answer.body

    def subscribe(self) -> None:
        """Zoom checks our address, and sends its events there from then on."""
        self.core.zoom.webhooks.subscribe(HOOK)
        assert self.deliver() == [200]
        assert self.core.zoom.webhooks.validated

    def on_their_way(self) -> list[Delivery]:
        """Take what Zoom sends now, without giving it to anybody yet."""
        return self.core.zoom.webhooks.take()

    def deliver(self, events: Iterable[Delivery] | None = None) -> list[int]:
        """Give these to the receiver in this order; how it answered."""
        found = []
        for one in self.on_their_way() if events is None else events:
            status, body = self.post(one.body, one.headers)
            self.core.zoom.webhooks.sent(one, status, body)
            found.append(status)
        return found

    def post(
        self, body: bytes, headers: Any, method: str = "POST", path: str = PATH
    ) -> tuple[int, bytes]:
        """To the receiver itself, as an ASGI server does."""
        receiver = Receiver(self.secret, self.clock, self._keep, SECONDS)
        return asyncio.run(ask(receiver, body, headers, method, path))

    def _keep(self, event: Any, key: str) -> object:
        return take(self.office.store, self.office.policy, event, key)

    def learn_hosts(self) -> None:
        """As a sweep does."""
        users = {ipad.zoom_user: ipad.m365_user_id for ipad in self.core.records.estate}
        with self.office.store.begin() as tx:
            Hosts(tx).learn(Hosts(tx).news(users))

    def legs(self, call: str) -> list[Leg]:
        with self.office.store.read() as tx:
            return Legs(tx).of(call)

    def incidents(self) -> list[Incident]:
        with self.office.store.read() as tx:
            return Incidents(tx).open()

    def standing(self) -> list[Incident]:
        """Those that are not closed and still found."""
        return [one for one in self.incidents() if one.cleared_at is None]

    def stops(self, tag: str = MDI1) -> list[str | None]:
        """What came of stopping what was noticed on this iPad."""
        with self.office.store.read() as tx:
            found = Notices(tx).of_device(
                tag, datetime.min.replace(tzinfo=self.clock.now.tzinfo), self.clock.now
            )
            return [one.stop for one in found]

    def owed(self, kind: str) -> list[Owed]:
        with self.office.store.read() as tx:
            return Ledger(tx).open(kind)


async def ask(
    app: Any, body: bytes, headers: Any, method: str = "POST", path: str = PATH
) -> tuple[int, bytes]:
    """One request to an ASGI application."""
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), str(value).encode()) for name, value in headers.items()]
    await app({"type": "http", "method": method, "path": path, "headers": raw}, receive, send)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


def zoom_calls(folder: Path, now: datetime) -> ZoomCalls:
    """MDI has staff, iPads, a letter and inboxes; Zoom has their users."""
    clock = Clock(now)
    office = an_office(folder, clock)
    import_contacts(office.store, load_scheme(), as_file(contact_rows(CODES), COLUMNS), INFOSEC)
    places = tuple(Establishment(code, code, "Region", contracted=False) for code in CODES)
    core = Core(Records(Estate(1, now, places, 4)), application(), clock, BASE)
    core.zoom.limits.scale = 1000.0
    reach = Reach(patience=NO_PATIENCE, adapter=lambda: InProcess(core))
    line = Line(login_url=f"{BASE}/zoom", reach=reach, pacer=LocalPacer({}), now=clock)
    reader, actor = (_app(core, name) for name in ("reader", "actor"))
    users = ZoomUsers(Client(line, AppTokens(line, reader)))
    postbox, store = Postbox(), office.store
    effects: tuple[Effect, ...] = (
        WatchCall(
            store, Reading(users, SharedLive(ZoomLive(line, reader), clock)), POLICY, LEASE
        ),
        ReadFacts(store, ZoomPastMeetings(line, reader), office.keys, LEASE),
        StopKeeping(store, ZoomControl(line, actor), LEASE),
        LearnHost(store, users, POLICY, LEASE),
        ForgetEvents(),
        *clock_effects(store),
        SendMail(store, told_by(postbox), timedelta(seconds=32), POLICY.fallback),
    )
    worker = Worker(store, {effect.kind: effect for effect in effects}, SLOTS)
    worker.prove_complete()
    return ZoomCalls(office, core, clock, postbox, worker, line, core.zoom.apps.webhook_secret)


def _app(core: Core, name: str) -> App:
    found = core.zoom.apps.known[name]
    return App(core.zoom.apps.account_id, found.client_id, found.client_secret)
