"""What the calls' schedules share: one establishment with two iPads, and two calls prepared."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from agent.domain.application import Asked
from agent.domain.staff import COLUMNS
from agent.schemes import config_folder, load_scheme
from agent.services import authorisations
from agent.services.call_book import Booking, ask
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named, give_consent
from agent.services.people import import_staff
from agent.store.call_keys import CallKeys
from agent.store.engine import Store
from agent.store.opening import open_store
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Estate, read_establishments
from connectors.sandbox.records import Records
from tests.simulation.bench import AGENTS
from tests.support import calls as said
from tests.support.estates import BASE, BY, application, fill
from tests.support.registers import as_file

PLACE = "MDI"
IPADS = ("MDIBT001", "MDIBT002")
DESKS = ("desk 1", "desk 2")
BEGINNINGS = (
    datetime(2026, 11, 23, 22, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 23, 50, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 25, tzinfo=UTC),  # clocks go back at 01:00 UTC
    datetime(2026, 3, 29, 0, 25, tzinfo=UTC),  # and forward
)
AHEAD, LASTS = timedelta(minutes=20), timedelta(minutes=25)
FAMILY = "@family.example"
CANARIES = (said.NUMBER, "Blogginsworth", FAMILY, said.PHONE, "minutes are left")
"""What must be nowhere but in sealed rows, in Zoom, and in the words of people."""


def address(number: int) -> str:
    """Of the family that was informed with this number."""
    return f"jo.{number}{FAMILY}"


@cache
def a_place(begins: datetime) -> Estate:
    """The establishment as it is at this time."""
    every = read_establishments(config_folder() / "establishments.csv")
    own = [one for one in every if one.code == PLACE]
    return Estate(1, begins - timedelta(hours=11), own, len(IPADS))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one process after another lives."""

    store: Store

    def leave(self) -> None:
        """The process is dead: the system closes its files."""
        self.store.engine.dispose()
        self.store.reader.dispose()


@dataclass
class CallsBench:
    """For one process of the drill; one schedule at a time, whose time `now` tells."""

    folder: Path
    ready: int = len(IPADS)  # calls that are prepared in the template
    places: Mapping[str, Desk] = field(init=False)
    begins: datetime = BEGINNINGS[0]
    now: Callable[[], datetime] = lambda: BEGINNINGS[0]
    _templates: dict[datetime, tuple[bytes, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for begins in sorted(set(BEGINNINGS)):
            self._templates[begins] = self._template(begins)
        self.file.write_bytes(self._templates[self.begins][0])
        names = (*AGENTS, *DESKS)
        self.places = {
            name: Desk(open_store(f"sqlite:///{self.file}", self.clock)) for name in names
        }

    @property
    def file(self) -> Path:
        return self.folder / "callsteward.db"

    @property
    def key_file(self) -> Path:
        return self.folder / "zoom.key"

    @property
    def keys(self) -> CallKeys:
        return CallKeys(self.folder / "call-keys")

    @property
    def estate(self) -> Estate:
        return a_place(self.begins)

    @property
    def prepared(self) -> tuple[str, ...]:
        """The calls that wait for their invitation, one for each iPad in turn."""
        return self._templates[self.begins][1]

    def clock(self) -> datetime:
        return self.now()

    def core(self, true_time: Callable[[], datetime]) -> Core:
        """The outside as it was when the template was made."""
        core = Core(Records(self.estate), application(), true_time, BASE)
        core.zoom.limits.scale = 1000.0  # much happens in little time here
        for ipad in self.estate:
            core.zoom.oauth.consented(ipad.zoom_user)
        return core

    def reset(self, begins: datetime, now: Callable[[], datetime]) -> None:
        """The database as it was when the template was made, for a schedule of this time."""
        for place in self.places.values():
            place.leave()
        for name in ("-wal", "-shm"):
            self.file.with_name(self.file.name + name).unlink(missing_ok=True)
        self.file.write_bytes(self._templates[begins][0])
        self.begins, self.now = begins, now

    def close(self) -> None:
        for place in self.places.values():
            place.store.close()

    def _template(self, begins: datetime) -> tuple[bytes, tuple[str, ...]]:
        file, estate = self.folder / f"template-{begins:%m%d%H}.db", a_place(begins)
        store = open_store(f"sqlite:///{file}", lambda: begins)
        fill(store, estate)
        core = Core(Records(estate), application(), lambda: begins, BASE)
        for ipad in estate:
            token = core.zoom.oauth.consented(ipad.zoom_user)
            tokens = SealedTokens(store, KeyFile(self.key_file))
            device = device_named(store, ipad.asset_tag)
            give_consent(tokens, device, ipad.m365_user_id, token, BY)
        here = [one for one in said.staff_rows() if one["establishment"] in ("", PLACE)]
        import_staff(store, load_scheme(), as_file(here, COLUMNS), BY)
        letter = said.a_letter(
            tags=tuple(ipad.asset_tag for ipad in estate),
            dated=date(2026, 3, 1), review_on=date(2027, 2, 1),
        )  # fmt: skip
        authorisations.record(store, said.RULES, letter, said.by("SPOC"))
        office = Office(store, self.keys, said.RULES, said.POLICY)
        calls = tuple(_prepared(office, begins, number) for number in range(self.ready))
        store.close()
        return file.read_bytes(), calls


def _prepared(office: Office, begins: datetime, number: int) -> str:
    """Approved; compact signed, family informed and confirmed."""
    at = begins + AHEAD + (number // len(IPADS)) * LASTS
    call = ask(office, booking(office.store, IPADS[number % len(IPADS)], at), ASKED, SPOC)
    said.approved(office, call.call.id)
    informed = replace(said.INFORMED, email=address(number))
    for what in (said.COMPACT, informed, said.CONFIRMED):
        record(office, call.call.id, what, SPOC)
    return call.call.id


def booking(store: Store, ipad: str, at: datetime) -> Booking:
    return Booking(
        device=device_named(store, ipad), at=at, until=at + LASTS, room="Chapel office"
    )


SPOC = said.by("SPOC")
ASKED = Asked(reason="dying-relative", resident=said.NUMBER)


@contextmanager
def a_calls_bench(folder: Path, ready: int = len(IPADS)) -> Iterator[CallsBench]:
    bench = CallsBench(folder, ready)
    try:
        yield bench
    finally:
        bench.close()
