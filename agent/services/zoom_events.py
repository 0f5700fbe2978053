"""Taking one of Zoom's events: stored, raised where it must be, and the watch woken."""

from agent.domain.call import Call
from agent.domain.policy import Policy
from agent.domain.whose_leg import whose
from agent.domain.zoom_events import ENDED, STARTED, ZoomEvent
from agent.store.calls import Calls, c
from agent.store.engine import Store, Transaction
from agent.store.hosts import Hosts
from agent.store.ledger import Ledger
from agent.store.legs import WATCH, Legs
from agent.store.noticing import notice
from agent.store.zoom_events import FORGET, KEPT, OLD, ZoomEvents


def take(store: Store, policy: Policy, event: ZoomEvent, key: str) -> bool:
    """All of it in one transaction. False: this delivery is a repeat, and changes nothing."""
    with store.begin() as tx:
        if not ZoomEvents(tx).add(key, event):
            return False
        if event.sign is not None and event.holding:
            notice(tx, policy, event.sign, event.meeting, event.host, runs=event.begins)
        _tell_the_watch(tx, event)
        Ledger(tx).owe(FORGET, OLD, tx.now + KEPT)
    return True


def _tell_the_watch(tx: Transaction, event: ZoomEvent) -> None:
    """Of an iPad's meeting: its leg, and that the watch looks now."""
    who = Hosts(tx).get(event.host) if event.host else None
    if who is None or who.tag is None or not event.holding:
        return
    calls = Calls(tx).select(c.device == who.tag)
    watched = {one.subject for one in Ledger(tx).open(WATCH)}
    if event.name in (STARTED, ENDED):
        watched |= _leg(tx, event, calls)
    for call in calls:
        if call.id in watched:
            Ledger(tx).owe(WATCH, call.id, tx.now)


def _leg(tx: Transaction, event: ZoomEvent, calls: list[Call]) -> set[str]:
    """What Zoom says of its own times counts, whenever it comes. Whose leg it is, if anybody's:
    a leg that begins after all is watched again."""
    at = event.at or tx.now
    began = event.began or at
    known = Legs(tx).holding(event.meeting.uuid)
    mine = whose(calls, began)
    call_id = known[0].call if known else (mine.id if mine else None)
    if call_id is None:
        return set()
    leg = Legs(tx).saw(call_id, event.meeting, event.host, began)
    if event.name == ENDED:
        Legs(tx).ended(leg, event.ended or at)
    return {call_id}
