"""What people owe is reminded of when it is due, and again with the governor.

The subject is the task: kind, subject and number. People's own work is never claimed or leased:
only the reminder is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.clock import ClockRules
from agent.domain.digest import of_task
from agent.domain.routes import Recipient
from agent.effects.base import Answered, Later, Look
from agent.errors import Superseded
from agent.store.digests import duty_of
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.letters import Letters
from agent.store.tasks import REMIND, Task, Tasks

DONE, TOLD = "it is done", "told twice; each digest has it from now on"
INBOXES = {
    "security": "security", "governor": "governor", "deputy-governor": "governor",
    "director": "governor",
}  # fmt: skip
"""The inbox that a role reads; any other one's tasks go to the SPOC."""


@dataclass(frozen=True, slots=True)
class RemindOfTask:
    """It is done, or whoever owes it and the governor were told that it is not."""

    store: Store
    rules: ClockRules
    kind = REMIND
    lane = "routine"
    lease = timedelta(seconds=10)

    def look(self, claim: Claim) -> Look:
        """A letter is owed once, whoever owes it again."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        with self.store.read() as tx:
            task = Tasks(tx).named(claim.subject)
        if task is None or task.done_at is not None:
            return Answered(DONE)
        again = task.due + self.rules.task_again
        if now < task.due:
            return Later(task.due, "it is not due", due=task.due)
        self._tell(claim, task, 1 if now < again else 2)
        if now < again:
            return Later(again, "it is not done", due=again)
        return Answered(TOLD)

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """Each letter is owed as it is written."""

    def _tell(self, claim: Claim, task: Task, number: int) -> None:
        first = INBOXES.get(task.owner, "spoc")
        roles = (first, "governor") if number > 1 else (first,)
        name = "TASK-" + claim.subject.replace("/", "-")
        with self.store.begin() as tx:
            if not Ledger(tx).renew(claim, self.lease):
                raise Superseded("somebody else reminds of this")
            for role in dict.fromkeys(roles):
                to = Recipient("establishment", task.establishment, role)
                letter = of_task(to, duty_of(task), name, number)
                Letters(tx).owe(f"{name}-{number}", to, letter)
