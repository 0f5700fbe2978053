"""What every call service stands on, and who may use it."""

from dataclasses import dataclass
from datetime import timedelta

from agent.domain.call import Call
from agent.domain.call_rules import CallRules
from agent.domain.people import Actor, Staff
from agent.domain.policy import Policy
from agent.domain.retention import KEEP
from agent.errors import NotAllowed
from agent.services.people import must_work_here
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls
from agent.store.engine import Store, Transaction
from agent.store.people import People
from agent.store.seal import Seal
from agent.store.withdrawals import Withdrawals


@dataclass(frozen=True, slots=True)
class Office:
    """Our memory, the calls' keys beside it, and the scheme's rules."""

    store: Store
    keys: CallKeys
    rules: CallRules
    policy: Policy
    invites: bool = True  # an app that acts in Zoom is configured
    keep: timedelta = KEEP  # what is personal in a call, from when it is over

    def seal_of(self, call: Call) -> Seal:
        """The call's own key. Raises NotAllowed where it was destroyed."""
        if call.erased_at is not None:
            raise NotAllowed("this call's personal data was erased", "Nothing to do.")
        return self.keys.of(call.key)

    def resident(self, number: str) -> str:
        """The pseudonym that stands for this resident in the database and the audit."""
        with self.store.read() as tx:
            in_use = Calls(tx).any() or Withdrawals(tx).any()
        return self.keys.pseudonym("resident", number, in_use=in_use)

    def found(self, call_id: str) -> Call:
        """Raises BadInput where there is no such call."""
        with self.store.read() as tx:
            return Calls(tx).get(call_id)


def staff_of(tx: Transaction, by: Actor, establishment: str) -> Staff:
    """Who does this, where they may: at their own establishment. Raises NotAllowed."""
    must_work_here(tx, by)
    person = People(tx).all_staff()[by.id]
    if person.establishment != establishment:
        raise NotAllowed(
            f"{by.id} is no member of staff of {establishment}",
            f"Somebody of {establishment} does this.",
        )
    return person
