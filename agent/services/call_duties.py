"""What people owe after a step."""

from agent.domain.application import Comment, Decision, DecisionConfirmed
from agent.domain.call import Call, Entry
from agent.domain.statement import Statement
from agent.services.call_office import Office
from agent.store.engine import Transaction
from agent.store.tasks import Task, Tasks

CONFIRM = "confirm-decision"


def follow(tx: Transaction, office: Office, call: Call, said: Statement, entry: Entry) -> None:
    """Owe what follows from this step, and mark what it settles."""
    due = entry.at + office.rules.confirm_within

    def owe(kind: str, owner: str, says: str) -> None:
        Tasks(tx).owe(
            Task(
                kind=kind, subject=call.id, establishment=call.establishment, owner=owner,
                says=says, due=due,
            )
        )  # fmt: skip

    match said:
        case Comment(outcome="unreachable"):
            name = office.rules.departments[said.department]
            owe(f"comment/{said.department}", said.department, f"{name} comments (P2)")
        case Comment():
            Tasks(tx).done(f"comment/{said.department}", call.id, entry.by, said.reference)
        case Decision(verbal=True):
            owe(CONFIRM, "governor", "the decision by telephone is confirmed (Q27)")
        case DecisionConfirmed():
            Tasks(tx).done(CONFIRM, call.id, said.confirmed_by, said.form)
        case _:
            pass
