"""A lost iPad that is not the one in use: what must end there ends, whatever runs on it."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled
from agent.domain.contact import State
from agent.domain.contact_words import Invite
from agent.domain.zoom import LiveMeeting
from agent.services.call_case import How
from agent.services.consents import device_named
from agent.services.devices import confirm_not_in_use, report_found, report_lost
from agent.store.legs import Legs
from agent.store.windows import MEETING_GONE
from connectors.sandbox.failures import Failure
from connectors.sandbox.zoom.wire import Refused
from tests.support import calls as said
from tests.support.calls import EMAIL
from tests.support.families import Family, a_family

ONLY = frozenset({EMAIL})
DECIDED = How(override_by="S-MDI-GOV", why="minutes are left")


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def lost(moorland: Family) -> None:
    report_lost(moorland.office, device_named(moorland.store, "MDIBT001"), said.by("SUP"))


def not_in_use(moorland: Family) -> None:
    """Two people say so."""
    asset = device_named(moorland.store, "MDIBT001")
    assert confirm_not_in_use(moorland.office, asset, said.by("SUP"), said.by("CHAP"))


def found(moorland: Family) -> None:
    report_found(moorland.office, device_named(moorland.store, "MDIBT001"), said.by("SUP"))


def test_on_a_lost_ipad_a_meeting_is_waited_for_until_two_people_say_it_is_not_in_use(
    moorland: Family,
) -> None:
    """DESIGN 6.5: lost alone is not enough; somebody may hold the call on it."""
    call = moorland.started()
    moorland.say(call, said.ENDED, "SUP")
    lost(moorland)
    moorland.later(minutes=5)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    not_in_use(moorland)
    moorland.later(seconds=4)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    assert list(moorland.zoom.meetings.running())  # no meeting was ended


def test_on_a_lost_ipad_that_is_not_in_use_a_doubt_keeps_nothing_open(
    moorland: Family,
) -> None:
    call = moorland.started()
    lost(moorland)
    moorland.say(call, said.ENDED, "SUP")
    names = ("zoom.presence", "zoom.dashboard", "zoom.meetings")
    moorland.fails(*(Failure(name, 503) for name in names))
    moorland.later(minutes=1)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    not_in_use(moorland)
    moorland.later(seconds=4)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_its_window_ends_with_its_time_whatever_runs_and_nobody_ended(
    moorland: Family,
) -> None:
    """Its thief may hold meetings: they are no legs of the call that count."""
    call = moorland.started()
    lost(moorland)
    not_in_use(moorland)
    moorland.later(hours=3, minutes=5)
    assert moorland.state(call) is State.IN_CALL
    with moorland.store.begin() as tx:
        Legs(tx).saw(call, LiveMeeting("81", "u=="), "h", tx.now)
    moorland.later(minutes=6)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    assert moorland.windows(call)[-1].reason == "expired"


def test_its_meeting_of_its_own_is_deleted_also_while_another_runs(moorland: Family) -> None:
    call = moorland.prepared()
    moorland.say(call, Invite(mode="meeting"))
    moorland.settle()
    window = moorland.windows(call)[-1]
    moorland.zoom.meetings.start(moorland.user(), "somebody's", moorland.clock.now)
    moorland.say(call, Cancelled(reason="not-needed"))
    lost(moorland)
    moorland.later(minutes=3)
    assert moorland.zoom.meetings.arranged(window.meeting)
    not_in_use(moorland)
    moorland.later(seconds=40)
    assert moorland.state(call) is State.CLOSED
    assert not moorland.owed(MEETING_GONE)
    with pytest.raises(Refused):
        moorland.zoom.meetings.arranged(window.meeting)


def test_once_it_is_found_a_meeting_on_it_counts_again(moorland: Family) -> None:
    call = moorland.started()
    lost(moorland)
    not_in_use(moorland)
    found(moorland)
    moorland.say(call, said.ENDED, "SUP")
    moorland.later(minutes=5)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    lost(moorland)  # anew: what two people said of it before is over
    moorland.later(minutes=1)
    assert moorland.state(call) is State.IN_CALL
    not_in_use(moorland)
    moorland.later(seconds=4)
    assert moorland.state(call) is State.CLOSED


def test_staff_who_start_a_call_on_it_know_better(moorland: Family) -> None:
    """The Governor may decide that a call is made on it all the same: then it is in use."""
    lost(moorland)
    not_in_use(moorland)
    moorland.clock.now += timedelta(minutes=1)
    call = moorland.invited()
    moorland.accepts()
    moorland.say(call, said.PRECALL, "SUP")
    moorland.say(call, said.STARTED, "DUTY", DECIDED)
    moorland.zoom.meetings.start(moorland.user(), "a call", moorland.clock.now)
    moorland.say(call, said.ENDED, "SUP")
    moorland.later(minutes=5)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    moorland.hang_up()
    moorland.later(seconds=4)
    assert moorland.state(call) is State.CLOSED
