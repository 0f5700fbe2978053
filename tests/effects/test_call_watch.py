"""A call is watched in Zoom until it is over: by looking, and faster by events."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.in_call import Dropped
from agent.services.call_case import How
from agent.services.calls import record
from connectors.sandbox.failures import Failure
from connectors.sandbox.zoom.limits import Plan
from tests.support.calls import (
    CALL_AT,
    ENDED,
    STARTED,
    approved,
    asked_for,
    by,
    ready,
)
from tests.support.stores import NOON
from tests.support.zoom_calls import ZoomCalls, zoom_calls

MINUTE = timedelta(minutes=1)


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    return zoom_calls(tmp_path, NOON)


def a_call(there: ZoomCalls, device: str = "MDIBT001") -> str:
    call = asked_for(there.office, device=device)
    ready(there.office, call)
    return call


def begun(there: ZoomCalls) -> str:
    """Staff started it, and it runs."""
    call = a_call(there)
    there.clock.now = CALL_AT
    there.zoom("K10003", "start")
    record(there.office, call, STARTED, by("SUP"))
    there.settle()
    return call


def end(there: ZoomCalls, call: str) -> None:
    record(there.office, call, ENDED, by("SUP"))


def test_nobody_looks_before_ten_minutes_to_its_time(there: ZoomCalls) -> None:
    call = a_call(there)
    there.settle()
    [owed] = there.owed("call.watch")
    assert (owed.subject, owed.due) == (call, CALL_AT - 10 * MINUTE)
    there.clock.now = CALL_AT - 11 * MINUTE
    there.settle()
    assert sum(there.core.zoom.calls.values()) == 0
    there.clock.now = CALL_AT - 10 * MINUTE
    there.settle()
    assert there.core.zoom.labels["Resource-intensive"] == 1


def test_a_call_that_drops_and_is_started_again_has_two_legs(there: ZoomCalls) -> None:
    call = begun(there)
    assert [leg.running for leg in there.legs(call)] == [True]
    there.pass_time(minutes=14)
    there.zoom("K10003", "end")
    record(there.office, call, Dropped(), by("SUP"))
    there.pass_time(minutes=1)
    assert [leg.running for leg in there.legs(call)] == [False]
    there.zoom("K10003", "start")
    record(there.office, call, STARTED, by("SUP"))
    there.pass_time(minutes=5)
    first, second = there.legs(call)
    assert first.uuid != second.uuid
    assert second.running
    end(there, call)
    there.settle()
    assert there.owed("call.watch")  # the meeting runs still: staff's word ends no meeting
    there.zoom("K10003", "end")
    there.pass_time(minutes=1)
    assert not there.owed("call.watch")
    assert [leg.running for leg in there.legs(call)] == [False, False]


def test_what_cannot_be_read_leaves_a_leg_as_it_was_and_is_counted(there: ZoomCalls) -> None:
    call = begun(there)
    there.zoom("K10003", "end")
    there.core.failures = [Failure("zoom.dashboard", 500)]
    there.pass_time(minutes=2)
    [leg] = there.legs(call)
    assert leg.running
    [owed] = there.owed("call.watch")
    assert owed.error is not None
    assert owed.error.startswith("not known: ")
    there.core.failures = []
    there.pass_time(minutes=6)
    [leg] = there.legs(call)
    assert not leg.running


def test_what_was_read_only_in_part_ends_no_leg(there: ZoomCalls) -> None:
    call = begun(there)
    there.zoom("K10003", "end")
    there.zoom("K10003", "start", type=2)  # an arranged one, which the user's own list shows
    there.core.failures = [Failure("zoom.dashboard", 500)]
    there.pass_time(seconds=30)
    assert [leg.running for leg in there.legs(call)] == [True, True]


def test_two_calls_on_one_ipad_the_meeting_is_the_one_that_staff_started(
    there: ZoomCalls,
) -> None:
    other = a_call(there)
    there.clock.now += MINUTE
    second = asked_for(there.office, number="A9999ZZ")
    ready(there.office, second)
    there.clock.now = CALL_AT
    there.zoom("K10003", "start")
    record(there.office, second, STARTED, by("SUP"))
    there.settle()
    assert len(there.legs(second)) == 1
    assert there.legs(other) == []


def test_another_ipads_meeting_is_not_the_calls(there: ZoomCalls) -> None:
    call = a_call(there)
    there.clock.now = CALL_AT
    there.zoom("K10004", "start")
    there.settle()
    assert there.legs(call) == []


def test_a_call_that_nobody_made_is_left_an_hour_after_its_time(there: ZoomCalls) -> None:
    call = asked_for(there.office)
    approved(there.office, call)
    there.clock.now = CALL_AT + timedelta(hours=1, minutes=59)
    there.settle()
    assert there.owed("call.watch")
    there.pass_time(minutes=2)
    assert not there.owed("call.watch")
    assert not there.owed("call.facts")


def test_many_calls_cost_no_more_dashboards_than_one(there: ZoomCalls) -> None:
    for device in ("MDIBT001", "MDIBT002"):
        a_call(there, device)
    there.clock.now = CALL_AT - MINUTE
    there.settle()
    there.core.zoom.labels.clear()
    there.pass_time(minutes=2)
    assert there.core.zoom.labels["Resource-intensive"] <= 8
    assert there.core.zoom.labels["Medium"] == 0


def test_where_the_plan_shows_no_instant_meetings_events_tell_the_legs(
    there: ZoomCalls,
) -> None:
    there.core.zoom.limits.plan = Plan.PRO
    there.learn_hosts()
    there.subscribe()
    call = begun(there)
    assert there.legs(call) == []
    assert there.deliver() == [204]
    there.pass_time(minutes=3)
    [leg] = there.legs(call)
    assert (leg.running, leg.first_seen) == (True, CALL_AT)
    there.zoom("K10003", "end")
    end(there, call)
    assert there.deliver() == [204]
    [leg] = there.legs(call)
    assert leg.ended_at == CALL_AT + 3 * MINUTE
    there.pass_time(minutes=9)
    assert there.owed("call.watch")
    there.pass_time(minutes=2)
    assert not there.owed("call.watch")


def test_the_first_ended_may_come_after_the_second_leg_began(there: ZoomCalls) -> None:
    there.learn_hosts()
    there.subscribe()
    call = begun(there)
    began = there.on_their_way()
    there.clock.now += 4 * MINUTE
    there.zoom("K10003", "end")
    ended = there.on_their_way()
    there.clock.now += MINUTE
    there.zoom("K10003", "start")
    again = there.on_their_way()
    assert there.deliver([*again, *ended, *began]) == [204, 204, 204]
    legs = {leg.first_seen: leg.ended_at for leg in there.legs(call)}
    assert legs == {CALL_AT: CALL_AT + 4 * MINUTE, CALL_AT + 5 * MINUTE: None}
    there.settle()
    assert sum(leg.running for leg in there.legs(call)) == 1


def test_a_leg_that_begins_after_all_is_watched_again(there: ZoomCalls) -> None:
    there.learn_hosts()
    there.subscribe()
    call = begun(there)
    there.zoom("K10003", "end")
    end(there, call)
    there.pass_time(minutes=1)
    assert not there.owed("call.watch")
    there.zoom("K10003", "start")
    there.deliver()
    assert there.owed("call.watch")
    there.settle()
    assert [leg.running for leg in there.legs(call)] == [False, True]


def test_an_event_makes_the_watch_look_at_once(there: ZoomCalls) -> None:
    there.learn_hosts()
    there.subscribe()
    call = a_call(there)
    there.clock.now = CALL_AT - 5 * MINUTE
    there.settle()
    there.clock.now += timedelta(seconds=20)
    there.settle()
    before = there.owed("call.watch")[0].next_at
    assert before > there.clock.now
    there.zoom("K10003", "start")
    there.deliver()
    assert there.owed("call.watch")[0].next_at == there.clock.now
    there.settle()
    assert len(there.legs(call)) == 1


def test_a_late_paper_entry_of_a_start_does_no_harm(there: ZoomCalls) -> None:
    call = a_call(there)
    there.clock.now = CALL_AT + timedelta(hours=3)
    there.settle()
    assert not there.owed("call.watch")
    record(there.office, call, STARTED, by("SPOC"), How(at=CALL_AT, paper_by="S-MDI-SUP"))
    there.settle()
    record(
        there.office, call, ENDED, by("SPOC"),
        How(at=CALL_AT + 9 * MINUTE, paper_by="S-MDI-SUP"),
    )  # fmt: skip
    there.pass_time(minutes=1)
    assert not there.owed("call.watch")
