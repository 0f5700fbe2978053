"""Many threads at one timetable: they book together, in order, and never begin too late."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from agent.errors import TryAgain
from agent.ports.pace import Want
from connectors.pacing import Limit
from connectors.shared_pacing import LATE, SharedPacer, share_of
from connectors.zoom.limits import LIMITS, Plan

ONE = {"light": 1}


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Told:
    """A timetable that answers what it is told to."""

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)
        self.asked: list[list[Want]] = []

    def book(self, wants: Sequence[Want]) -> list[float]:
        self.asked.append(list(wants))
        return [self.waits.pop(0) for _ in wants]


def test_a_call_begins_at_its_moment() -> None:
    clock = Clock()
    SharedPacer(Told(0.75), clock, clock.sleep).take(ONE)
    assert clock.now == 100.75


@pytest.mark.parametrize(("late", "bookings"), [(LATE - 0.01, 1), (LATE + 0.01, 2)])
def test_a_moment_that_was_missed_is_given_up(late: float, bookings: int) -> None:
    clock = Clock()
    timetable = Told(-late, 0.5)
    SharedPacer(timetable, clock, clock.sleep).take(ONE)
    assert len(timetable.asked) == bookings


def test_after_a_miss_the_next_is_booked_twice_as_far_ahead_as_it_was_late() -> None:
    clock = Clock()
    timetable = Told(-0.5, -0.75, 0)
    SharedPacer(timetable, clock, clock.sleep).take(ONE)
    assert [lead for [(_, lead)] in timetable.asked] == pytest.approx([0, 1, 1.5])


class Gate(Told):
    """Its first booking lasts until it is let go."""

    def __init__(self, *waits: float) -> None:
        super().__init__(*waits)
        self.entered, self.go = threading.Event(), threading.Event()
        self.fails = False

    def book(self, wants: Sequence[Want]) -> list[float]:
        first = not self.entered.is_set()
        self.entered.set()
        self.go.wait(10)
        if first and self.fails:
            raise TryAgain("the database is away")
        return super().book(wants)


def _until_queued(pacer: SharedPacer, count: int) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if len(pacer._queue) == count:
            return
        pause.wait(0.01)
    raise AssertionError(f"{len(pacer._queue)} in the queue, not {count}")


def test_those_who_wait_at_one_time_book_together() -> None:
    timetable = Gate(*[0.0] * 6)
    pacer = SharedPacer(timetable)
    with ThreadPoolExecutor(6) as pool:
        pool.submit(pacer.take, ONE)
        timetable.entered.wait(10)
        for _ in range(5):
            pool.submit(pacer.take, ONE)
        _until_queued(pacer, 6)
        timetable.go.set()
    assert [len(wants) for wants in timetable.asked] == [1, 5]


def test_where_one_cannot_book_the_others_still_do() -> None:
    timetable = Gate(*[0.0] * 3)
    timetable.fails = True
    pacer = SharedPacer(timetable)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(pacer.take, ONE)
        timetable.entered.wait(10)
        others = [pool.submit(pacer.take, ONE) for _ in range(3)]
        _until_queued(pacer, 4)
        timetable.go.set()
        with pytest.raises(TryAgain):
            first.result(10)
        assert [one.result(10) for one in others] == [None] * 3
    assert len(pacer._queue) == 0


def test_a_share_is_a_part_of_each_limit_and_never_nothing() -> None:
    second = timedelta(seconds=1)
    limits = {"light": Limit(60, second), "heavy": Limit(10, 60 * second)}
    assert share_of(limits, 1) == limits
    assert share_of(limits, 0.25) == {
        "light": Limit(15, second),
        "heavy": Limit(2, 60 * second),
    }
    assert share_of(limits, 0.01)["heavy"].count == 1


@pytest.mark.parametrize("plan", Plan)
def test_zooms_windows_are_kept_longer_than_a_call_may_be_late(plan: Plan) -> None:
    for limit in LIMITS[plan].values():
        unit = 1 if limit.window < timedelta(seconds=2) else 60
        assert limit.window.total_seconds() - unit > 2 * LATE
