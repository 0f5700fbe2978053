"""Who may be among an iPad's contacts beside the one of a window: those of its other windows.

An invitation can be accepted with another account than the one that was asked. So whoever is
there and is no other window's is a stranger whom this one may have let in.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.domain.call import Call
from agent.domain.contact import Mode, State, Window
from agent.domain.zoom import ExternalContact
from agent.errors import Misconfigured
from agent.store.addresses import address_of
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls
from agent.store.engine import Store, Transaction
from agent.store.windows import Windows


@dataclass(frozen=True, slots=True)
class Beside:
    """Addresses. `live`: of the other windows of this iPad that are open; `unproven`: of those
    and of the ones whose own contact was not yet read to be gone."""

    live: frozenset[str]
    unproven: frozenset[str]

    def left(self, address: str, rows: Iterable[ExternalContact]) -> bool:
        """Whether somebody is there who may be of this window."""
        return any(row.email not in self.unproven - {address} for row in rows)

    def in_doubt(self, address: str, rows: Iterable[ExternalContact]) -> bool:
        """Whether it may be another window's that is open: only its end will tell."""
        own = address not in self.live and any(row.email == address for row in rows)
        return bool(self.live) and not own


def beside(store: Store, keys: CallKeys, window: Window) -> Beside:
    """As it stands now."""
    with store.read() as tx:
        others = [
            one
            for one in Windows(tx).of_device(window.device)
            if one.id != window.id and one.mode is Mode.CONTACT
        ]
        found = {
            one.id: address_if_kept(tx, keys, Calls(tx).get(one.call), one.entry)
            for one in others
            if one.state is not State.VERIFIED
        }
    live = {found[one.id] for one in others if one.is_live}
    return Beside(frozenset(filter(None, live)), frozenset(filter(None, found.values())))


def address_if_kept(tx: Transaction, keys: CallKeys, call: Call, entry: int) -> str | None:
    """None: it was erased, or the call's key is lost."""
    if call.erased_at is not None:
        return None
    try:
        return address_of(tx, keys, call, entry)
    except Misconfigured:
        return None
