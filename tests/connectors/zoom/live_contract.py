"""What every Zoom must keep of meetings that run, in sentences.

`live` reads and `control` acts; `host` has an iPad on which `calls` begins and ends meetings;
`breaks` makes the outside fail in the way it is told.
"""

from collections.abc import Callable
from typing import Protocol

import pytest

from agent.domain.facts import Known, Seen, Unknown
from agent.domain.zoom import LiveMeeting, User
from agent.errors import ConnectorError, NotThere, Refused, TryAgain, UnknownReply
from agent.ports.zoom_live import LiveControl, LiveMeetings
from tests.connectors.zoom.contract import Breaks

GONE = LiveMeeting("99999999999", "gone==")
ACTS = ("stop_recording", "stop_companion", "disable_companion")


class Calls(Protocol):
    """What happens on the host's iPad."""

    def start(self, *, instant: bool) -> LiveMeeting: ...

    def record(self) -> None: ...

    def start_companion(self) -> None: ...

    def end(self) -> None: ...

    def allow(self) -> None:
        """Recording and AI Companion are not switched off for the host."""
        ...

    def kept(self) -> set[str]:
        """What is kept of the call that ended: summary, transcript, recording."""
        ...

    def writes(self) -> int:
        """How many writes came in."""
        ...


class LiveContract:
    """Holds for every Zoom, real or ours."""

    def test_that_no_meeting_runs_is_known(self, live: LiveMeetings, host: User) -> None:
        fact = live.live(host)
        assert isinstance(fact, Known)
        assert fact.value == Seen(())

    @pytest.mark.parametrize("instant", [True, False])
    def test_a_meeting_that_runs_is_seen_until_it_ends(
        self, live: LiveMeetings, host: User, calls: Calls, *, instant: bool
    ) -> None:
        meeting = calls.start(instant=instant)
        fact = live.live(host)
        assert isinstance(fact, Known)
        assert fact.value.rows == (meeting,)
        calls.end()
        after = live.live(host)
        assert isinstance(after, Known)
        assert after.value == Seen(())

    def test_a_meeting_of_somebody_else_is_not_the_hosts(
        self, live: LiveMeetings, other: User, host: User, calls: Calls
    ) -> None:
        calls.start(instant=True)
        fact = live.live(other)
        assert isinstance(fact, Known)
        assert fact.value == Seen(())

    def test_a_user_is_in_a_meeting_while_one_runs(
        self, live: LiveMeetings, host: User, calls: Calls
    ) -> None:
        found = []
        changes: list[Callable[[], object]] = [
            bool,
            lambda: calls.start(instant=True),
            calls.end,
        ]
        for change in changes:
            change()
            fact = live.in_meeting(host)
            assert isinstance(fact, Known)
            found.append(fact.value)
        assert found == [False, True, False]

    def test_that_something_was_recorded_stays_true(
        self, live: LiveMeetings, control: LiveControl, calls: Calls
    ) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        found = []
        changes: list[Callable[[], object]] = [
            bool,
            calls.record,
            lambda: control.stop_recording(meeting),
        ]
        for change in changes:
            change()
            fact = live.recorded(meeting)
            assert isinstance(fact, Known)
            found.append(fact.value)
        assert found == [False, True, True]

    def test_of_a_meeting_that_does_not_run_nothing_is_known(self, live: LiveMeetings) -> None:
        fact = live.recorded(GONE)
        assert isinstance(fact, Unknown)
        assert fact.reason == "not-live"

    def test_a_stopped_recording_is_kept(self, control: LiveControl, calls: Calls) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        calls.record()
        control.stop_recording(meeting)
        calls.end()
        assert calls.kept() == {"recording"}

    def test_what_companion_wrote_is_kept_where_it_is_stopped(
        self, control: LiveControl, calls: Calls
    ) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        calls.start_companion()
        control.stop_companion(meeting)
        control.disable_companion(meeting)
        calls.end()
        assert calls.kept() == {"summary", "transcript"}

    @pytest.mark.parametrize("act", ACTS)
    def test_what_is_switched_off_refuses_and_says_what_to_do(
        self, control: LiveControl, calls: Calls, act: str
    ) -> None:
        meeting = calls.start(instant=True)
        with pytest.raises(Refused) as refused:
            getattr(control, act)(meeting)
        assert not isinstance(refused.value, NotThere)
        assert "staff" in refused.value.hint

    @pytest.mark.parametrize("act", ACTS)
    def test_a_meeting_that_ended_is_not_there(
        self, control: LiveControl, calls: Calls, act: str
    ) -> None:
        calls.allow()
        ended = calls.start(instant=True)
        calls.end()
        for meeting in (ended, GONE):
            with pytest.raises(NotThere):
                getattr(control, act)(meeting)

    @pytest.mark.parametrize("act", ACTS)
    def test_a_meeting_is_named_by_its_uuid_where_there_is_no_number(
        self, control: LiveControl, calls: Calls, act: str
    ) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        before = calls.writes()
        getattr(control, act)(LiveMeeting("", meeting.uuid))
        assert calls.writes() == before + 1
        with pytest.raises(UnknownReply):
            getattr(control, act)(LiveMeeting("", ""))
        assert calls.writes() == before + 1


FAULTS: dict[str, type[ConnectorError]] = {
    "timeout": TryAgain,
    "cut": TryAgain,
    "busy": TryAgain,
    "away": TryAgain,
    "refused": Refused,
    "login": Refused,
    "no scope": Refused,
    "html": UnknownReply,
    "another form": UnknownReply,
    "code in 200": Refused,
}


class RemoteLiveContract(LiveContract):
    """Holds for a Zoom that is asked over a network."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_makes_unknown_what_is_read(
        self, live: LiveMeetings, host: User, calls: Calls, breaks: Breaks, fault: str
    ) -> None:
        meeting = calls.start(instant=True)
        breaks(fault)
        for fact in (live.live(host), live.in_meeting(host), live.recorded(meeting)):
            assert isinstance(fact, Unknown), fault
            assert fact.reason in ("not-read", "not-told")

    @pytest.mark.parametrize("act", ACTS)
    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_is_told_and_nothing_is_sent_twice(
        self, control: LiveControl, calls: Calls, breaks: Breaks, act: str, fault: str
    ) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        breaks(fault)
        before = calls.writes()
        with pytest.raises(FAULTS[fault]) as told:
            getattr(control, act)(meeting)
        assert not isinstance(told.value, NotThere)
        assert meeting.id not in str(told.value)
        # A refused token proves that nothing was done: then alone it goes out again.
        assert calls.writes() == before + (2 if fault == "login" else 1)

    @pytest.mark.parametrize("fault", ["busy", "cut"])
    def test_what_was_broken_may_be_well_again(
        self,
        live: LiveMeetings,
        control: LiveControl,
        host: User,
        calls: Calls,
        breaks: Breaks,
        fault: str,
    ) -> None:
        calls.allow()
        meeting = calls.start(instant=True)
        breaks(fault)
        for _ in range(9):  # an emergency is never given up for a while
            with pytest.raises(TryAgain):
                control.stop_recording(meeting)
        breaks("")
        control.stop_recording(meeting)
        assert isinstance(live.live(host), Known)
