"""What Zoom tells of a call that is over completes its log (D7)."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.in_call import Closed, Dropped
from agent.services import call_erasure, call_log
from agent.services.call_zoom import in_zoom
from agent.services.calls import record
from connectors.sandbox.failures import Failure
from tests.effects.test_call_watch import MINUTE, begun, end
from tests.support.calls import CALL_AT, STARTED, by
from tests.support.stores import NOON
from tests.support.zoom_calls import MDI1, ZoomCalls, zoom_calls

FAMILY = "Mum Blogginsworth"


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    return zoom_calls(tmp_path, NOON)


def two_legs(there: ZoomCalls) -> str:
    """14:00 to 14:14 with one of the family, who was let in; 14:16 to 14:27."""
    call = begun(there)
    there.zoom(MDI1, "knock", name=FAMILY)
    there.zoom(MDI1, "admit", name=FAMILY)
    there.pass_time(minutes=14)
    there.zoom(MDI1, "end")
    record(there.office, call, Dropped(), by("SUP"))
    there.pass_time(minutes=2)
    there.zoom(MDI1, "start")
    record(there.office, call, STARTED, by("SUP"))
    there.pass_time(minutes=11)
    there.zoom(MDI1, "end")
    end(there, call)
    return call


def logged(there: ZoomCalls, call: str) -> call_log.Log:
    return call_log.log(there.office, call, by("SPOC"))


def test_a_call_of_two_legs_has_zooms_own_times_and_who_was_there(there: ZoomCalls) -> None:
    call = two_legs(there)
    there.pass_time(minutes=4)
    found = logged(there, call)
    first, second = found.zoom.legs
    assert (first.began, first.finished) == (CALL_AT, CALL_AT + 14 * MINUTE)
    assert (second.began, second.finished) == (
        CALL_AT + 16 * MINUTE, CALL_AT + 27 * MINUTE,
    )  # fmt: skip
    assert (first.people, first.outside) == (2, 1)
    assert [one["name"] for one in found.people[1] if one["waiting"]] == [FAMILY]
    assert found.zoom.gaps == ()
    assert not there.owed("call.facts")


def test_names_are_kept_only_under_the_calls_key_and_go_with_it(there: ZoomCalls) -> None:
    call = two_legs(there)
    there.pass_time(minutes=4)
    record(there.office, call, Closed(), by("SPOC"))
    folder = Path(str(there.office.store.engine.url.database)).parent
    files = b"".join(one.read_bytes() for one in folder.glob("callsteward.db*"))
    assert FAMILY.encode() not in files
    assert logged(there, call).people[1]
    call_erasure.erase(there.office, call, by("SPOC"), by("SEC"))
    with there.office.store.read() as tx:
        from agent.store.legs import Legs

        assert Legs(tx).sealed(call) == {}
        assert Legs(tx).of(call)[0].outside == 1


def test_what_zoom_tells_after_the_call_was_erased_has_no_names(there: ZoomCalls) -> None:
    call = two_legs(there)
    there.core.failures = [Failure("zoom.pastMeeting", 503)]
    there.pass_time(minutes=4)
    record(there.office, call, Closed(), by("SPOC"))
    call_erasure.erase(there.office, call, by("SPOC"), by("SEC"))
    there.core.failures = []
    there.pass_time(minutes=20)
    with there.office.store.read() as tx:
        from agent.store.legs import Legs

        assert Legs(tx).sealed(call) == {}
        assert [leg.outside for leg in Legs(tx).of(call)] == [1, 1]


def test_zoom_is_asked_again_until_it_tells_and_left_after_a_day(there: ZoomCalls) -> None:
    call = two_legs(there)
    there.core.failures = [Failure("zoom.pastMeeting", 404, body={"code": 3001})]
    there.pass_time(minutes=4)
    [owed] = there.owed("call.facts")
    assert owed.error == "Zoom does not tell of it yet"
    assert there.legs(call)[0].told_at is None
    there.clock.now += timedelta(hours=23)
    there.settle()
    assert there.owed("call.facts")
    there.clock.now += timedelta(hours=3)
    there.settle()
    assert not there.owed("call.facts")
    assert [leg.told_at for leg in there.legs(call)] == [None, None]


def test_a_leg_that_staff_did_not_record_is_a_gap(there: ZoomCalls) -> None:
    call = begun(there)
    there.pass_time(minutes=2)
    there.zoom(MDI1, "end")
    end(there, call)
    there.clock.now += 20 * MINUTE
    there.zoom(MDI1, "start")
    there.learn_hosts()
    there.subscribe()
    there.clock.now += MINUTE
    there.zoom(MDI1, "end")
    there.deliver()
    there.pass_time(minutes=5)
    found = in_zoom(there.office, there.office.found(call))
    assert "Zoom had a leg 14:22 to 14:23 that staff did not record (D7)" in found.gaps
    assert "staff ended it at 14:02, Zoom's last leg at 14:23 (E1)" in found.gaps
