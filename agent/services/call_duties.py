"""What people owe after a step, what it settles, and who is told of it."""

from collections.abc import Iterable

from agent.domain.application import Comment, Decision, DecisionConfirmed
from agent.domain.call import Call, Entry, State, security_issue
from agent.domain.call_incidents import OVERRIDDEN
from agent.domain.call_rules import CallRules
from agent.domain.call_watch import BEFORE
from agent.domain.in_call import Concern, Ended, Reported, Reviewed, Started
from agent.domain.people import Actor
from agent.domain.retention import ENDS
from agent.domain.statement import Statement
from agent.services.call_office import Office
from agent.services.contact_windows import follow as follow_window
from agent.store import call_erasure
from agent.store.engine import Transaction
from agent.store.ledger import Ledger
from agent.store.legs import WATCH
from agent.store.register import Register
from agent.store.tasks import Task, Tasks
from agent.store.telling import clear, raise_and_tell

CONFIRM, REVIEW, IR = "confirm-decision", "review-override", "ir"


def follow(
    tx: Transaction, office: Office, call: Call, said: Statement, entry: Entry, by: Actor
) -> None:
    """All of it in the transaction of the step."""
    due = entry.at + office.rules.confirm_within
    for kind, owner, says in _owed(call, said, entry, office.rules):
        Tasks(tx).owe(
            Task(
                kind=kind, subject=call.id, establishment=call.establishment, owner=owner,
                says=says, due=due,
            )
        )  # fmt: skip
    for kind, who, reference in _settled(said, entry):
        Tasks(tx).done(kind, call.id, who, reference)
    if call.state in (State.CANCELLED, State.REFUSED):
        _no_longer(tx, call, entry)
    follow_window(tx, office, call, said, entry)
    if entry.step in ENDS:
        call_erasure.owe(tx, call, office.keep)
    elif entry.step == "move":
        call_erasure.put_off(tx, call)
    _watch(tx, call, entry)
    asset = Register(tx).get(call.device)
    if asset is not None and isinstance(said, Started) and _machine(entry):
        raise_and_tell(tx, office.policy, OVERRIDDEN, asset, "overridden", by)
    if asset is not None and isinstance(said, Reviewed):
        clear(tx, OVERRIDDEN, asset, by)


def _watch(tx: Transaction, call: Call, entry: Entry) -> None:
    """Whether it runs in Zoom is looked at from shortly before its time until it is over."""
    if entry.step in ("approve", "move") and call.state is State.APPROVED:
        Ledger(tx).owe(WATCH, call.id, max(tx.now, call.at - BEFORE))
    elif entry.step in ("start", "drop", "end"):
        Ledger(tx).owe(WATCH, call.id, tx.now)


def _no_longer(tx: Transaction, call: Call, entry: Entry) -> None:
    """A call that will not be made needs no comment and no confirmation."""
    for owed in Tasks(tx).of(call.id):
        Tasks(tx).done(owed.kind, call.id, entry.by)


def _owed(
    call: Call, said: Statement, entry: Entry, rules: CallRules
) -> Iterable[tuple[str, str, str]]:
    """Kind, the role that owes it, and what."""
    match said:
        case Comment(outcome="unreachable"):
            name = rules.departments[said.department]
            yield f"comment/{said.department}", said.department, f"{name} comments (P2)"
        case Decision(verbal=True):
            yield CONFIRM, "governor", "the decision by telephone is confirmed (Q27)"
        case Concern() | Ended() if security_issue(call) and not call.said("ir"):
            yield IR, "security", "an IR is submitted too (D8)"
        case Started() if _machine(entry):
            yield REVIEW, "governor", "the override of a machine's word is reviewed (E5)"
        case _:
            pass


def _settled(said: Statement, entry: Entry) -> Iterable[tuple[str, str, str]]:
    """Kind, who did it, and its reference."""
    match said:
        case Comment() if said.outcome != "unreachable":
            yield f"comment/{said.department}", entry.by, said.reference
        case DecisionConfirmed():
            yield CONFIRM, said.confirmed_by, said.form
        case Reported():
            yield IR, entry.by, said.reference
        case Reviewed():
            yield REVIEW, said.decided_by, ""
        case _:
            pass


def _machine(entry: Entry) -> bool:
    """Whether more than the resident's withdrawal was decided otherwise."""
    return any(not says.endswith("(B2)") for says in entry.listed("overridden"))
