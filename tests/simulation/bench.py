"""What costs too much to be made for each schedule: templates, engines, connectors."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from agent.schemes import config_folder
from agent.services.consents import device_named, give_consent
from agent.store.engine import Store
from agent.store.opening import open_store
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from connectors.http import Reach
from connectors.mdm.intune import IntuneMdm
from connectors.retry import Patience
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Estate, read_establishments
from connectors.sandbox.records import Records
from tests.support.estates import BASE, BY, application, fill

BEGINS = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday: the long search is on Sundays
HEALTHY_AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PLACES, IPADS = 2, 3
AGENTS = ("agent A", "agent B")
COMMAND = "command"
MEMORY = Path("/dev/shm")
PATIENCE = Patience(total=timedelta(seconds=30), first_wait=timedelta(microseconds=1), tries=2)
"""Waits of a microsecond, or none: time passes in this world alone."""


@cache
def an_estate() -> Estate:
    """Two establishments, of which one has two iPads."""
    places = read_establishments(config_folder() / "establishments.csv", PLACES)
    return Estate(1, HEALTHY_AT, places, IPADS)


class Relay(HTTPAdapter):
    """Hands each request to the adapter of the schedule that is played now."""

    inner: HTTPAdapter

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        return self.inner.send(request, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one process after another lives: its way to the database and to the MDM."""

    store: Store
    relay: Relay
    mdm: IntuneMdm

    def leave(self) -> None:
        """The process is dead: the system closes its files."""
        self.store.engine.dispose()
        self.store.reader.dispose()


@dataclass
class Bench:
    """For one process of the drill; one schedule at a time, whose time `now` tells."""

    folder: Path
    places: Mapping[str, Place] = field(init=False)
    now: Callable[[], datetime] = lambda: BEGINS
    _templates: dict[bool, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for with_zoom in (False, True):
            self._templates[with_zoom] = self._template(with_zoom=with_zoom)
        self.file.write_bytes(self._templates[True])
        self.places = {name: self._place() for name in (*AGENTS, COMMAND)}

    @property
    def file(self) -> Path:
        return self.folder / "callsteward.db"

    @property
    def key_file(self) -> Path:
        return self.folder / "zoom.key"

    def clock(self) -> datetime:
        return self.now()

    def core(self, *, with_zoom: bool) -> Core:
        """The outside as it was when the template was made."""
        core = Core(Records(an_estate()), application(), self.clock, BASE)
        core.zoom.limits.scale = 1000.0  # much happens in little time here
        for ipad in an_estate() if with_zoom else ():
            core.zoom.oauth.consented(ipad.zoom_user)
        return core

    def reset(self, now: Callable[[], datetime], *, with_zoom: bool) -> None:
        """The database as it was when the template was made, for a schedule of this time."""
        for place in self.places.values():
            place.leave()
        for name in ("-wal", "-shm"):
            self.file.with_name(self.file.name + name).unlink(missing_ok=True)
        self.file.write_bytes(self._templates[with_zoom])
        self.now = now

    def close(self) -> None:
        for place in self.places.values():
            place.store.close()

    def _template(self, *, with_zoom: bool) -> bytes:
        """Staff, inboxes and register; with Zoom also each user's consent."""
        file = self.folder / f"template-{with_zoom}.db"
        store = open_store(f"sqlite:///{file}", self.clock)
        fill(store, an_estate())
        core = self.core(with_zoom=False)
        for ipad in an_estate() if with_zoom else ():
            token = core.zoom.oauth.consented(ipad.zoom_user)
            tokens = SealedTokens(store, KeyFile(self.key_file))
            device = device_named(store, ipad.asset_tag)
            give_consent(tokens, device, ipad.m365_user_id, token, BY)
        store.close()
        return file.read_bytes()

    def _place(self) -> Place:
        relay = Relay()
        identity = application()
        mdm = IntuneMdm(
            tenant=identity.tenant_id,
            client_id=identity.client_id,
            certificate=identity.signed.certificate_pem(),
            key=identity.signed.key_pem(),
            base_url=BASE,
            authority=BASE,
            page_size=3,
            reach=Reach(patience=PATIENCE, adapter=lambda: relay),
            now=self.clock,
        )
        return Place(open_store(f"sqlite:///{self.file}", self.clock), relay, mdm)


@contextmanager
def a_bench(folder: Path) -> Iterator[Bench]:
    bench = Bench(folder)
    try:
        yield bench
    finally:
        bench.close()


@contextmanager
def a_folder() -> Iterator[Path]:
    """In memory where there is such a place: a disk would be asked to sync for each commit."""
    place = str(MEMORY) if MEMORY.is_dir() else None
    with TemporaryDirectory(prefix="callsteward-simulation-", dir=place) as name:
        yield Path(name)
