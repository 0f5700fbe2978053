"""One group's lists: they hold exactly the addresses of its open windows. The subject is the
group's id.

They are read first, set only where they differ, and read back. Nothing is set while a meeting
runs on an iPad of the group. Where nobody can tell whether one runs, addresses are added and
none is taken away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.contact import State, Window
from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom_windows import holds
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import Group, group_of
from agent.effects.contact_closed import shut
from agent.effects.contact_zoom import RUNS, ContactZoom, InTime, reached, runs, user_of
from agent.errors import TryAgain
from agent.store.call_keys import CallKeys
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.windows import ALLOW_LIST, INVITE, Windows

TAKEN = timedelta(seconds=1)  # until lists are read again that Zoom has not taken yet
SURFACES = ("allow-list for adding", "allow-list for chatting")


@dataclass(frozen=True, slots=True)
class SetAllowList:
    """Whom the group's users may add and chat with."""

    store: Store
    keys: CallKeys
    zoom: ContactZoom | None
    remove_within: timedelta
    lease: timedelta
    kind = ALLOW_LIST
    lane = "closing"

    def look(self, claim: Claim) -> Look:
        """Acting begins with looking."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        time = InTime(self.store, self.store.clock(), self.lease)
        zoom, group = reached(self.zoom), group_of(self.store, self.keys, claim.subject)
        wanted = group.of(live=True)
        if _held(zoom, claim.subject, wanted):
            return _answer(group.windows, group.windows, "")
        running = _running(zoom, group, now)
        if isinstance(running, Known) and running.value:
            return Later(now + RUNS, "a meeting runs on this iPad", due=now + RUNS)
        if isinstance(running, Unknown):
            return _add_only(zoom, claim.subject, group, running, time)
        time.prove()
        request = zoom.control.set_allowed(claim.subject, wanted).request
        if _held(zoom, claim.subject, wanted):
            return _answer(group.windows, group.windows, request)
        return Later(now + TAKEN, "Zoom has not taken the lists yet")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """What opened may be invited now, and what was closing is closed."""
        for name in answer.proof["open"].split():
            window = Windows(tx).get(name)
            if Windows(tx).take(window, "open") is not None:
                _tell(tx, window, "holds the address", answer)
                Ledger(tx).owe(INVITE, window.id, due=tx.now)
        for name in answer.proof["closed"].split():
            window = Windows(tx).get(name)
            if window.state is State.CLOSING:
                _tell(tx, window, "does not hold the address", answer)
                shut(tx, window, self.remove_within)
        if answer.proof["doubt"]:
            Ledger(tx).owe(ALLOW_LIST, claim.subject, due=tx.now + RUNS)


def _held(zoom: ContactZoom, group: str, addresses: frozenset[str]) -> bool:
    """Whether both lists hold exactly these. Raises TryAgain where they cannot be read."""
    match holds(zoom.lists.allow_lists(group), addresses):
        case Unknown(_, why):
            raise TryAgain(why)
        case Known(value):
            return value
    raise AssertionError  # pragma: no cover


def _running(zoom: ContactZoom, group: Group, now: datetime) -> Fact[bool]:
    """On any iPad of the group that counts. Without a window there is none to ask about."""
    doubt: Fact[bool] = Known(False, "", now)  # noqa: FBT003
    asked = {one.account: one.user for one in group.windows if one.device in group.used}
    for account, known in asked.items():
        found = runs(zoom, user_of(zoom, account, known), now, stated=group.stated)
        if isinstance(found, Unknown):
            doubt = found
        elif found.value:
            return found
    return doubt


def _add_only(
    zoom: ContactZoom, name: str, group: Group, doubt: Unknown, time: InTime
) -> Answered:
    """Who is to be reached can be; who is not any more stays until it is known."""
    wanted = group.of(live=True) | group.of(live=False)
    request = ""
    if not _held(zoom, name, wanted):
        time.prove()
        request = zoom.control.set_allowed(name, wanted).request
    if all(one.state is not State.REQUESTED for one in group.windows) or not _held(
        zoom, name, wanted
    ):
        raise TryAgain(f"nobody can tell whether a meeting runs: {doubt.why}")
    return _answer(group.windows, (), request, doubt="doubt")


def _answer(
    opened: Iterable[Window], closed: Iterable[Window], request: str, doubt: str = ""
) -> Answered:
    live = " ".join(one.id for one in opened if one.is_live)
    over = " ".join(one.id for one in closed if not one.is_live)
    proof = {"open": live, "closed": over, "request": request, "doubt": doubt}
    return Answered("read back", proof)


def _tell(tx: Transaction, window: Window, result: str, answer: Answered) -> None:
    for surface in SURFACES:
        if answer.proof["request"]:
            request = answer.proof["request"]
            Windows(tx).tell(window, surface, "set", "requested", request=request)
        Windows(tx).tell(window, surface, "read-back", result)
