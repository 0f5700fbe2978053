"""What every Zoom must keep of one-off meetings. `control` acts and `reading` reads; `host` is
the id of a user on whose iPad `calls` begins and ends them."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from agent.domain.facts import Known, Seen, Unknown
from agent.domain.zoom import Settings, setting
from agent.domain.zoom_windows import ArrangedMeeting, OneOffMeeting, WantedMeeting, unlike
from agent.errors import NotThere, TryAgain, UnknownReply
from agent.ports.zoom_windows import MeetingControl, MeetingReading

START = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
WANTED = WantedMeeting(topic="Call K-17", start=START, minutes=45, passcode="736251")
NOWHERE = "99999999999"


class Held(Protocol):
    """What happens on the host's iPad."""

    def begin(self, number: str) -> str:
        """A leg of this meeting begins; its uuid."""
        ...

    def end(self) -> None: ...

    def writes(self) -> int:
        """How many writes came in."""
        ...

    def loosen(self, path: str, value: object) -> None:
        """The host's group locks a setting to this value."""
        ...


def read(reading: MeetingReading, number: str) -> OneOffMeeting | None:
    fact = reading.meeting(number)
    assert isinstance(fact, Known)
    return fact.value


def listed(reading: MeetingReading, host: str) -> tuple[ArrangedMeeting, ...]:
    fact = reading.arranged(host)
    assert isinstance(fact, Known)
    assert fact.value == Seen(fact.value.rows)
    return fact.value.rows


def value(settings: Settings, path: str) -> object:
    fact = setting(settings, path)
    return fact.value if isinstance(fact, Known) else fact


class MeetingsContract:
    """Holds for every Zoom, real or ours."""

    def test_a_meeting_is_arranged_as_it_must_be_and_reads_back_so(
        self, control: MeetingControl, reading: MeetingReading, host: str
    ) -> None:
        made = control.arrange(host, WANTED)
        back = read(reading, made.id)
        assert back is not None
        for meeting in (made, back):
            assert unlike(meeting.settings) == {}
            assert (meeting.id, meeting.uuid, meeting.host) == (made.id, made.uuid, host)
            assert meeting.passcode == WANTED.passcode
            assert meeting.join_url.startswith("http")
            told = (meeting.topic, meeting.start, meeting.minutes, meeting.running)
            known = [one.value for one in told if isinstance(one, Known)]
            assert known == [WANTED.topic, START, 45, False]

    def test_an_earlier_attempt_is_found_by_its_topic(
        self, control: MeetingControl, reading: MeetingReading, host: str, other: str
    ) -> None:
        assert listed(reading, host) == ()
        made = control.arrange(host, WANTED)
        [found] = listed(reading, host)
        assert (found.id, found.topic) == (made.id, WANTED.topic)
        assert isinstance(found.start, Known)
        assert found.start.value == START
        assert listed(reading, other) == ()

    def test_a_meeting_that_is_deleted_is_proven_gone(
        self, control: MeetingControl, reading: MeetingReading, host: str
    ) -> None:
        kept, gone = control.arrange(host, WANTED), control.arrange(host, WANTED)
        control.delete(gone.id)
        assert read(reading, gone.id) is None
        assert read(reading, kept.id) is not None
        assert [one.id for one in listed(reading, host)] == [kept.id]
        with pytest.raises(NotThere):
            control.delete(gone.id)

    def test_a_meeting_that_runs_is_not_deleted_and_waits_for_another_leg(
        self, control: MeetingControl, reading: MeetingReading, host: str, held: Held
    ) -> None:
        made = control.arrange(host, WANTED)
        legs = []
        for _ in range(2):
            legs.append(held.begin(made.id))
            running = read(reading, made.id)
            assert running is not None
            assert isinstance(running.running, Known)
            assert running.running.value
            with pytest.raises(TryAgain) as told:
                control.delete(made.id)
            assert "ended" in told.value.hint
            held.end()
            assert [one.id for one in listed(reading, host)] == [made.id]
        assert legs[0] == made.uuid
        assert len(set(legs)) == 2
        control.delete(made.id)
        assert read(reading, made.id) is None

    def test_a_leftover_of_yesterday_is_in_the_list(
        self, control: MeetingControl, reading: MeetingReading, host: str
    ) -> None:
        early = WantedMeeting(
            topic="Call", start=START - timedelta(days=1), minutes=30, passcode="1"
        )
        made = control.arrange(host, early)
        assert [one.id for one in listed(reading, host)] == [made.id]

    @pytest.mark.parametrize(
        ("path", "locked", "name", "told"),
        [
            ("meeting_security.waiting_room", False, "waiting_room", False),
            ("schedule_meeting.join_before_host", True, "join_before_host", True),
            ("recording.auto_recording", "cloud", "auto_recording", "cloud"),
        ],
    )
    def test_what_the_account_forces_is_told_and_not_hidden(
        self,
        control: MeetingControl,
        reading: MeetingReading,
        host: str,
        held: Held,
        path: str,
        locked: object,
        name: str,
        told: object,
    ) -> None:
        held.loosen(path, locked)
        back = read(reading, control.arrange(host, WANTED).id)
        assert back is not None
        assert set(unlike(back.settings)) == {name}
        assert value(back.settings, name) == told

    def test_what_is_not_there_is_told_apart(
        self, control: MeetingControl, reading: MeetingReading, held: Held
    ) -> None:
        assert read(reading, NOWHERE) is None
        assert isinstance(reading.arranged("nobody"), Unknown)
        with pytest.raises(NotThere):
            control.arrange("nobody", WANTED)
        with pytest.raises(NotThere):
            control.delete(NOWHERE)

    def test_without_an_id_nothing_is_asked(
        self, control: MeetingControl, reading: MeetingReading, held: Held
    ) -> None:
        assert isinstance(reading.meeting(""), Unknown)
        assert isinstance(reading.arranged(""), Unknown)
        with pytest.raises(UnknownReply):
            control.arrange("", WANTED)
        with pytest.raises(UnknownReply):
            control.delete("")
        assert held.writes() == 0
