"""Owing the nightly test mail."""

from datetime import date, datetime, time, timedelta

from agent.domain.uk_time import LONDON
from agent.store.engine import Store
from agent.store.ledger import Ledger

KIND = "mail.route"
A_DAY = timedelta(days=1)


def owe_trials(store: Store, at: time) -> tuple[date, ...]:
    """Owe the test mail of the night that began last and of the next one, each once for ever.

    `at` is UK time, 02:00 or later. Returns the nights that were not owed before.
    """
    with store.begin() as tx:
        today = tx.now.astimezone(LONDON).date()
        new = []
        for day in (today - A_DAY, today, today + A_DAY):
            due = datetime.combine(day, at, LONDON)
            if tx.now - due < A_DAY and Ledger(tx).owe_once(KIND, day.isoformat(), due):
                new.append(day)
        return tuple(new)
