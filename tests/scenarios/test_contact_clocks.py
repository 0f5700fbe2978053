"""Clocks that jump, and nights on which they change: nothing is forgotten, and nothing closed
while a call runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.contact import State
from agent.effects.contact_zoom import InTime
from agent.errors import ClockBehind, TryAgain
from tests.support.calls import EMAIL
from tests.support.estates import Clock
from tests.support.families import LEASE, Family, a_family

ONLY = frozenset({EMAIL})
TWO_HOURS = timedelta(hours=2)


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def test_a_clock_that_jumps_ahead_closes_nothing_while_the_call_runs(moorland: Family) -> None:
    call = moorland.started()
    for _ in range(3):
        moorland.clock.now += TWO_HOURS
        moorland.settle()
        assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    moorland.ends(call)
    moorland.later(seconds=4)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_a_clock_that_was_set_back_is_refused_and_all_goes_on_once_it_is_right(
    moorland: Family,
) -> None:
    call = moorland.invited()
    right = moorland.clock.now
    moorland.clock.now = right - TWO_HOURS
    with pytest.raises(ClockBehind):
        moorland.settle()
    moorland.clock.now = right + timedelta(hours=3, minutes=11)
    moorland.settle()
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


@pytest.mark.parametrize("jump", [-TWO_HOURS, timedelta(seconds=-1), TWO_HOURS])
def test_an_attempt_in_which_the_clock_jumps_changes_nothing(
    moorland: Family, jump: timedelta
) -> None:
    """What it had read by the other clock proves nothing of now."""
    time = InTime(moorland.store, moorland.store.clock(), LEASE)
    time.prove()
    moorland.clock.now += jump
    with pytest.raises(TryAgain):
        time.prove()


@pytest.mark.parametrize(
    "eve",
    [datetime(2027, 3, 27, 22, 30, tzinfo=UTC), datetime(2027, 10, 30, 22, 30, tzinfo=UTC)],
)
def test_on_the_nights_on_which_clocks_change_a_call_is_closed_verified_and_looked_at_again(
    tmp_path: Path, eve: datetime
) -> None:
    """A call at 00:30 UTC: half past midnight, or half past one of British Summer Time."""
    moorland = a_family(tmp_path, clock=Clock(eve))
    call = moorland.started()
    moorland.later(hours=5)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    moorland.ends(call)
    moorland.later(seconds=4)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED
    moorland.zoom.contacts.come_back(moorland.user(), EMAIL, moorland.clock.now)
    moorland.later(hours=24)
    assert moorland.state(call) is State.CLOSED
