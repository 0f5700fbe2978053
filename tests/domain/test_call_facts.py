"""What Zoom tells of a call that is over, beside what staff stated."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from agent.domain.call import State
from agent.domain.call_facts import ask_again, differences, names, spoken_leg, with_facts
from agent.domain.facts import Known, Seen, Unknown
from agent.domain.zoom import NOT_TOLD
from agent.domain.zoom_legs import Leg
from agent.domain.zoom_windows import Participant, PastMeeting
from tests.domain.test_call_watch import AT, HOUR, MINUTE, a_call, a_leg

ALONE = Unknown("not-told", "alone")


def known(value: Any) -> Known[Any]:
    return Known(value, "Zoom", AT)


def somebody(name: str, *, ours: object = False, waiting: object = False) -> Participant:
    return Participant(
        ours=known(ours), joined=known(AT), left=NOT_TOLD, waiting=known(waiting), name=name,
        email="",
    )  # fmt: skip


def past(end: datetime | None, count: int = 7) -> PastMeeting:
    return PastMeeting(
        id="1", uuid="u==", host="h", start=known(AT), participants=known(count),
        end=NOT_TOLD if end is None else known(end),
    )  # fmt: skip


def test_who_came_twice_is_one_and_the_waiting_room_is_no_call() -> None:
    rows = (
        somebody("iPad", ours=True), somebody("Mum", waiting=True), somebody("Mum"),
        somebody("Mum"), somebody(""), somebody("Ex", waiting=True),
    )  # fmt: skip
    told = with_facts(a_leg(None), past(AT + MINUTE), Seen(rows), AT + HOUR)
    assert (told.people, told.outside) == (3, 2)
    assert (told.began, told.finished, told.ended_at) == (AT, AT + MINUTE, AT + MINUTE)
    assert told.told_at == AT + HOUR
    assert [one["name"] for one in names(Seen(rows))][:2] == ["iPad", "Mum"]
    assert names(Seen(rows))[0] == {
        "name": "iPad", "ours": True, "joined": AT.isoformat(), "left": None, "waiting": False,
    }  # fmt: skip


def test_where_nobody_is_listed_zooms_own_count_stands() -> None:
    told = with_facts(a_leg(AT + MINUTE), past(None), Seen((), ALONE), AT + HOUR)
    assert (told.people, told.outside, told.ended_at) == (7, None, AT + MINUTE)
    assert with_facts(a_leg(None), past(None), Seen((), ALONE), AT + HOUR).ended_at == AT + HOUR


@pytest.mark.parametrize(
    ("minutes", "after"), [(0, 5), (60, 15), (20 * 60, 120), (24 * 60, None)]
)
def test_it_is_asked_ever_more_seldom_for_a_day(minutes: int, after: int | None) -> None:
    now = AT + minutes * MINUTE
    assert ask_again(AT, now) == (None if after is None else now + after * MINUTE)


def leg(begin: int, end: int | None) -> Leg:
    over = None if end is None else AT + end * MINUTE
    return replace(a_leg(over), first_seen=AT + begin * MINUTE)


STATED = [("start", 0), ("drop", 14), ("start", 16), ("end", 27)]


@pytest.mark.parametrize(
    ("stated", "told", "found"),
    [
        (STATED, [leg(0, 14), leg(16, 27)], []),
        (STATED, [leg(1, 31)], []),
        (STATED, [], []),
        (STATED[:1], [leg(0, None)], []),
        (STATED, [leg(0, 14), leg(16, 33)], ["it at 14:27, Zoom's last leg at 14:33"]),
        (
            STATED, [leg(0, 27), leg(40, 45)],
            ["a leg 14:40 to 14:45 that staff did not", "staff ended it at 14:27"],
        ),
        ([("start", 0), ("end", 60)], [leg(0, 60), leg(-30, -20)], ["13:30 to 13:40"]),
        (
            [("start", 0), ("drop", 5), ("start", 40), ("end", 50)], [leg(0, 5)],
            ["a leg at 14:40 that Zoom does not show"],
        ),
        ([], [leg(0, None)], ["a leg 14:00 to now that staff did not"]),
    ],
)  # fmt: skip
def test_what_contradicts_is_said(
    stated: list[tuple[str, int]], told: list[Leg], found: list[str]
) -> None:
    call = a_call(State.ENDED, [(step, AT + at * MINUTE) for step, at in stated])
    gaps = differences(call, told)
    assert len(gaps) == len(found)
    assert all(word in gap for word, gap in zip(found, gaps, strict=True))


def test_a_leg_is_told_in_uk_time_by_zooms_own_times_where_they_are_known() -> None:
    summer = replace(leg(0, 14), began=AT.replace(month=7), finished=AT.replace(month=7))
    assert spoken_leg(summer) == "15:00 to 15:00"
    assert spoken_leg(leg(0, None)) == "14:00 to now"
    assert timedelta(0) < HOUR
