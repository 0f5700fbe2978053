"""What the effects of a contact window look up in our own memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.domain.call import Call, State
from agent.domain.contact import Window
from agent.store.addresses import address_of
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls, c
from agent.store.engine import Store, Transaction
from agent.store.windows import Windows

RUNNING = State.IN_CALL.value


@dataclass(frozen=True, slots=True)
class Group:
    """One Zoom group: the windows that may be on its lists, and their addresses."""

    windows: tuple[Window, ...]
    addresses: Mapping[str, str]  # by the window's id
    stated: bool  # staff say that a call runs on one of its iPads

    def of(self, *, live: bool) -> frozenset[str]:
        """The addresses of those that are open, or of those that are closing."""
        return frozenset(self.addresses[one.id] for one in self.windows if one.is_live is live)


def group_of(store: Store, keys: CallKeys, group: str) -> Group:
    """As it stands now. Raises Misconfigured where a call's key is lost."""
    with store.read() as tx:
        windows = tuple(Windows(tx).of_group(group))
        found = {
            one.id: address_of(tx, keys, Calls(tx).get(one.call), one.entry) for one in windows
        }
        stated = any(runs_on(tx, tag) for tag in {one.device for one in windows})
    return Group(windows, found, stated)


def runs_on(tx: Transaction, tag: str, beside: str = "") -> bool:
    """Whether staff say that a call runs on this iPad, another one than `beside`."""
    running = Calls(tx).select(c.device == tag, c.state == RUNNING)
    return any(one.id != beside for one in running)


def window_of(store: Store, wanted: str) -> tuple[Window, Call]:
    """A window and its call, read together."""
    with store.read() as tx:
        window = Windows(tx).get(wanted)
        return window, Calls(tx).get(window.call)
