"""Which of several records of one serial is the iPad (facts on MDMs, trap 4)."""

from collections.abc import Callable
from datetime import datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.device import Device, current
from agent.domain.facts import NEVER, Fact, Known, Unknown
from tests.support.cases import DAY, HOUR, MDM, NOT_TOLD, NOW, a_device, known

Time = Fact[datetime]


def _record(enrolled: Time | int, seen: Time | int) -> Device:
    """Times as facts, or as the days that have passed since."""
    times = [known(NOW - t * DAY) if isinstance(t, int) else t for t in (enrolled, seen)]
    return a_device(id=f"{enrolled} {seen}", enrolled_at=times[0], last_seen=times[1])


def _current(*records: Device) -> Fact[Device]:
    return current(records, MDM, NOW)


def test_no_record_is_not_enrolled() -> None:
    assert _current() == Unknown("not-enrolled", "no record in an MDM")


def test_the_only_record_is_the_ipad_whatever_it_lacks() -> None:
    lacking = _record(NOT_TOLD, NOT_TOLD)
    assert _current(lacking) == Known(lacking, MDM, NOW)


def test_the_newest_in_both_times_is_the_ipad_in_whatever_order_they_came() -> None:
    old, older, new = _record(100, 3), _record(200, 50), _record(2, 1)
    for order in permutations((old, older, new)):
        assert _current(*order) == Known(new, MDM, NOW)


def test_two_left_overs_of_one_day_do_not_hide_the_newest() -> None:
    new = _record(2, 1)
    assert _current(_record(100, 50), _record(100, 50), new) == Known(new, MDM, NOW)


def test_an_old_record_that_never_checked_in_is_older() -> None:
    new = _record(2, 1)
    assert _current(_record(100, known(NEVER)), new) == Known(new, MDM, NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((2, 5), (100, 1)),  # the times contradict each other
        ((2, 1), (2, 5)),  # enrolled at the same moment
        ((2, 1), (100, 1)),  # checked in at the same moment
        ((2, known(NEVER)), (100, known(NEVER))),
        ((NOT_TOLD, 1), (100, 5)),
        ((2, NOT_TOLD), (100, 5)),
        ((2, 1), (NOT_TOLD, 5)),  # what is not told may be newer
        ((2, 1), (100, NOT_TOLD)),
        ((NOT_TOLD, NOT_TOLD), (NOT_TOLD, NOT_TOLD)),
    ],
)
def test_where_none_is_clearly_newer_nobody_says_in_either_order(
    one: tuple[Time | int, Time | int], other: tuple[Time | int, Time | int]
) -> None:
    records = (_record(*one), _record(*other))
    for order in (records, records[::-1]):
        told = _current(*order)
        assert isinstance(told, Unknown)
        assert told.reason == "several-records"
        assert told.why.startswith("2 records of one serial")


times = st.one_of(
    st.just(NOT_TOLD),
    st.just(known(NEVER)),
    st.integers(0, 4).map(lambda hours: known(NOW - hours * HOUR)),
)


@given(st.lists(st.builds(_record, times, times), min_size=2, max_size=4))
def test_the_answer_does_not_hang_on_the_order_of_the_rows(records: list[Device]) -> None:
    answers = {_said(_current(*order)) for order in permutations(records)}
    assert len(answers) == 1


@given(st.lists(st.builds(_record, times, times), min_size=2, max_size=4))
def test_the_ipad_is_strictly_newer_than_every_other_in_both_times(
    records: list[Device],
) -> None:
    told = _current(*records)
    if isinstance(told, Unknown):
        return
    others = [record for record in records if record is not told.value]
    reads: list[Callable[[Device], Time]] = [lambda d: d.enrolled_at, lambda d: d.last_seen]
    for read in reads:
        newest = read(told.value)
        assert isinstance(newest, Known)
        for fact in map(read, others):
            assert isinstance(fact, Known)
            assert fact.value < newest.value


def _said(fact: Fact[Device]) -> str:
    return fact.reason if isinstance(fact, Unknown) else fact.value.id
