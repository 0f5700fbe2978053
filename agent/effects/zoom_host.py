"""Whose host an id is that an event named. The subject is Zoom's id of the user."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.policy import Policy
from agent.effects.base import Answered, Look
from agent.errors import TryAgain
from agent.ports.zoom import UserList
from agent.store.engine import Store, Transaction
from agent.store.hosts import Hosts
from agent.store.ledger import Claim
from agent.store.noticing import HOST, resolve

FOUND, NOBODY, NO_ZOOM = "found", "no user of our account", "Zoom is not configured"


def unwatched(what: str, done: int, of: int) -> None:
    """For a reading that nobody looks at."""


@dataclass(frozen=True, slots=True)
class LearnHost:
    """All users of the account were read, and each is known as an iPad's or as nobody's."""

    store: Store
    users: UserList | None
    policy: Policy
    lease: timedelta
    kind = HOST
    lane = "alarm"

    def look(self, claim: Claim) -> Answered | Look:
        """A sweep may have learned it meanwhile."""
        with self.store.read() as tx:
            known = Hosts(tx).get(claim.subject)
        return Look.NOTHING_THERE if known is None else Answered(FOUND)

    def act(self, claim: Claim, now: datetime) -> Answered:
        """Zoom can be asked by e-mail alone, so the whole list is read."""
        if self.users is None:
            return Answered(NO_ZOOM)
        told = self.users.users(unwatched)
        accounts = {user.id: user.email for rows in told.rows.values() for user in rows}
        with self.store.begin() as tx:
            Hosts(tx).learn(Hosts(tx).news(accounts))
        if claim.subject not in accounts:
            if told.gap is not None:
                raise TryAgain(f"not all users were read: {told.gap}")
            return Answered(NOBODY)
        return Answered(FOUND)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """What was told of the account is told of the iPad, or is over."""
        if answer.result == FOUND:
            resolve(tx, self.policy, claim.subject)
