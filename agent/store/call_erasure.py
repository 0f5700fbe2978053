"""When a call's personal data is due to go, what holds it, and that it goes.

What holds it is asked of each function of HOLDERS: another one is one more line there.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import or_, select

from agent.domain.call import Call
from agent.domain.contact import State
from agent.domain.incident import GRAVE
from agent.domain.people import AGENT, Actor
from agent.domain.retention import AFTERWARDS, over_since
from agent.store.audit import Audit
from agent.store.calls import Calls
from agent.store.engine import Transaction
from agent.store.findings import finding
from agent.store.incident_table import NOT_CLOSED, incident
from agent.store.ledger import Ledger
from agent.store.legs import Legs
from agent.store.tasks import Tasks
from agent.store.windows import Windows

ERASE = "call.erase"
ERASED = "erased"
LOOKED = (State.VERIFIED, State.NOT_VERIFIED)


def owe(tx: Transaction, call: Call, keep: timedelta) -> None:
    """In the transaction in which the call gets over."""
    since = over_since(call)
    if since is not None:
        Ledger(tx).owe(ERASE, call.id, since + keep)


def put_off(tx: Transaction, call: Call) -> None:
    """The call was brought back: it is owed anew once it is over again."""
    Ledger(tx).withdraw(f"{ERASE}/{call.id}")


def holds(tx: Transaction, call: Call) -> tuple[str, ...]:
    """What keeps the personal data of this call from being erased; empty: nothing does."""
    return tuple(says for holder in HOLDERS for says in holder(tx, call))


def strike(tx: Transaction, call: Call, by: Actor = AGENT, second: str = "") -> None:
    """What is sealed leaves the database. Its key goes after the commit, and never before."""
    Calls(tx).erase(call.id, tx.now)
    Legs(tx).forget(call.id)
    for window in Windows(tx).of(call.id):
        Windows(tx).keep_sealed(window, None)
    both = {"second": second} if second else {}
    Audit(tx).add("CALL_ERASURE_BEGUN", "CALL", call.id, by=by, details=both)


def erased(tx: Transaction, call_id: str, by: Actor = AGENT, second: str = "") -> None:
    """The key is gone too."""
    both = {"second": second} if second else {}
    Audit(tx).add("CALL_ERASED", "CALL", call_id, by=by, details=both)


def _tasks(tx: Transaction, call: Call) -> Iterable[str]:
    """That of its IR among them."""
    if any(one.done_at is None for one in Tasks(tx).of(call.id)):
        yield "a task of it is open"


def _incidents(tx: Transaction, call: Call) -> Iterable[str]:
    """Of the call, or of its iPad and told by the time that the call's traces are found."""
    since = over_since(call)
    until = tx.now if since is None else since + AFTERWARDS
    i, f = incident.c, finding.c
    of_many = select(f.incident).where(
        f.subject == call.device, f.cleared_at.is_(None), f.opened_at <= until
    )
    of_it = i.subject.in_((call.id, call.device)) & (i.opened_at <= until)
    grave = NOT_CLOSED & i.category.in_(one.value for one in GRAVE)
    found = select(i.id).where(grave, or_(of_it, i.id.in_(of_many))).order_by(i.id)
    for name in tx.sql.scalars(found):
        yield f"{name} is not closed"


def _windows(tx: Transaction, call: Call) -> Iterable[str]:
    """Its address is needed until it was looked whether the contact is gone."""
    for one in Windows(tx).of(call.id):
        if one.state not in LOOKED:
            yield f"its contact window is {one.state.value}"


HOLDERS: tuple[Callable[[Transaction, Call], Iterable[str]], ...] = (
    _tasks,
    _incidents,
    _windows,
)
