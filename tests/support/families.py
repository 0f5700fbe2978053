"""A small estate in which calls are made: staff, letter, keys, Zoom, and every effect of a
contact window over the sandbox's socket-free core. Time stands still unless a test moves it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.contact_wiring import GLANCE
from agent.domain.application import Asked
from agent.domain.contact import State, Window
from agent.domain.contact_words import Invite, Removed
from agent.domain.facts import Known
from agent.domain.staff import COLUMNS
from agent.domain.statement import Statement
from agent.effects.allow_list import SetAllowList
from agent.effects.contact_close import CloseWindow
from agent.effects.contact_invite import InviteContact
from agent.effects.contact_verify import VerifyRemoval
from agent.effects.contact_watch import WatchAcceptance
from agent.effects.contact_zoom import ContactZoom
from agent.effects.meeting_arrange import ArrangeMeeting
from agent.effects.meeting_gone import DeleteMeeting
from agent.schemes import load_scheme
from agent.services import authorisations
from agent.services.call_book import Booking, ask
from agent.services.call_case import NOW, How
from agent.services.call_office import Office
from agent.services.calls import Recorded, record
from agent.services.consents import device_named
from agent.services.people import import_staff
from agent.store.call_keys import CallKeys
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.store.windows import Windows
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import App, Line
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.live import ZoomLive
from connectors.zoom.meetings import ZoomMeetingControl, ZoomMeetings
from connectors.zoom.shared_live import SharedLive
from tests.support import calls as said
from tests.support.estates import BASE, BY, NO_PATIENCE, Clock, InProcess, World, make_world
from tests.support.registers import as_file
from tests.support.zoom_world import reader, with_zoom

CODES = ("LEI", "MDI")
WITHIN, LINGER = said.RULES.remove_within, said.RULES.linger
LEASE = timedelta(seconds=30)


@dataclass
class Family(World):
    """A world in which MDI makes calls. Its two iPads' users have consented."""

    office: Office

    def __init__(self, world: World, office: Office) -> None:
        super().__init__(world.clock, world.core, world.store, world.postbox, world.worker)
        self.office = office

    # people

    def ask(self, device: str = "MDIBT001", at: datetime | None = None, **more: Any) -> str:
        """A new call in two hours; its id."""
        booking = Booking(
            device=device_named(self.store, device),
            at=at or self.clock.now + timedelta(hours=2),
            until=(at or self.clock.now + timedelta(hours=2)) + timedelta(hours=1),
            room="Chapel office",
        )
        what = Asked(reason="dying-relative", resident=more.get("number", said.NUMBER))
        return ask(self.office, booking, what, said.by("SPOC")).call.id

    def say(self, call: str, what: Statement, word: str = "SPOC", how: How = NOW) -> Recorded:
        return record(self.office, call, what, said.by(word), how)

    def prepared(
        self, device: str = "MDIBT001", at: datetime | None = None, **more: Any
    ) -> str:
        """Approved, compact signed, contact informed and confirmed."""
        call = self.ask(device, at, **more)
        said.approved(self.office, call)
        informed = replace(said.INFORMED, email=more.get("email", said.EMAIL))
        for what in (said.COMPACT, informed, said.CONFIRMED):
            self.say(call, what)
        return call

    def invited(self, device: str = "MDIBT001", at: datetime | None = None, **more: Any) -> str:
        """The same, and Zoom has taken the invitation."""
        call = self.prepared(device, at, **more)
        self.say(call, Invite())
        self.settle()
        return call

    def started(self, **more: Any) -> str:
        """The family has accepted and the call runs, in our memory and in Zoom."""
        call = self.invited(**more)
        self.accepts()
        self.say(call, said.PRECALL, "SUP")
        self.say(call, said.STARTED, "SUP")
        self.zoom.meetings.start(self.user(), "a call", self.clock.now)
        return call

    def ends(self, call: str) -> None:
        """The meeting is over, and staff say so."""
        self.hang_up()
        self.say(call, said.ENDED, "SUP")

    def attested(self, call: str) -> None:
        """The contact is removed on the iPad, and two people say so."""
        self.zoom.contacts.remove(self.user(), said.EMAIL, self.clock.now)
        self.say(call, REMOVED)

    # Zoom

    @property
    def zoom(self) -> Any:
        return self.core.zoom

    def user(self, local_id: str = "MDIBT001") -> str:
        return str(self.named(local_id).zoom_user)

    def named(self, local_id: str) -> Any:
        ipads = (self.ipad(number) for number in range(2 * len(CODES)))
        return next(one for one in ipads if one.local_id == local_id)

    def accepts(self, email: str = said.EMAIL, by: str = "") -> None:
        """The family takes the invitation, and we see it."""
        assert self.zoom.contacts.accept(self.user(), email, self.clock.now, by)
        self.later(seconds=20)

    def hang_up(self) -> None:
        for key, found in list(self.zoom.meetings.running()):
            self.zoom.meetings.finish(key, found, self.clock.now)

    def listed(self, local_id: str = "MDIBT001") -> frozenset[str]:
        """Whom the iPad's group may add, as Zoom has it."""
        told = self.ports.lists.allow_lists(self.named(local_id).zoom_group)
        assert isinstance(told.adding, Known)
        assert isinstance(told.chatting, Known)
        assert told.adding.value.addresses == told.chatting.value.addresses
        return told.adding.value.addresses

    @property
    def ports(self) -> ContactZoom:
        found: Any = self.worker.effects["zoom.allow-list"]
        zoom: ContactZoom = found.zoom
        return zoom

    # time and memory

    def later(self, **passes: float) -> None:
        """Time passes, and what is due is done."""
        self.clock.now += timedelta(**passes)
        self.settle()

    def windows(self, call: str) -> list[Window]:
        with self.store.read() as tx:
            return Windows(tx).of(call)

    def state(self, call: str) -> State:
        return self.windows(call)[-1].state


REMOVED = Removed(
    removed_by="S-MDI-SUP", seen_by="S-MDI-CHAP", contact=True, call_history=True, chat=True,
    mailbox=True,
)  # fmt: skip


def a_family(
    folder: Path, *, consents: bool = True, where: str = "", clock: Clock | None = None
) -> Family:
    """Two establishments, four iPads. `where`: the URL of another database."""
    world = make_world(where or folder, codes=CODES, clock=clock)
    numbers = range(2 * len(CODES)) if consents else range(0)
    keys = CallKeys(folder / "call-keys")
    world = with_zoom(world, folder, numbers).with_effect("sweep", keys=keys)
    staff = said.staff_rows()
    import_staff(world.store, load_scheme(), as_file(staff, COLUMNS), BY)
    tags = tuple(
        world.ipad(n).asset_tag for n in range(4) if world.ipad(n).local_id.startswith("MDI")
    )
    today = world.clock.now.date()
    dates = {"dated": today - timedelta(days=19), "review_on": today + timedelta(days=60)}
    letter = said.a_letter(tags=tags, **dates)
    authorisations.record(world.store, said.RULES, letter, said.by("SPOC"))
    office = Office(world.store, keys, said.RULES, said.POLICY)
    outside = outside_of(world, folder)
    store, policy = world.store, said.POLICY
    effects: list[Any] = [
        SetAllowList(store, keys, outside, WITHIN, LEASE),
        InviteContact(store, keys, outside, LEASE),
        WatchAcceptance(store, keys, outside, LEASE),
        CloseWindow(store, outside, LINGER, LEASE),
        VerifyRemoval(store, keys, outside, policy, WITHIN, LEASE),
        ArrangeMeeting(store, keys, outside, policy, LEASE),
        DeleteMeeting(store, outside, WITHIN, LEASE),
    ]
    every = {**world.worker.effects, **{one.kind: one for one in effects}}
    slots = {"closing": 10, **world.worker.slots}
    world.worker = replace(world.worker, effects=every, slots=slots)
    return Family(world, office)


def outside_of(world: World, folder: Path) -> ContactZoom:
    """Both apps of the sandbox, as the wiring makes them, without a pace."""
    apps, now = world.core.zoom.apps, world.core.clock
    read, act = apps.known["reader"], apps.known["actor"]
    reach = Reach(patience=NO_PATIENCE, adapter=lambda: InProcess(world.core))
    line = Line(
        login_url=f"{BASE}/zoom", reach=reach, pacer=LocalPacer({}), now=now, away=timedelta(0)
    )
    reading = App(apps.account_id, read.client_id, read.client_secret)
    acting = App(apps.account_id, act.client_id, act.client_secret)
    estate = reader(world, SealedTokens(world.store, KeyFile(folder / "zoom.key")))
    live = ZoomLive(line, reading)
    return ContactZoom(
        users=estate,
        lists=estate,
        control=ZoomListControl(line, acting),
        invitations=ZoomInvitations(line, acting),
        contacts=estate,
        live=live,
        glance=SharedLive(live, now, GLANCE),
        meetings=ZoomMeetings(line, reading),
        arranging=ZoomMeetingControl(line, acting),
    )
