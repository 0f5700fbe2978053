"""Owing a sweep: tonight's, once, or one by hand."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.domain.people import Actor
from agent.errors import BadInput
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.register import Register

BY_HAND = "hand-"
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sweep by hand: nobody else can take it until its lease ends."""

    id: str
    claim: Claim
    now: datetime


def sweep_by_hand(store: Store, by: Actor, lease: timedelta) -> Begun:
    """Owe a sweep of its own id and claim it at once. It is no night's sweep."""
    with store.begin() as tx:
        if by.is_staff:
            must_work_here(tx, by)
        if not Register(tx).all():
            raise BadInput(
                "the register is empty: there is nothing to check",
                "Run: callsteward register import FILE",
            )
        sweep_id = f"{BY_HAND}{tx.now:%Y-%m-%dT%H.%M.%S.%f}Z"
        _abandon_cut_off(tx, sweep_id)
        key = Ledger(tx).owe("sweep", sweep_id, tx.now)
        Audit(tx).add("SWEEP_ASKED", "SWEEP", sweep_id, by=by, because=sweep_id)
        claim = Ledger(tx).claim(key, lease)
        if claim is None:
            raise BadInput("two sweeps began in the same microsecond", "Run it again.")
        return Begun(sweep_id, claim, tx.now)


def _abandon_cut_off(tx: Transaction, newer: str) -> None:
    """A sweep by hand that was cut off, and that nobody holds, is overtaken by this one."""
    for owed in Ledger(tx).open("sweep"):
        if owed.subject.startswith(BY_HAND) and Ledger(tx).abandon(owed.key, newer):
            details = {"overtaken by": newer}
            audit = Audit(tx)
            audit.add("SWEEP_ABANDONED", "SWEEP", owed.subject, because=newer, details=details)


def owe_nights(store: Store, at: time) -> tuple[date, ...]:
    """Owe the night that began last and the one that comes next, each once for ever.

    `at` is UK time, 02:00 or later. Returns the nights that were not owed before.
    """
    with store.begin() as tx:
        today = tx.now.astimezone(LONDON).date()
        new = []
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            due = datetime.combine(day, at, LONDON)
            if due > tx.now - timedelta(days=1) and Ledger(tx).owe_once(
                "sweep", day.isoformat(), due
            ):
                new.append(day)
        return tuple(new)
