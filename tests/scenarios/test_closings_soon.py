"""A window closes soon after it may, and what is waited for costs Zoom little."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled
from agent.domain.contact import State
from agent.domain.in_call import Dropped
from agent.domain.zoom import LiveMeeting
from agent.store.legs import Legs
from connectors.sandbox.failures import Failure
from connectors.sandbox.records import Edit
from connectors.sandbox.zoom.healthy import PRESENCE
from tests.support import calls as said
from tests.support.families import Family, a_family

SECOND = timedelta(seconds=1)
MEETINGS = ("zoom.meetings", "zoom.dashboard")


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def seen(moorland: Family, call: str, at: datetime) -> None:
    """A look of ours that showed its meeting; nobody has looked since."""
    with moorland.store.begin() as tx:
        Legs(tx).saw(call, LiveMeeting("81", "u=="), "h", at)


def nobody_reads_meetings(moorland: Family) -> None:
    """So whoever needs to read them waits."""
    moorland.fails(*(Failure(name, 503) for name in MEETINGS))


@pytest.mark.parametrize("seconds", [-20, 0])
def test_an_end_tells_of_the_meeting_that_was_seen_before_it(
    moorland: Family, seconds: int
) -> None:
    """Presence and staff's word are enough then; also where who looked has died since."""
    call = moorland.started()
    moorland.clock.now += timedelta(minutes=1)
    seen(moorland, call, moorland.clock.now + seconds * SECOND)
    nobody_reads_meetings(moorland)
    moorland.ends(call)
    moorland.settle()
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_a_meeting_that_was_seen_after_the_end_is_read(moorland: Family) -> None:
    """Somebody holds another one, or the call went on."""
    call = moorland.started()
    nobody_reads_meetings(moorland)
    moorland.ends(call)
    seen(moorland, call, moorland.clock.now + SECOND)
    moorland.later(seconds=30)
    assert moorland.state(call) is State.IN_CALL
    moorland.later(minutes=2)  # it is no news any more
    assert moorland.state(call) is State.CLOSED


@pytest.mark.parametrize("told", [True, False])
def test_a_line_that_broke_was_told_of_too(moorland: Family, told: bool) -> None:
    """As where another call on the same iPad was interrupted just before."""
    other = moorland.started()
    moorland.hang_up()
    call = moorland.invited(email="jo.the.second@family.example", number="B2222CD")
    seen(moorland, other, moorland.clock.now)
    if told:
        moorland.say(other, Dropped(), "SUP")
    nobody_reads_meetings(moorland)
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    assert (moorland.state(call) is State.CLOSED) is told


def test_while_a_meeting_runs_on_the_dashboard_is_asked_seldom_and_its_end_is_seen_soon(
    moorland: Family,
) -> None:
    """Nobody ended the call: only the meetings themselves prove that none runs."""
    call = moorland.started()
    moorland.later(hours=4)
    before = dashboards(moorland)
    for _ in range(60):
        moorland.later(seconds=2)
    assert moorland.state(call) is State.IN_CALL
    assert 2 <= dashboards(moorland) - before <= 6
    moorland.hang_up()
    moorland.later(seconds=2)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_an_end_that_was_said_too_early_costs_no_more(moorland: Family) -> None:
    call = moorland.started()
    moorland.say(call, said.ENDED, "SUP")
    before = dashboards(moorland)
    for _ in range(60):
        moorland.later(seconds=2)
    assert moorland.state(call) is State.IN_CALL
    assert 2 <= dashboards(moorland) - before <= 6
    moorland.hang_up()
    moorland.later(seconds=2)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_who_is_shown_in_a_meeting_for_ever_keeps_nothing_open(moorland: Family) -> None:
    """People set their presence by hand: the meetings themselves tell."""
    call = moorland.started()
    moorland.hang_up()
    shown = Edit(PRESENCE, moorland.user(), set={"status": "In_A_Zoom_Meeting"})
    moorland.core.records.edit(shown)
    moorland.say(call, said.ENDED, "SUP")
    moorland.later(seconds=32)
    assert moorland.state(call) is State.CLOSED


def dashboards(moorland: Family) -> int:
    found: int = moorland.zoom.callers["reader", "zoom.dashboard"]
    return found
