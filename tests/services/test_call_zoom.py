"""What staff see of a recording, and of what Zoom knows of a call."""

from pathlib import Path

import pytest

from agent.domain.in_call import Dropped
from agent.services import call_day
from agent.services.call_zoom import END_NOW
from agent.services.calls import record
from connectors.sandbox.failures import Failure
from tests.effects.test_call_watch import begun, end
from tests.support.calls import asked_for, by
from tests.support.stores import NOON
from tests.support.zoom_calls import MDI1, ZoomCalls, zoom_calls


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    found = zoom_calls(tmp_path, NOON)
    found.learn_hosts()
    found.subscribe()
    return found


def test_whoever_takes_a_step_of_a_recorded_call_is_told_to_end_it(there: ZoomCalls) -> None:
    call = begun(there)
    there.zoom(MDI1, "record")
    there.deliver()
    there.settle()
    told = record(there.office, call, Dropped(), by("SUP")).notes[0]
    assert told.startswith("a recording was started, noticed at 14:00 (INC-2026-00001, D4)")
    assert "refused" in told
    assert told.endswith(f". {END_NOW}.")
    day = call_day.today(there.office, "MDI")
    assert day.noticed[call] == (told,)
    end(there, call)
    [after] = call_day.today(there.office, "MDI").noticed[call]
    assert END_NOW not in after


def test_the_other_ipads_call_is_told_nothing(there: ZoomCalls) -> None:
    call = begun(there)
    there.zoom("K10004", "start")
    there.zoom("K10004", "record")
    there.deliver()
    assert record(there.office, call, Dropped(), by("SUP")).notes == ()


def test_another_call_on_the_same_ipad_is_told_nothing(there: ZoomCalls) -> None:
    call = begun(there)
    there.zoom(MDI1, "record")
    there.deliver()
    there.settle()
    other = asked_for(there.office, number="A9999ZZ")
    noticed = call_day.today(there.office, "MDI").noticed
    assert (len(noticed[call]), noticed[other]) == (1, ())


def test_looks_that_told_nothing_are_shown(there: ZoomCalls) -> None:
    from agent.services.call_zoom import in_zoom

    there.core.failures = [Failure("zoom.dashboard", 500)]
    call = begun(there)
    [gap] = in_zoom(there.office, there.office.found(call)).gaps
    assert gap.startswith("Zoom could not tell in 1 of 1 looks: ")
