"""The address of a call's contact, which is sealed with the call."""

import json

from agent.domain.call import Call
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls, about
from agent.store.engine import Transaction


def address_of(tx: Transaction, keys: CallKeys, call: Call, entry: int) -> str:
    """As the entry has it, in lower case. Raises Misconfigured where the call's key is lost."""
    sealed = Calls(tx).sealed(call.id)[entry]
    words = json.loads(keys.of(call.key).open(sealed, about(call.id, entry)))
    return str(words["email"]).lower()
