"""How one kind of obligation is met: look, act, record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from agent.store.engine import Transaction
from agent.store.ledger import Claim


@dataclass(frozen=True, slots=True)
class Answered:
    """The outside has answered, yes or no; `proof` holds ids and counts, no personal data."""

    result: str
    proof: Mapping[str, str] = field(default_factory=dict)


class Look(Enum):
    """What a look says when it is no answer."""

    NOTHING_THERE = "proven not to have happened"
    CANNOT_TELL = "this provider does not let us see"


@dataclass(frozen=True, slots=True)
class Later:
    """Not yet, and nothing is wrong. `due`: nothing was promised for before then."""

    at: datetime
    why: str
    due: datetime | None = None


class Effect(Protocol):
    """One kind of obligation. An effect is frozen: its attributes are read, never set."""

    @property
    def kind(self) -> str: ...

    @property
    def lane(self) -> str: ...

    @property
    def lease(self) -> timedelta:
        """Longer than look and act can take together, or than one step between renewals."""
        ...

    def look(self, claim: Claim) -> Answered | Look:
        """What the outside already shows."""
        ...

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Make it so, once. Retries are the ledger's business."""
        ...

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Domain rows and what is owed next, in the ledger's own transaction."""
        ...
