"""When to look whether a call runs in Zoom, and when that is settled."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from agent.domain.call import OVER, Call, State
from agent.domain.facts import Fact, Known, Seen, gap_of
from agent.domain.zoom import NOT_TOLD, LiveMeeting
from agent.domain.zoom_legs import Leg

BEFORE = timedelta(minutes=10)  # the first look
OFTEN, SELDOM = timedelta(seconds=15), timedelta(minutes=1)
ABOUT = (timedelta(minutes=2), timedelta(minutes=15))  # before and after its time: often
QUIET = timedelta(minutes=10)  # after its end, where Zoom does not tell what runs
NOBODY_CAME = timedelta(hours=1)  # after its time
LONGEST = timedelta(days=1)  # after its time: then it is left

NOT_MADE, ENDED, NOT_SHOWN = "not made", "over", "over, as far as Zoom tells"
NOBODY, LEFT = "nobody called", "nobody could tell"


def too_early(call: Call, legs: Iterable[Leg], now: datetime) -> bool:
    """Whether nobody needs to look yet."""
    waits = call.state in (State.REQUESTED, State.APPROVED)
    return waits and now < call.at - BEFORE and not _runs(legs)


def next_look(call: Call, legs: Iterable[Leg], now: datetime) -> datetime:
    """Often while it runs, and around its time."""
    about = call.at - ABOUT[0] <= now <= call.at + ABOUT[1]
    soon = about or call.state in (State.IN_CALL, State.INTERRUPTED, State.ENDED)
    return now + (OFTEN if soon or _runs(legs) else SELDOM)


def settled(
    call: Call, legs: Iterable[Leg], told: Fact[Seen[LiveMeeting]], now: datetime
) -> str | None:
    """Why nobody needs to look any more; None: look again."""
    if now >= call.until + LONGEST:
        return LEFT
    if _runs(legs):
        return None
    if call.state in (State.REFUSED, State.CANCELLED):
        return NOT_MADE
    none, gap = _none_since(call, told), gap_of(told)
    hidden = gap is not None and gap.reason == NOT_TOLD.reason
    if call.state in (State.ENDED, *OVER):
        return ENDED if none else NOT_SHOWN if hidden and now >= _ended(call) + QUIET else None
    came = call.state is not State.APPROVED or now < call.until + NOBODY_CAME
    return NOBODY if not came and (none or hidden) else None


def _none_since(call: Call, told: Fact[Seen[LiveMeeting]]) -> bool:
    """Proven that no meeting runs, by what was read after staff ended it."""
    return (
        isinstance(told, Known)
        and told.value.gap is None
        and not told.value.rows
        and told.at >= _ended(call)
    )


def _ended(call: Call) -> datetime:
    """When staff said so; else its booked end."""
    said = call.last("end")
    return call.until if said is None else said.entered_at


def _runs(legs: Iterable[Leg]) -> bool:
    return any(leg.running for leg in legs)
