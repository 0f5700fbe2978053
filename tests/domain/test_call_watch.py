"""When a watch looks again, and when it is settled."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.call import Call, Entry, State
from agent.domain.call_watch import (
    ENDED,
    LEFT,
    NOBODY,
    NOT_MADE,
    NOT_SHOWN,
    OFTEN,
    SELDOM,
    next_look,
    settled,
    too_early,
)
from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.whose_leg import may_run, whose
from agent.domain.zoom import NOT_TOLD, LiveMeeting
from agent.domain.zoom_legs import Leg

AT = datetime(2026, 11, 20, 14, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOT_READ = Unknown("not-read", "away")
MEETING = LiveMeeting("1", "u==")


def a_call(
    state: State,
    entries: Iterable[tuple[str, datetime]] = (),
    name: str = "1",
    at: datetime = AT,
) -> Call:
    said = tuple(
        Entry(number=n, step=step, at=when, entered_at=when, by="S-1", said={})
        for n, (step, when) in enumerate(entries, 1)
    )
    return Call(
        id=name, establishment="MDI", device="K1", state=state, version=1, reason="",
        at=at, until=at + HOUR, room="", language="", asked_by="", resident="", key=name,
        made_at=AT, entries=said,
    )  # fmt: skip


def a_leg(ended: datetime | None) -> Leg:
    return Leg(
        call="1", leg=1, uuid="u==", number="1", host="h", first_seen=AT, last_seen=AT,
        ended_at=ended,
    )  # fmt: skip


def shown(
    at: datetime, *rows: LiveMeeting, gap: Unknown | None = None
) -> Fact[Seen[LiveMeeting]]:
    return Known(Seen(rows, gap), "Zoom", at)


RUNS, OVER = [a_leg(None)], [a_leg(AT + 9 * MINUTE)]


@pytest.mark.parametrize(
    ("state", "legs", "minutes", "early"),
    [
        (State.APPROVED, [], -11, True),
        (State.APPROVED, [], -10, False),
        (State.APPROVED, RUNS, -30, False),
        (State.IN_CALL, [], -30, False),
    ],
)
def test_nobody_looks_before_ten_minutes_to_its_time(
    state: State, legs: list[Leg], minutes: int, early: object
) -> None:
    assert too_early(a_call(state), legs, AT + minutes * MINUTE) is early


@pytest.mark.parametrize(
    ("state", "legs", "minutes", "pause"),
    [
        (State.APPROVED, [], -10, SELDOM),
        (State.APPROVED, [], 0, OFTEN),
        (State.APPROVED, OVER, 30, SELDOM),
        (State.APPROVED, RUNS, 30, OFTEN),
        (State.IN_CALL, [], 40, OFTEN),
        (State.ENDED, OVER, 40, OFTEN),
    ],
)
def test_it_looks_often_around_its_time_and_while_it_runs(
    state: State, legs: list[Leg], minutes: int, pause: timedelta
) -> None:
    now = AT + minutes * MINUTE
    assert next_look(a_call(state), legs, now) == now + pause


NOW = AT + 20 * MINUTE
ENDED_AT = [("start", AT), ("end", AT + 10 * MINUTE)]


@pytest.mark.parametrize(
    ("call", "legs", "told", "why"),
    [
        (a_call(State.ENDED, ENDED_AT), OVER, shown(NOW), ENDED),
        (a_call(State.CLOSED, ENDED_AT), OVER, shown(NOW), ENDED),
        (a_call(State.ENDED, ENDED_AT), RUNS, shown(NOW, MEETING), None),
        (a_call(State.ENDED, ENDED_AT), OVER, shown(NOW, MEETING), None),
        (a_call(State.ENDED, ENDED_AT), OVER, shown(AT), None),  # read before staff ended it
        (a_call(State.ENDED, ENDED_AT), OVER, NOT_READ, None),
        (a_call(State.ENDED, ENDED_AT), OVER, shown(NOW, gap=NOT_READ), None),
        (a_call(State.ENDED, ENDED_AT), OVER, NOT_TOLD, NOT_SHOWN),
        (a_call(State.ENDED, [("end", NOW - MINUTE)]), OVER, NOT_TOLD, None),
        (a_call(State.IN_CALL, ENDED_AT[:1]), OVER, shown(NOW), None),
        (a_call(State.APPROVED), [], shown(NOW), None),
        (a_call(State.CANCELLED), [], NOT_READ, NOT_MADE),
        (a_call(State.REFUSED), RUNS, shown(NOW), None),
    ],
)
def test_it_is_settled_once_staff_ended_it_and_nothing_runs(
    call: Call, legs: list[Leg], told: Fact[Seen[LiveMeeting]], why: str | None
) -> None:
    assert settled(call, legs, told, NOW) == why


@pytest.mark.parametrize(
    ("minutes", "told", "why"),
    [
        (119, shown(AT + 3 * HOUR), None),
        (120, shown(AT + 3 * HOUR), NOBODY),
        (120, NOT_TOLD, NOBODY),
        (120, NOT_READ, None),
        (25 * 60, NOT_READ, LEFT),
    ],
)
def test_a_call_that_nobody_made_is_left(
    minutes: int, told: Fact[Seen[LiveMeeting]], why: str | None
) -> None:
    assert settled(a_call(State.APPROVED), [], told, AT + minutes * MINUTE) == why


def test_after_a_day_it_is_left_whatever_is_known() -> None:
    assert settled(a_call(State.IN_CALL), RUNS, NOT_READ, AT + 25 * HOUR) == LEFT


def test_a_meeting_is_that_of_the_call_which_staff_started() -> None:
    first, second = a_call(State.APPROVED), a_call(State.IN_CALL, [("start", AT)], "2")
    assert whose([first, second], AT + MINUTE) == second
    assert whose([first, second], AT - MINUTE) == first


def test_else_that_of_the_nearest_in_time() -> None:
    early, late = a_call(State.APPROVED), a_call(State.APPROVED, (), "2", AT + 3 * HOUR)
    assert whose([early, late], AT + 80 * MINUTE) == early
    assert whose([early, late], AT + 170 * MINUTE) == late
    assert whose([early], AT - 61 * MINUTE) is None
    assert whose([], AT) is None


@pytest.mark.parametrize(
    ("call", "minutes", "may"),
    [
        (a_call(State.APPROVED), 0, True),
        (a_call(State.REQUESTED), 0, False),
        (a_call(State.CANCELLED), 0, False),
        (a_call(State.APPROVED), 181, False),
        (a_call(State.IN_CALL, [("start", AT)]), 300, True),
        (a_call(State.CLOSED, ENDED_AT), 5, True),
        (a_call(State.CLOSED, ENDED_AT), 11, False),
    ],
)
def test_a_meeting_may_be_a_calls_around_its_time_or_while_staff_say_so(
    call: Call, minutes: int, may: object
) -> None:
    assert may_run(call, AT + minutes * MINUTE) is may
