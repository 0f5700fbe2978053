"""How calls go, and go wrong: each a story that waits where people wait."""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import TypeAlias

from agent.domain.application import Cancelled
from agent.domain.contact import State
from connectors.http import utc_now
from tests.support.visits.notes import Live
from tests.support.visits.visit import LINGER, Going, Visit, Wait

SOON = timedelta(seconds=40)  # until a window closes by itself
WAITS = 100.0  # seconds that people wait for a machine, before they go on without it


def usual(visit: Visit) -> Going:
    """Invited, accepted, called, ended, removed."""
    yield from _invited(visit)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    yield from _ends(visit, live)
    yield from _removes(visit)


def ended_too_early(visit: Visit) -> Going:
    """Staff end the call while it still runs in Zoom: until it is over, nothing changes."""
    yield from _invited(visit)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    visit.end()
    yield visit.pause(3, 9)
    _hangs_up(visit, live)
    yield from _removes(visit)


def over_time(visit: Visit) -> Going:
    """It runs on after its window's time: nothing changes until staff end it."""
    closes = utc_now() + SOON
    yield from _invited(visit, SOON)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    yield visit.until(closes)
    yield visit.pause(4, 12)
    yield from _ends(visit, live)
    yield from _removes(visit)


def dropped(visit: Visit) -> Going:
    """The line breaks, and it starts again: two legs of one call."""
    yield from _invited(visit)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    visit.hang_up(live)
    visit.drop()
    yield visit.pause(0.5, 4)
    live = visit.dial()
    visit.start()
    yield visit.pause(1, 6)
    yield from _ends(visit, live)
    yield from _removes(visit)


def dropped_over_time(visit: Visit) -> Going:
    """The second leg is stated by nobody, and runs on after the window's time."""
    closes = utc_now() + SOON
    yield from _invited(visit, SOON)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    visit.hang_up(live)
    visit.drop()
    yield visit.pause(0.2, 1)
    live = visit.dial()
    yield visit.until(closes)
    yield visit.pause(4, 12)
    yield from _ends(visit, live)
    yield from _removes(visit)


def forgotten(visit: Visit) -> Going:
    """The same, and nobody says that it ended: it closes by itself, ten minutes after."""
    closes = utc_now() + SOON
    yield from _invited(visit, SOON)
    live = yield from _talks(visit)
    visit.hang_up(live)
    visit.drop()
    yield visit.pause(0.2, 1)
    live = visit.dial()
    yield visit.until(closes)
    yield visit.pause(4, 12)
    _hangs_up(visit, live)
    _unstated(visit)
    yield from _removes(visit)


def nobody_calls(visit: Visit) -> Going:
    """Invited, and its time passes."""
    closes = timedelta(seconds=visit.random.uniform(10, 30))
    yield from _invited(visit, closes)
    for one in visit.windows():
        visit.notes.due[one.id] = one.until
    yield from _removes(visit)


def cancelled(visit: Visit) -> Going:
    """Not wanted any more, after the invitation or before it."""
    yield from _invited(visit, wait=visit.random.choice((0, WAITS)))
    yield visit.pause(0, 2)
    visit.say(Cancelled(reason="not-needed"))
    visit.is_due()
    yield from _removes(visit)


def another_address(visit: Visit) -> Going:
    """The address was wrong: its window closes, and another one opens."""
    yield from _invited(visit, wait=visit.random.choice((0, WAITS)))
    visit.addresses += 1
    visit.inform()
    visit.is_due()
    yield visit.pause(0, 3)
    visit.invite()
    yield visit.comes("invited", "accepted", seconds=WAITS)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    yield from _ends(visit, live)
    yield from _removes(visit)


def another_ipad(visit: Visit) -> Going:
    """Moved to the other iPad: the window of the first one closes."""
    yield from _invited(visit)
    first = visit.asset
    if visit.accept():
        yield visit.pause(0, 2)
    visit.move()
    visit.invite()
    yield visit.comes("invited", "accepted", seconds=WAITS)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    yield from _ends(visit, live)
    second, visit.asset = visit.asset, first
    visit.remove()
    visit.asset = second
    yield from _removes(visit)


def by_meeting(visit: Visit) -> Going:
    """A meeting of its own instead of a contact: deleted after the call."""
    visit.book()
    visit.inform()
    visit.invite("meeting")
    yield visit.comes("invited", seconds=2 * WAITS)
    yield from _free(visit)
    visit.precall()
    visit.start()
    number = visit.windows()[-1].meeting
    live = visit.dial(number)
    yield visit.pause(2, 8)
    yield from _ends(visit, live)
    yield visit.over()
    visit.attest()


def attested_in_vain(visit: Visit) -> Going:
    """Two people say that the contact is gone, and it is there: an incident, and again."""
    yield from _invited(visit)
    yield from _accepted(visit)
    live = yield from _talks(visit)
    yield from _ends(visit, live)
    yield visit.over()
    visit.attest("CHAP", "SUP")
    yield visit.pause(1, 2)
    yield visit.comes("closed", "verified", "not verified", seconds=3 * WAITS)
    if visit.windows()[-1].state is State.CLOSED:
        yield from _removes(visit)


Story: TypeAlias = Callable[[Visit], Going]
STORIES: Mapping[Story, int] = {
    usual: 5, ended_too_early: 2, over_time: 2, dropped: 2, dropped_over_time: 1, forgotten: 1,
    nobody_calls: 1, cancelled: 2, another_address: 2, another_ipad: 1, by_meeting: 2,
    attested_in_vain: 2,
}  # fmt: skip
"""Each story, and how often it comes among the others."""
SHORT = {story: often for story, often in STORIES.items() if story is not forgotten}
"""Those that wait for nobody's ten minutes."""


def _invited(visit: Visit, closes_in: timedelta | None = None, wait: float = WAITS) -> Going:
    """People wait for it, or do not."""
    visit.book(closes_in)
    visit.inform()
    visit.invite()
    if closes_in is not None:
        wait = min(wait, closes_in.total_seconds() / 2)
    yield visit.comes("invited", "accepted", "in call", seconds=wait)


def _accepted(visit: Visit) -> Going:
    """By the family; the agent sees it, or staff see it on the iPad and go on."""
    yield visit.pause(0, 2)
    if visit.accept() and visit.random.random() < 0.3:
        yield visit.comes("accepted", "in call", "closing", "closed", seconds=20)


def _talks(visit: Visit) -> Generator[Wait, None, Live]:
    """The iPad is free, the family is telephoned, the call starts. Returns the meeting."""
    yield from _free(visit)
    visit.precall()
    visit.start()
    live = visit.dial()
    yield visit.pause(2, 10)
    return live


def _free(visit: Visit) -> Going:
    tag = visit.asset.tag
    yield Wait(lambda: tag not in visit.busy, 600)
    visit.busy.add(tag)


def _ends(visit: Visit, live: Live) -> Going:
    """The meeting is over, and staff say so."""
    _hangs_up(visit, live)
    yield visit.pause(0, 1)
    visit.end()


def _hangs_up(visit: Visit, live: Live) -> None:
    visit.hang_up(live)
    visit.busy.discard(visit.asset.tag)


def _unstated(visit: Visit) -> None:
    for one in visit.windows():
        visit.notes.due[one.id] = utc_now() + LINGER
        visit.notes.unstated.add(one.id)


def _removes(visit: Visit) -> Going:
    """On the iPad, by two people, who say so."""
    yield visit.pause(0.2, 4)
    visit.remove()
    yield visit.over()
    visit.attest()
