"""The timetable: never more than the limit in any window, whoever books, whoever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.store.engine import Store
from agent.store.pace import FARTHEST, StoredTimetable
from connectors.http import utc_now
from connectors.pacing import Limit
from tests.support.outside import ROOT, clean_environment
from tests.support.stores import a_store

LIMIT = Limit(10, timedelta(seconds=2))
ONE = ({"light": 1}, 0.0)
account = map("account {}".format, count())


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    if request.param == "postgres":
        where: Path | str = request.getfixturevalue("postgres").database()
    else:
        where = tmp_path_factory.mktemp("pace")
    opened = a_store(where, utc_now)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timetable(store: Store, clock: Clock) -> StoredTimetable:
    return StoredTimetable(store, next(account), {"light": LIMIT, "heavy": LIMIT}, clock)


def test_what_fits_may_begin_at_once(timetable: StoredTimetable) -> None:
    assert timetable.book([ONE] * 10) == [0] * 10


def test_what_does_not_fit_waits_until_enough_others_left_the_window(
    timetable: StoredTimetable, clock: Clock
) -> None:
    timetable.book([({"light": 6}, 0)])
    clock.now += 0.5
    assert timetable.book([({"light": 4}, 0)]) == [0]
    clock.now += 0.5
    assert timetable.book([({"light": 6}, 0), ONE]) == [1, 1.5]


def test_a_label_without_a_limit_is_free_and_the_labels_do_not_share(
    timetable: StoredTimetable,
) -> None:
    assert timetable.book([({"light": 10, "other": 1000, "heavy": 0}, 0)]) == [0]
    assert timetable.book([({"heavy": 10}, 0), ({"light": 1, "heavy": 1}, 0)]) == [0, 2]


def test_more_than_the_limit_at_once_goes_alone(timetable: StoredTimetable) -> None:
    assert timetable.book([ONE, ({"light": 25}, 0), ONE]) == [0, 2, 4]


def test_a_lead_books_that_much_later(timetable: StoredTimetable) -> None:
    assert timetable.book([({"light": 1}, 0.25), ONE]) == [0.25, 0.25]


def test_nobody_overtakes_what_is_booked_with_a_lead(timetable: StoredTimetable) -> None:
    timetable.book([ONE] * 9)
    assert timetable.book([({"light": 1}, 5.0), ONE]) == [5, 5]


def test_accounts_do_not_share(store: Store, timetable: StoredTimetable, clock: Clock) -> None:
    timetable.book([ONE] * 10)
    other = StoredTimetable(store, next(account), {"light": LIMIT}, clock)
    assert other.book([ONE]) == [0]


def test_who_keeps_to_less_sees_all_that_the_others_booked(
    store: Store, timetable: StoredTimetable, clock: Clock
) -> None:
    timetable.book([ONE] * 8)
    half = StoredTimetable(store, timetable.account, {"light": Limit(4, LIMIT.window)}, clock)
    assert half.book([ONE]) == [2]
    assert timetable.book([ONE, ONE]) == [2, 2]


def test_a_restart_of_the_machine_delays_by_one_window_and_no_more(
    timetable: StoredTimetable, clock: Clock
) -> None:
    clock.now = 2 * FARTHEST / 1e6
    timetable.book([ONE] * 10)
    clock.now = 3.0
    assert timetable.book([ONE]) == [2]


def test_a_transaction_that_takes_long_is_told(store: Store) -> None:
    """The moment is counted from the lock, the wait from the commit."""
    times = iter((1000.0, 1000.5))
    slow = StoredTimetable(store, next(account), {"light": LIMIT}, lambda: next(times))
    assert slow.book([ONE]) == [-0.5]


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),  # which process
        st.floats(0, 1.5),  # how long nothing happens before
        st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0.0, 0.1])), max_size=6),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_no_window_wherever_it_begins_holds_more_than_the_limit(
    store: Store, steps: list[tuple[int, float, list[tuple[int, float]]]]
) -> None:
    clock, name = Clock(), next(account)
    both = [StoredTimetable(store, name, {"light": LIMIT}, clock) for _ in range(2)]
    begun: list[float] = []
    for process, pause, wanted in steps:
        clock.now += pause
        wants = [({"light": n}, lead) for n, lead in wanted]
        waits = both[process].book(wants)
        for wait, (calls, _) in zip(waits, wanted, strict=True):
            begun += [clock.now + wait] * calls
    begun.sort()
    for first, eleventh in zip(begun, begun[LIMIT.count :], strict=False):
        assert eleventh - first >= LIMIT.window.total_seconds() - 1e-5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_nobody_waits_where_there_is_room(store: Store, pauses: list[float]) -> None:
    clock = Clock()
    timetable = StoredTimetable(store, next(account), {"light": LIMIT}, clock)
    begun: list[float] = []
    for pause in pauses:
        clock.now += pause
        [wait] = timetable.book([ONE])
        recent = [at for at in begun if at > clock.now - LIMIT.window.total_seconds() + 1e-5]
        assert len(recent) >= LIMIT.count or wait < 1e-5
        begun.append(clock.now + wait)


BOOKING = """
import sys
from datetime import timedelta
from agent.store.opening import open_store
from agent.store.pace import StoredTimetable
from connectors.http import utc_now
from connectors.pacing import Limit

store = open_store(sys.argv[1], utc_now)  # so that the moments are this machine's
limits = {"light": Limit(5, timedelta(seconds=0.2))}
timetable = StoredTimetable(store, "shared", limits)
for _ in range(20):
    [wait] = timetable.book([({"light": 1}, 0)])
    print(timetable.clock() + wait, flush=True)
"""


def _process(url: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", BOOKING, url],
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _moments(child: "subprocess.Popen[str]") -> list[float]:
    out, _ = child.communicate(timeout=60)
    return [float(line) for line in out.splitlines()]


def _fits(moments: list[float]) -> bool:
    moments = sorted(moments)
    pairs = zip(moments, moments[5:], strict=False)
    return all(later - first >= 0.2 - 0.005 for first, later in pairs)


def test_two_processes_share_one_limit(url: str) -> None:
    a_store(url, utc_now).close()
    with _process(url) as one, _process(url) as other:
        booked = [_moments(one), _moments(other)]
    assert [len(moments) for moments in booked] == [20, 20]
    assert _fits([*booked[0], *booked[1]])


def test_what_a_killed_process_had_booked_stays_booked(url: str) -> None:
    a_store(url, utc_now).close()
    with _process(url) as child:
        assert child.stdout is not None
        seen = [float(child.stdout.readline()) for _ in range(7)]
        os.kill(child.pid, signal.SIGKILL)
        seen += [float(line) for line in child.stdout.read().splitlines()]
    with _process(url) as other:
        after = _moments(other)
    assert len(after) == 20
    assert _fits([*seen, *after])
