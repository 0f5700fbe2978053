"""A small estate in which all is real but the sockets: store, services, effects, connector.

The outside is the sandbox's socket-free core, asked through the real requests session; letters
go into a postbox in memory. Time stands still unless a test moves it.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from agent.domain.channels import MAIL
from agent.domain.check import Finding, Verdict
from agent.domain.incident import Incident
from agent.domain.people import Actor
from agent.domain.register_plan import Change, Diff
from agent.domain.uk_time import LONDON
from agent.effects.base import Effect
from agent.effects.mail import SendMail
from agent.effects.sweep import RunSweep
from agent.errors import TryAgain
from agent.policies import load_policy
from agent.ports.alerts import Channel, Mailer
from agent.schemes import config_folder, load_scheme
from agent.services.people import import_contacts, import_staff
from agent.services.register import import_register
from agent.services.sweep import owe_nights
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.findings import Findings, Open
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger, Owed
from agent.store.register import Register
from agent.store.sweeps import Sweep, Sweeps
from agent.tick import Worker
from connectors.alerts.mail import MailChannel
from connectors.http import Reach
from connectors.mdm.intune import IntuneMdm
from connectors.retry import Patience
from connectors.sandbox import paperwork
from connectors.sandbox.core import Core
from connectors.sandbox.estate import Estate, Ipad, read_establishments
from connectors.sandbox.failures import Failure
from connectors.sandbox.identity import Identity, identity
from connectors.sandbox.records import DEVICES, Edit, Records
from connectors.sandbox.wire import Break, Request, content, stamp
from tests.support.stores import a_store

BASE = "https://graph.example"
NO_PATIENCE = Patience(
    total=timedelta(seconds=1), first_wait=timedelta(microseconds=1), tries=2
)
BY = Actor("S-INFOSEC", "done by a test")
FIRST_NIGHT = date(2026, 11, 21)
SLOTS = {"alarm": 50, "routine": 2}


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class InProcess(HTTPAdapter):
    """Mount it in place of the adapter that opens sockets."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        body = request.body or b""
        told = self._core.handle(
            Request(
                str(request.method),
                unquote(parts.path),  # once, as a web server does
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): str(value) for name, value in request.headers.items()},
                body.encode() if isinstance(body, str) else body,
            )
        )
        if told.breaks is not Break.NONE:
            raise requests.ConnectionError(told.breaks.value, request=request)
        raw = HTTPResponse(
            io.BytesIO(content(told)),
            dict(told.headers),
            told.status,
            preload_content=False,
        )
        return self.build_response(request, raw)


@dataclass
class Postbox:
    """The port `Mailer`, in memory. `away`: nothing is taken for now."""

    away: bool = False
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        if self.away:
            raise TryAgain("the mail server is away")
        mail = message_from_bytes(message, policy=policy.default)
        self.mails.append((to, mail))
        return f"250 queued as {len(self.mails)}"

    def to(self) -> list[str]:
        return [to for to, _ in self.mails]


def told_by(mailer: Mailer) -> Mapping[str, Channel]:
    """The channels of an agent that has a mail server and nothing else."""
    return {MAIL: MailChannel(mailer, "callsteward@justice.example")}


@cache
def application() -> Identity:
    return identity(seed=1)


@dataclass
class World:
    """What a scenario speaks of. iPads are counted from 0, two for each establishment."""

    clock: Clock
    core: Core
    store: Store
    postbox: Postbox
    worker: Worker

    def ipad(self, number: int) -> Ipad:
        return self.core.records.estate.ipad(number)

    def tag(self, number: int) -> str:
        return self.ipad(number).asset_tag

    def edit(self, number: int, **fields: object) -> None:
        """Fields of its record as Graph tells them."""
        self.core.records.edit(Edit(DEVICES, self.ipad(number).device_id, set=fields))

    def last_seen(self, number: int, days_ago: float) -> None:
        then = self.clock.now - timedelta(days=days_ago)
        self.edit(number, lastSyncDateTime=stamp(then))

    def move(self, number: int, code: str) -> None:
        """The register says from now on that it is at this establishment (A8)."""
        with self.store.begin() as tx:
            here = Register(tx).get(self.tag(number))
            assert here is not None
            there = replace(here, establishment=code, local_id=f"{code}BT{900 + number}")
            Register(tx).apply(Diff(moved=(Change(here, there),)), BY.id)

    def fails(self, *failures: Failure) -> None:
        """The sandbox's own switch; none: all endpoints answer again."""
        self.core.failures = list(failures)

    def night(self, day: date = FIRST_NIGHT) -> Sweep:
        """It is 02:00 in the UK: the sweep of this day, and the mail that it causes."""
        self.begin_night(day)
        self.settle()
        return self.sweep_of(day)

    def nights(self, count: int, first: date = FIRST_NIGHT) -> None:
        for later in range(count):
            self.night(first + timedelta(days=later))

    def begin_night(self, day: date = FIRST_NIGHT) -> None:
        self.clock.now = datetime.combine(day, time(2), LONDON).astimezone(UTC)
        owe_nights(self.store, time(2))

    def settle(self) -> None:
        """Do what is due, until nothing is."""
        while self.worker.tick(lambda lane, key: self.worker.perform(key)):
            pass

    def sweep_of(self, day: date = FIRST_NIGHT) -> Sweep:
        with self.store.read() as tx:
            found = Sweeps(tx).get(day.isoformat())
        assert found is not None
        return found

    def verdicts(self, day: date = FIRST_NIGHT) -> dict[tuple[str, str], Finding]:
        with self.store.read() as tx:
            found = Sweeps(tx).verdicts(day.isoformat())
        return {(finding.subject, finding.check): finding for finding in found}

    def passes(self, subject: str, day: date = FIRST_NIGHT) -> set[str]:
        """The checks that this subject passed."""
        return {
            check
            for (who, check), finding in self.verdicts(day).items()
            if who == subject and finding.verdict is Verdict.PASS
        }

    def incidents(self) -> list[Incident]:
        """Those that are not closed."""
        with self.store.read() as tx:
            return Incidents(tx).open()

    def standing(self) -> list[Incident]:
        """Those of them that are still found."""
        return [one for one in self.incidents() if one.cleared_at is None]

    def findings(self) -> list[Open]:
        with self.store.read() as tx:
            return Findings(tx).open()

    def owed(self, kind: str) -> list[Owed]:
        with self.store.read() as tx:
            return Ledger(tx).open(kind)

    def told(self) -> list[str]:
        """The addresses of all mail since it was last asked for, in order."""
        found = sorted(self.postbox.to())
        self.postbox.mails.clear()
        return found

    def audited(self) -> list[dict[str, Any]]:
        """The chain, which must hold."""
        with self.store.read() as tx:
            assert Audit(tx).broken() is None
            return [json.loads(row) for _, row, _ in Audit(tx).rows()]

    def with_effect(self, kind: str, **changes: Any) -> "World":
        """The same world, one effect of its worker changed."""
        effects: dict[str, Any] = dict(self.worker.effects)
        effects[kind] = replace(effects[kind], **changes)
        return replace(self, worker=replace(self.worker, effects=effects))


def make_world(
    where: Path | str,
    establishments: int = 3,
    database: bytes = b"",
    codes: Sequence[str] = (),
    clock: Clock | None = None,
) -> World:
    """A new estate, imported, before its first night. `database` is that of such a one;
    `codes` are its establishments, left out: the first ones."""
    clock = clock or Clock()
    every = read_establishments(
        config_folder() / "establishments.csv", 1000 if codes else establishments
    )
    places = [one for one in every if not codes or one.code in codes]
    estate = Estate(1, datetime(2026, 11, 21, 1, tzinfo=UTC), places, 2 * len(places))
    core = Core(Records(estate), application(), clock, BASE)
    if database:
        Path(where, "callsteward.db").write_bytes(database)
    store = a_store(where, clock)
    if not database:
        fill(store, estate)
    postbox = Postbox()
    effects: Mapping[str, Effect] = {
        "sweep": RunSweep(store=store, mdm=mdm(core, clock), policy=load_policy()),
        "mail": SendMail(
            store, told_by(postbox), timedelta(seconds=32), load_policy().fallback
        ),
    }
    return World(clock, core, store, postbox, Worker(store, effects, SLOTS))


def fill(store: Store, estate: Estate) -> None:
    """Staff, inboxes and register of this estate."""
    scheme = load_scheme()
    import_staff(store, scheme, paperwork.staff(estate).encode(), BY)
    import_contacts(store, scheme, paperwork.contacts(estate).encode(), BY)
    import_register(store, scheme, paperwork.register(estate).encode(), BY)


def mdm(core: Core, clock: Callable[[], datetime]) -> IntuneMdm:
    signed = core.entra.identity.signed
    return IntuneMdm(
        tenant=core.entra.identity.tenant_id,
        client_id=core.entra.identity.client_id,
        certificate=signed.certificate_pem(),
        key=signed.key_pem(),
        base_url=BASE,
        authority=BASE,
        page_size=3,
        reach=Reach(patience=NO_PATIENCE, adapter=lambda: InProcess(core)),
        now=clock,
    )
