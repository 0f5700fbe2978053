"""Zoom's events are forgotten once their time is over, and no sooner."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agent.store.zoom_events import FORGET, KEPT, zoom_event
from tests.support.stores import NOON
from tests.support.zoom_calls import MDI1, ZoomCalls, zoom_calls

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    found = zoom_calls(tmp_path, NOON)
    found.learn_hosts()
    found.subscribe()
    return found


def a_call(there: ZoomCalls) -> None:
    """Two events."""
    for action in ("start", "end"):
        there.zoom(MDI1, action)
    assert there.deliver() == [204, 204]
    there.settle()


def kept(there: ZoomCalls) -> int:
    with there.office.store.read() as tx:
        return tx.sql.scalar(select(func.count()).select_from(zoom_event)) or 0


def at(there: ZoomCalls, moment: datetime) -> int:
    """What is left at this time, once all that is due is done."""
    there.clock.now = moment
    there.settle()
    return kept(there)


def test_an_event_is_kept_for_ninety_days_and_then_forgotten(there: ZoomCalls) -> None:
    a_call(there)
    assert at(there, NOON + KEPT - MOMENT) == 2
    assert at(there, NOON + KEPT) == 0
    assert not there.owed(FORGET)


def test_who_came_later_goes_later_and_both_by_one_obligation(there: ZoomCalls) -> None:
    a_call(there)
    there.clock.now = NOON + timedelta(days=30)
    a_call(there)
    assert len(there.owed(FORGET)) == 1
    assert at(there, NOON + KEPT + timedelta(days=2)) == 2
    [owed] = there.owed(FORGET)
    assert owed.due == NOON + timedelta(days=30) + KEPT
    assert at(there, owed.due + timedelta(days=2)) == 0


def test_they_are_forgotten_at_most_once_a_day(there: ZoomCalls) -> None:
    """However close together the next ones came."""
    a_call(there)
    there.clock.now = NOON + timedelta(minutes=5)
    a_call(there)
    there.clock.now = NOON + KEPT + timedelta(minutes=1)
    there.settle()
    [owed] = there.owed(FORGET)
    assert (kept(there), owed.due) == (2, there.clock.now + timedelta(days=1))


def test_after_a_pause_the_next_event_is_owed_its_end_again(there: ZoomCalls) -> None:
    a_call(there)
    assert at(there, NOON + KEPT + timedelta(days=2)) == 0
    began = there.clock.now
    a_call(there)
    [owed] = there.owed(FORGET)
    assert owed.due == began + KEPT
