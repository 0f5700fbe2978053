"""What Zoom tells of a call that is over (D7), and where it differs from what staff stated."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.domain.call import Call, legs
from agent.domain.facts import Fact, Known, Seen
from agent.domain.uk_time import LONDON
from agent.domain.zoom_legs import Leg
from agent.domain.zoom_windows import Participant, PastMeeting

APART = timedelta(minutes=5)  # how far what was stated and what was read may be apart
SOONEST, SELDOM = timedelta(minutes=5), timedelta(hours=2)
LONGEST = timedelta(days=1)  # Zoom tells nothing more after that
Stated = tuple[datetime, datetime | None]


def with_facts(leg: Leg, past: PastMeeting, people: Seen[Participant], at: datetime) -> Leg:
    """The leg with Zoom's own times and how many took part. A person who came twice is one."""
    finished = _value(past.end)
    there = [one for one in people.rows if _value(one.waiting) is not True]
    seen = None if people.gap is not None and not people.rows else len({*map(_who, there)})
    outside = len({_who(one) for one in there if _value(one.ours) is False})
    return replace(
        leg,
        began=_value(past.start),
        finished=finished,
        ended_at=finished or leg.ended_at or at,
        people=seen if seen is not None else _value(past.participants),
        outside=None if seen is None else outside,
        told_at=at,
    )


def names(people: Seen[Participant]) -> list[dict[str, object]]:
    """Who was shown, and when. Personal; and nothing proves that a name is somebody's own."""
    return [
        {
            "name": one.name,
            "ours": _value(one.ours),
            "joined": _spoken(_value(one.joined)),
            "left": _spoken(_value(one.left)),
            "waiting": _value(one.waiting),
        }
        for one in people.rows
    ]


def ask_again(ended: datetime, now: datetime) -> datetime | None:
    """Ever more seldom; None: it was asked for long enough."""
    age = now - ended
    return None if age >= LONGEST else now + min(max(age / 4, SOONEST), SELDOM)


def differences(call: Call, told: Sequence[Leg]) -> tuple[str, ...]:
    """Where Zoom's legs and those that staff stated contradict each other; in order.

    Where Zoom shows no leg at all nothing is said: it may not show them.
    """
    stated = legs(call)
    if not told:
        return ()
    return (*_not_stated(stated, told), *_not_shown(stated, told), *_ended(stated, told))


def _not_stated(stated: Sequence[Stated], told: Iterable[Leg]) -> Iterable[str]:
    for leg in told:
        if not any(_meet(leg, one) for one in stated):
            yield f"Zoom had a leg {spoken_leg(leg)} that staff did not record (D7)"


def _not_shown(stated: Iterable[Stated], told: Iterable[Leg]) -> Iterable[str]:
    told = [*told]
    for one in stated:
        if not any(_meet(leg, one) for leg in told):
            yield f"staff recorded a leg at {_clock(one[0])} that Zoom does not show (D7)"


def _ended(stated: Sequence[Stated], told: Iterable[Leg]) -> Iterable[str]:
    """Staff ended it well before the last leg did."""
    ends = [leg.ended_at for leg in told if leg.ended_at]
    said = stated[-1][1] if stated else None
    if said is not None and ends and max(ends) - said > APART:
        yield (f"staff ended it at {_clock(said)}, Zoom's last leg at {_clock(max(ends))} (E1)")


def spoken_leg(leg: Leg) -> str:
    """UK time, as far as it is known."""
    begin, end = leg.began or leg.first_seen, leg.finished or leg.ended_at
    return f"{_clock(begin)} to {_clock(end) if end else 'now'}"


def _meet(leg: Leg, stated: Stated) -> bool:
    begin, end = leg.began or leg.first_seen, leg.finished or leg.ended_at
    starts_before = stated[1] is None or begin <= stated[1] + APART
    return starts_before and (end is None or end >= stated[0] - APART)


def _clock(when: datetime) -> str:
    return f"{when.astimezone(LONDON):%H:%M}"


def _spoken(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _who(one: Participant) -> tuple[object, ...]:
    """Who has no name is somebody by their own time."""
    return (one.name, _value(one.ours)) if one.name else (_value(one.joined), one)


def _value(fact: Fact[Any]) -> Any:
    return fact.value if isinstance(fact, Known) else None
