"""What doctor reads of our own memory. Nothing is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent.domain.lateness import LATE_AFTER
from agent.domain.receipts import overdue
from agent.domain.scheme import Scheme
from agent.domain.uk_time import LONDON, uk_day
from agent.services.consents import Standing
from agent.services.consents import consents as every_consent
from agent.store.audit import Audit
from agent.store.consents import Consents
from agent.store.engine import Store
from agent.store.ledger import Ledger
from agent.store.people import People
from agent.store.register import Register
from agent.store.seal import KeyFile
from agent.store.sweeps import Sweep, Sweeps


@dataclass(frozen=True, slots=True)
class Estate:
    """Counts of the register, and codes of establishments."""

    ipads: int
    without_spoc: tuple[str, ...]
    receipts_overdue: int


@dataclass(frozen=True, slots=True)
class Night:
    """The night that began last. `sweep` None: not begun. `owed`: it is in the ledger."""

    day: date
    owed: bool
    sweep: Sweep | None


@dataclass(frozen=True, slots=True)
class Consenting:
    """How many iPads' users have consented, have lapsed, have never consented."""

    given: int
    lapsed: int
    missing: int


def estate(store: Store, scheme: Scheme) -> Estate:
    """What the register and the staff list say."""
    with store.read() as tx:
        assets = Register(tx).all()
        staff = People(tx).all_staff().values()
        today = uk_day(tx.now)
    places = {asset.establishment for asset in assets}
    served = {one.establishment for one in staff if one.active and one.role == "spoc"}
    owed = overdue(assets, scheme.register, today)
    return Estate(len(assets), tuple(sorted(places - served)), len(owed))


def last_night(store: Store, at: time) -> Night:
    """How the sweep went that was due last, at this UK time."""
    with store.read() as tx:
        day = _began(tx.now, at)
        owed = any(one.subject == day.isoformat() for one in Ledger(tx).open("sweep"))
        return Night(day, owed, Sweeps(tx).get(day.isoformat()))


def owed_too_long(store: Store) -> dict[str, int]:
    """How many obligations of each kind are late."""
    with store.read() as tx:
        return {
            kind: late
            for kind, after in LATE_AFTER.items()
            if (late := sum(tx.now - one.due > after for one in Ledger(tx).open(kind)))
        }


def consenting(store: Store) -> Consenting:
    """Of the iPads on the register."""
    found = Counter(one.standing for one in every_consent(store))
    return Consenting(found[Standing.GIVEN], found[Standing.LAPSED], found[Standing.MISSING])


def prove_key(store: Store, key_file: KeyFile) -> bool:
    """Whether something is sealed. Raises Misconfigured where its key is not as it must be."""
    with store.read() as tx:
        sealed = Consents(tx).any_sealed()
    if sealed is None:
        return False
    key_file.seal(in_use=True).require(sealed)
    return True


def audit_rows(store: Store) -> int | None:
    """How many rows the chain has; None where its end is not what its head names."""
    with store.read() as tx:
        seq, found = Audit(tx).head()
        return seq if Audit(tx).has(seq, found) else None


def read_by_infosec(store: Store) -> str | None:
    """The inbox that every security mail goes to."""
    with store.read() as tx:
        return People(tx).address("national", "", "infosec")


def has_telephones(store: Store) -> bool:
    """Whether somebody is told by telephone number."""
    with store.read() as tx:
        return any(box.address.startswith("+") for box in People(tx).inboxes())


def _began(now: datetime, at: time) -> date:
    """The UK day of the last sweep that was due."""
    here = now.astimezone(LONDON)
    return here.date() if here.time() >= at else here.date() - timedelta(days=1)
