"""Keeping below a rate limit."""

import threading
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.pacing import Limit, LocalPacer

WINDOW = timedelta(seconds=20)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pacer(clock: Clock, **limits: int) -> LocalPacer:
    return LocalPacer(
        {label: Limit(count, WINDOW) for label, count in limits.items()}, clock, clock.sleep
    )


def test_calls_below_the_limit_do_not_wait() -> None:
    clock = Clock()
    paced = pacer(clock, devices=10)
    paced.take({"devices": 4})
    paced.take({"devices": 6})
    assert clock.now == 100


def test_calls_above_the_limit_wait_until_enough_others_left_the_window() -> None:
    clock = Clock()
    paced = pacer(clock, devices=10)
    paced.take({"devices": 5})
    clock.now = 105
    paced.take({"devices": 5})
    paced.take({"devices": 5})
    assert clock.now == 120
    paced.take({"devices": 1})
    assert clock.now == 125


def test_each_label_has_its_own_limit() -> None:
    clock = Clock()
    paced = pacer(clock, devices=10, configuration=2)
    paced.take({"devices": 2, "configuration": 2})
    paced.take({"devices": 8, "something else": 1000})
    assert clock.now == 100
    paced.take({"devices": 0, "configuration": 1})
    assert clock.now == 120


def test_more_than_the_limit_at_once_goes_alone() -> None:
    clock = Clock()
    paced = pacer(clock, devices=10)
    paced.take({"devices": 25})
    assert clock.now == 100
    paced.take({"devices": 25})
    assert clock.now == 120


def test_threads_share_the_limit() -> None:
    waits: list[float] = []
    paced = LocalPacer({"devices": Limit(2, WINDOW)}, lambda: 0.0, waits.append)
    threads = [threading.Thread(target=paced.take, args=({"devices": 1},)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [20, 20, 40, 40]


@given(st.lists(st.tuples(st.integers(1, 10), st.floats(0, 30)), max_size=40))
def test_no_window_ever_holds_more_than_the_limit(steps: list[tuple[int, float]]) -> None:
    clock = Clock()
    paced = pacer(clock, devices=10)
    begun: list[tuple[float, int]] = []
    for count, pause in steps:
        clock.now += pause
        paced.take({"devices": count})
        begun.append((clock.now, count))
    for end, _ in begun:
        assert sum(n for at, n in begun if end - 19.999 < at <= end) <= 10
