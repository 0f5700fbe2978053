"""Legs come together whatever comes first."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_legs import Leg, last_end

AT = datetime(2026, 11, 20, 11, tzinfo=UTC)
MEETING = LiveMeeting("8512345678", "first==")


def minutes(count: int) -> datetime:
    return AT + timedelta(minutes=count)


def a_leg(**changes: object) -> Leg:
    told = {
        "call": "C-2026-00001", "leg": 1, "uuid": "first==", "number": "8512345678",
        "host": "u1", "first_seen": AT, "last_seen": AT,
    }  # fmt: skip
    return Leg(**told | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("leg", "meeting", "same"),
    [
        (a_leg(), MEETING, True),
        (a_leg(), LiveMeeting("8512345678", "second=="), False),
        (a_leg(uuid=""), MEETING, True),
        (a_leg(), LiveMeeting("8512345678", ""), True),
        (a_leg(ended_at=AT), LiveMeeting("8512345678", ""), False),
        (a_leg(uuid="", number=""), LiveMeeting("", "first=="), False),
        (a_leg(uuid=""), LiveMeeting("9", "first=="), False),
    ],
)
def test_a_holding_is_told_by_its_uuid_and_a_number_names_what_runs(
    leg: Leg, meeting: LiveMeeting, same: object
) -> None:
    assert leg.is_of(meeting) is same


def test_what_was_not_told_before_is_filled_in() -> None:
    leg = a_leg(uuid="", host="").seen(MEETING, "u1", minutes(1))
    assert (leg.uuid, leg.host, leg.first_seen, leg.last_seen) == (
        "first==", "u1", AT, minutes(1),
    )  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(("seen", "seen later", "ended"))))
def test_sights_and_the_end_may_come_in_any_order(order: tuple[str, ...]) -> None:
    leg = a_leg()
    for what in order:
        if what == "ended":
            leg = leg.over(minutes(14))
        else:
            leg = leg.seen(MEETING, "u1", minutes(3 if what == "seen" else 9))
    assert (leg.first_seen, leg.last_seen, leg.ended_at) == (AT, minutes(9), minutes(14))


def test_what_is_live_after_its_end_runs_still() -> None:
    leg = a_leg(ended_at=minutes(2)).seen(MEETING, "u1", minutes(3))
    assert leg.running
    assert leg.over(minutes(2)).running
    assert leg.over(minutes(4)).ended_at == minutes(4)


def test_an_end_is_the_earliest_that_was_told() -> None:
    leg = a_leg().over(minutes(5))
    assert leg.over(minutes(6)).ended_at == minutes(5)
    assert leg.over(minutes(4)).ended_at == minutes(4)


def test_the_last_leg_has_ended_only_once_none_runs() -> None:
    first, second = a_leg(ended_at=minutes(14)), a_leg(leg=2, uuid="second==")
    assert last_end([]) is None
    assert last_end([first, second]) is None
    assert last_end([first, second.over(minutes(27))]) == minutes(27)
