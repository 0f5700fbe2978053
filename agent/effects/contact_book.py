"""What the effects of a contact window look up in our own memory."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call, State
from agent.domain.contact import LIVE, Window
from agent.domain.contact import State as Stage
from agent.domain.facts import NEVER
from agent.effects.contact_exempt import exempt
from agent.errors import Misconfigured
from agent.store.addresses import address_of
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls, c
from agent.store.engine import Store, Transaction
from agent.store.legs import Legs
from agent.store.windows import Windows, w

A_DAY, JUST_NOW = timedelta(days=1), timedelta(minutes=2)
RUNNING = State.IN_CALL.value


@dataclass(frozen=True, slots=True)
class Group:
    """One Zoom group: the windows that may be on its lists, and their addresses."""

    windows: tuple[Window, ...]
    addresses: Mapping[str, str]  # by the window's id
    used: frozenset[str]  # tags of its iPads on which a meeting counts
    stated: bool  # staff say that a call runs on one of them
    lost: Misconfigured | None = None  # the key of one that is closing: it closes without

    def of(self, *, live: bool) -> frozenset[str]:
        """The addresses of those that are open, or of those that are closing. Raises
        Misconfigured where one of the latter is not known."""
        if self.lost is not None and not live:
            raise self.lost
        return frozenset(self.addresses[one.id] for one in self.windows if one.is_live is live)


def group_of(store: Store, keys: CallKeys, group: str) -> Group:
    """As it stands now. Raises Misconfigured where the key of an open window's call is lost."""
    found, lost = {}, None
    with store.read() as tx:
        windows = tuple(Windows(tx).of_group(group))
        for one in windows:
            try:
                found[one.id] = address_of(tx, keys, Calls(tx).get(one.call), one.entry)
            except Misconfigured as err:
                if one.is_live:
                    raise
                lost = err
        tags = frozenset(one.device for one in windows)
        used = frozenset(tag for tag in tags if not exempt(tx, tag))
        stated = any(runs_on(tx, tag) for tag in used)
    return Group(windows, found, used, stated, lost)


def runs_on(tx: Transaction, tag: str, beside: str = "") -> bool:
    """Whether staff say that a call runs on this iPad, another one than `beside`."""
    running = Calls(tx).select(c.device == tag, c.state == RUNNING)
    return any(one.id != beside for one in running)


def seen_on(tx: Transaction, window: Window, now: datetime) -> bool:
    """Whether a meeting was seen on this iPad just now, whose end nobody told of: neither
    Zoom, nor staff after it was seen."""
    calls = Calls(tx).select(c.device == window.device, c.at > now - A_DAY)
    return any(
        leg.running and leg.last_seen > max(now - JUST_NOW, _told_over(call))
        for call in calls
        for leg in Legs(tx).of(call.id)
    )


def _told_over(call: Call) -> datetime:
    """When staff last said that its meeting was over: it ended, or the line broke."""
    return max((entry.at for entry in call.of("end", "drop")), default=NEVER)


def window_of(store: Store, wanted: str) -> tuple[Window, Call]:
    """A window and its call, read together."""
    with store.read() as tx:
        window = Windows(tx).get(wanted)
        return window, Calls(tx).get(window.call)


def invited(store: Store, keys: CallKeys | None) -> Mapping[str, frozenset[str]]:
    """Who is, or was until just now, on the lists of each account for a call.

    A window whose call's key is lost is left out: then its contact is found as one left behind.
    """
    found: dict[str, frozenset[str]] = {}
    if keys is None:
        return found
    states = [state.value for state in (*LIVE, Stage.CLOSING)]
    with store.read() as tx:
        for one in Windows(tx).select(w.state.in_(states)):
            with suppress(Misconfigured):
                address = address_of(tx, keys, Calls(tx).get(one.call), one.entry)
                found[one.account] = found.get(one.account, frozenset()) | {address}
    return found


def either(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Those of both: a window may open or close while Zoom is read."""
    nobody: frozenset[str] = frozenset()
    return {key: one.get(key, nobody) | other.get(key, nobody) for key in {*one, *other}}
