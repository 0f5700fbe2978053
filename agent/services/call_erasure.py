"""When what is personal in a call is erased; and erasing it before its time: two people, once
nothing is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import OVER, Call
from agent.domain.people import Actor
from agent.domain.retention import over_since
from agent.domain.uk_time import uk_day
from agent.errors import NotAllowed
from agent.services.call_office import Office, staff_of
from agent.store.call_erasure import ERASE, ERASED, erased, holds, strike
from agent.store.calls import Calls
from agent.store.engine import Transaction
from agent.store.ledger import Claim, Ledger

LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is personal in a call is kept. `due` (UTC): None while it is not over.
    `held` is what keeps it longer, as it stands now."""

    erased_at: datetime | None
    due: datetime | None
    held: tuple[str, ...]
    days: int

    def lines(self) -> Iterator[str]:
        """For people; days are those of the UK."""
        if self.erased_at is not None:
            yield f"what was personal was erased on {uk_day(self.erased_at)}"
        elif self.due is None:
            yield f"what is personal is kept until {self.days} days after the call is over"
        else:
            yield f"what is personal is erased on {uk_day(self.due)}"
            yield from (f"but not while {why}" for why in self.held)


def keeping(office: Office, call: Call) -> Keeping:
    """As it stands now."""
    since = over_since(call)
    due = None if since is None else since + office.keep
    with office.store.read() as tx:
        held = () if due is None or call.erased_at is not None else holds(tx, call)
    return Keeping(call.erased_at, due, held, office.keep.days)


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
