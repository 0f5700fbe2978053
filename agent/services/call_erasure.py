"""Erasing what is personal in a call before its time: two people, once nothing is open."""

from datetime import timedelta

from agent.domain.call import OVER, Call
from agent.domain.people import Actor
from agent.errors import NotAllowed
from agent.services.call_office import Office, staff_of
from agent.store.call_erasure import ERASE, ERASED, erased, holds, strike
from agent.store.calls import Calls
from agent.store.engine import Transaction
from agent.store.ledger import Claim, Ledger

LEASE = timedelta(seconds=30)


def erase(office: Office, call_id: str, by: Actor, second: Actor) -> Call:
    """Destroy the call's key. Doing it again is no harm; the agent ends what a crash left."""
    with office.store.begin() as tx:
        call = Calls(tx).get(call_id)
        for person in (by, second):
            staff_of(tx, person, call.establishment)
        claim = _begin(tx, call, by, second)
    office.keys.destroy(call.key)
    with office.store.begin() as tx:
        if claim is not None and Ledger(tx).finish(claim, "done", ERASED):
            erased(tx, call.id, by, second.id)
        return Calls(tx).get(call.id)


def _begin(tx: Transaction, call: Call, by: Actor, second: Actor) -> Claim | None:
    """None: the agent is at it, or it is done."""
    if call.erased_at is None:
        _may(tx, call, by, second)
        strike(tx, call, by, second.id)
        Ledger(tx).owe(ERASE, call.id, tx.now)
    return Ledger(tx).claim(f"{ERASE}/{call.id}", LEASE)


def _may(tx: Transaction, call: Call, by: Actor, second: Actor) -> None:
    gaps = {
        "two different people erase": by.id == second.id,
        f"it is {call.state.value}, not over": call.state not in OVER,
    }
    found = [*(says for says, yes in gaps.items() if yes), *holds(tx, call)]
    if found:
        raise NotAllowed(f"cannot erase: {'; '.join(found)}", "See: callsteward call show")
