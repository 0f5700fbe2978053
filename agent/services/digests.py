"""Owing the morning's digests."""

from datetime import date, datetime, time, timedelta

from agent.domain.uk_time import LONDON
from agent.store.digests import DIGEST
from agent.store.engine import Store
from agent.store.ledger import Ledger

A_DAY = timedelta(days=1)


def owe_digests(store: Store, at: time) -> tuple[date, ...]:
    """Owe today's and tomorrow's, each once for ever; not one whose day is over.

    `at` is UK time. Returns the days that were not owed before.
    """
    with store.begin() as tx:
        today = tx.now.astimezone(LONDON).date()
        new = []
        for day in (today, today + A_DAY):
            due = datetime.combine(day, at, LONDON)
            if Ledger(tx).owe_once(DIGEST, day.isoformat(), due):
                new.append(day)
        return tuple(new)
