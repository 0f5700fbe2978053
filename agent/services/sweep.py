"""Owing a sweep: tonight's, once, or one by hand."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent.domain.people import Actor
from agent.domain.uk_time import LONDON
from agent.errors import BadInput
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.register import Register
from agent.store.sweeps import Sweeps

A_DAY = timedelta(days=1)
BY_HAND = "hand-"


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
            Sweeps(tx).abandon(owed.subject)
            details = {"overtaken by": newer}
            audit = Audit(tx)
            audit.add("SWEEP_ABANDONED", "SWEEP", owed.subject, because=newer, details=details)


def _give_up_nights(tx: Transaction) -> None:
    for owed in Ledger(tx).open("sweep"):
        is_over = tx.now - owed.due >= A_DAY and not owed.subject.startswith(BY_HAND)
        if is_over and Ledger(tx).abandon(owed.key, "the next night has come"):
            Sweeps(tx).abandon(owed.subject)
            Audit(tx).add("NIGHT_MISSED", "SWEEP", owed.subject, because=owed.subject)


def owe_nights(store: Store, at: time) -> tuple[date, ...]:
    """Owe the night that began last and the one that comes next, each once for ever.

    `at` is UK time, 02:00 or later. Returns the nights that were not owed before. A night that
    nobody swept within a day is over: a sweep tells how things are now, not how they were.
    """
    with store.begin() as tx:
        today = tx.now.astimezone(LONDON).date()
        _give_up_nights(tx)
        new = []
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            due = datetime.combine(day, at, LONDON)
            if tx.now - due < A_DAY and Ledger(tx).owe_once("sweep", day.isoformat(), due):
                new.append(day)
        return tuple(new)
