"""Zoom's events are kept for a time, and then forgotten; at most once a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.effects.base import Answered, Look
from agent.store.engine import Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.zoom_events import FORGET, KEPT, OLD, ZoomEvents

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ForgetEvents:
    """No event is here that was received longer ago than they are kept."""

    kind = FORGET
    lane = "routine"
    lease = timedelta(seconds=30)

    def look(self, claim: Claim) -> Look:
        """Doing it again is no harm."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Nothing is done outside."""
        return Answered("forgotten")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """What is left has its own time to come."""
        ZoomEvents(tx).forget(tx.now - KEPT)
        oldest = ZoomEvents(tx).oldest()
        if oldest is not None:
            Ledger(tx).owe(FORGET, OLD, due=max(oldest + KEPT, tx.now + A_DAY))
