"""One-off meetings over the sandbox: the contract, what is sent, odd answers."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import Scopes
from agent.domain.zoom_windows import ONE_OFF
from agent.errors import NotThere, Refused, TryAgain, UnknownReply
from agent.ports.zoom_windows import MeetingControl, MeetingReading
from connectors.sandbox.identity import Identity
from connectors.sandbox.zoom.healthy import GROUP_LOCKS, GROUP_SETTINGS, SETTINGS
from connectors.zoom.meetings import SENT, ZoomMeetingControl, ZoomMeetings
from connectors.zoom.settings import paths
from tests.connectors.zoom.acts_contract import Acts, Reads, RemoteActs, RemoteReads
from tests.connectors.zoom.canned import only, refusal
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.faulty import breaking
from tests.connectors.zoom.meetings_contract import NOWHERE, START, WANTED, MeetingsContract
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed

WRITES = ("POST", "DELETE")


@dataclass
class OnTheIpad:
    """`Held` on the first iPad of a sandbox."""

    there: Sandboxed

    def begin(self, number: str) -> str:
        zoom = self.there.core.zoom
        return str(zoom.meetings.begin(*zoom.meetings.arranged(number), zoom.clock())["uuid"])

    def end(self) -> None:
        zoom = self.there.core.zoom
        zoom.meetings.finish(*next(zoom.meetings.running()), zoom.clock())

    def writes(self) -> int:
        return sum(one.method in WRITES and "/v2/" in one.url.path for one in self.there.asked)

    def loosen(self, path: str, value: object) -> None:
        self.there.edit(GROUP_LOCKS, self.there.group(0), **{path: True})
        self.there.edit(GROUP_SETTINGS, self.there.group(0), **{path: value})
        self.there.edit(SETTINGS, self.there.id(0), **{path: value})


class Base:
    @pytest.fixture
    def control(self, there: Sandboxed, base: str) -> MeetingControl:
        return ZoomMeetingControl(there.line(base), there.app("actor"))

    @pytest.fixture
    def reading(self, there: Sandboxed, base: str) -> MeetingReading:
        return ZoomMeetings(there.line(base), there.app("reader"))

    @pytest.fixture
    def breaks(self, there: Sandboxed) -> Breaks:
        return breaking(there)


class Acting(Base, MeetingsContract, RemoteActs):
    @pytest.fixture(params=["arrange", "delete"])
    def acts(self, control: MeetingControl, number: str, host: str, request: Any) -> Acts:
        if request.param == "arrange":
            return lambda: control.arrange(host, WANTED)
        return lambda: control.delete(number)

    @pytest.fixture
    def number(self, control: MeetingControl, host: str) -> str:
        return control.arrange(host, WANTED).id

    @pytest.fixture
    def scopes(self, control: MeetingControl) -> Fact[Scopes]:
        return control.scopes()

    @pytest.fixture
    def secrets(self, number: str) -> Sequence[str]:
        return (number, WANTED.passcode, WANTED.topic)


class Reading(Base, RemoteReads):
    @pytest.fixture
    def reads(
        self,
        control: MeetingControl,
        reading: MeetingReading,
        host: str,
        secrets: Sequence[str],
    ) -> Reads:
        return (lambda: reading.meeting(secrets[0]), lambda: reading.arranged(host))

    @pytest.fixture
    def scopes(self, reading: MeetingReading) -> Fact[Scopes]:
        return reading.scopes()

    @pytest.fixture
    def secrets(self, control: MeetingControl, host: str) -> Sequence[str]:
        return (control.arrange(host, WANTED).id, WANTED.passcode, WANTED.topic)


class Sockets:
    @pytest.fixture
    def there(self, served: tuple[Sandboxed, str]) -> Sandboxed:
        return served[0]

    @pytest.fixture
    def base(self, served: tuple[Sandboxed, str]) -> str:
        return served[1]


class TestActingSocketFree(Acting): ...


class TestActingOverSockets(Sockets, Acting): ...


class TestReadingSocketFree(Reading): ...


class TestReadingOverSockets(Sockets, Reading): ...


@pytest.fixture
def base() -> str:
    return ""


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    return sandboxed(application)


@pytest.fixture
def host(there: Sandboxed) -> str:
    return there.id(0)


@pytest.fixture
def other(there: Sandboxed) -> str:
    return there.id(1)


@pytest.fixture
def held(there: Sandboxed) -> OnTheIpad:
    return OnTheIpad(there)


@pytest.fixture
def sent(held: OnTheIpad) -> Callable[[], int]:
    return held.writes


@pytest.fixture
def control(there: Sandboxed) -> MeetingControl:
    return ZoomMeetingControl(there.line(), there.app("actor"))


@pytest.fixture
def reading(there: Sandboxed) -> MeetingReading:
    return ZoomMeetings(there.line(), there.app("reader"))


# What is sent


def test_every_setting_is_sent_and_none_is_left_to_the_host(
    there: Sandboxed, control: MeetingControl, host: str
) -> None:
    there.edit(SETTINGS, host, **{"in_meeting.meeting_summary_with_ai_companion": True})
    made = control.arrange(host, WANTED)
    [request] = [one for one in there.asked if one.url.path.endswith("/meetings")]
    body = json.loads(request.content)
    assert paths(body.pop("settings")) == dict(SENT)
    assert body == {
        "type": 2,
        "topic": WANTED.topic,
        "agenda": "",
        "start_time": f"{START:%Y-%m-%dT%H:%M:%SZ}",
        "timezone": "Europe/London",
        "duration": 45,
        "default_password": False,
        "password": WANTED.passcode,
        "pre_schedule": False,
    }
    assert set(made.settings) == set(SENT) | {"approval_type", "enforce_login"}


def test_what_keeps_or_lets_in_is_among_what_must_hold() -> None:
    assert ONE_OFF.items() <= SENT.items()
    for path, wanted in (
        ("waiting_room", True),
        ("join_before_host", False),
        ("auto_recording", "none"),
        ("auto_start_meeting_summary", False),
        ("auto_start_ai_companion_questions", False),
        ("continuous_meeting_chat.enable", False),
        ("alternative_hosts", ""),
        ("use_pmi", False),
    ):
        assert ONE_OFF[path] == wanted


def test_the_deletion_mails_nobody_and_keeps_the_request_id(
    there: Sandboxed, control: MeetingControl, host: str
) -> None:
    done = control.delete(control.arrange(host, WANTED).id)
    [request] = [one for one in there.asked if one.method == "DELETE"]
    assert dict(request.url.params) == {
        "schedule_for_reminder": "false",
        "cancel_meeting_reminder": "false",
    }
    assert len(done.request) > 20


def test_the_reader_reads_and_the_actor_acts(
    there: Sandboxed, control: MeetingControl, reading: MeetingReading, host: str
) -> None:
    made = control.arrange(host, WANTED)
    reading.meeting(made.id)
    reading.arranged(host)
    control.delete(made.id)
    assert there.core.zoom.callers == {
        ("actor", "zoom.createMeeting"): 1,
        ("reader", "zoom.meeting"): 1,
        ("reader", "zoom.meetings"): 1,
        ("actor", "zoom.deleteMeeting"): 1,
    }
    with pytest.raises(Refused, match="meeting:write:meeting:admin"):
        ZoomMeetingControl(there.line(), there.app("reader")).arrange(host, WANTED)


def test_a_host_who_made_too_many_today_is_asked_again_later(
    there: Sandboxed, control: MeetingControl, host: str
) -> None:
    there.core.zoom.limits.scale = 1000  # the limit of a day, not that of a second
    for _ in range(100):
        control.arrange(host, WANTED)
    with pytest.raises(TryAgain):
        control.arrange(host, WANTED)


# Odd answers

MADE = {"id": 81234567890, "uuid": "u==", "join_url": "https://zoom.example/j/1"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, MADE),
        (202, MADE),
        (201, {**MADE, "id": None}),
        (201, {**MADE, "id": 0}),
        (201, {**MADE, "id": True}),
        (201, {**MADE, "join_url": None}),
        (201, [MADE]),
    ],
)
def test_a_meeting_that_was_perhaps_made_is_told_as_such(
    there: Sandboxed, control: MeetingControl, host: str, status: int, body: object
) -> None:
    there.odd = only("/meetings", lambda _: httpx.Response(status, json=body))
    with pytest.raises(UnknownReply):
        control.arrange(host, WANTED)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 3001, NotThere),
        (400, 3002, TryAgain),
        (404, 2300, Refused),
        (400, 3001, Refused),
        (400, 300, Refused),
        (200, 3001, Refused),
        (500, 500, TryAgain),
    ],
)
def test_a_refused_deletion_is_told_apart_from_a_meeting_that_is_gone(
    there: Sandboxed,
    control: MeetingControl,
    reading: MeetingReading,
    status: int,
    code: int,
    kind: type[Exception],
) -> None:
    there.odd = only(f"/{NOWHERE}", lambda _: refusal(status, code))
    with pytest.raises(kind) as told:
        control.delete(NOWHERE)
    assert isinstance(told.value, NotThere) is (kind is NotThere)
    fact = reading.meeting(NOWHERE)
    assert isinstance(fact, Known) is (kind is NotThere)


@pytest.mark.parametrize("body", [{**MADE, "id": 7}, {"id": None}, {}])
def test_an_answer_about_another_meeting_proves_nothing(
    there: Sandboxed, reading: MeetingReading, body: object
) -> None:
    there.odd = only(f"/{NOWHERE}", lambda _: httpx.Response(200, json=body))
    fact = reading.meeting(NOWHERE)
    assert isinstance(fact, Unknown)
    assert fact.reason == "not-read"


@pytest.mark.parametrize("row", [5, {}, {"id": "x", "topic": 7, "start_time": "soon"}])
def test_a_row_that_cannot_be_read_is_a_meeting_still(
    there: Sandboxed, reading: MeetingReading, host: str, row: object
) -> None:
    body = {"meetings": [row], "total_records": 2, "next_page_token": ""}
    there.odd = only("/meetings", lambda _: httpx.Response(200, json=body))
    fact = reading.arranged(host)
    assert isinstance(fact, Known)
    assert len(fact.value.rows) == 1
    assert fact.value.gap is not None
    assert fact.value.gap.reason == "not-read"


@pytest.mark.parametrize(
    "odd", [{"status": "odd"}, {"duration": "long"}, {"topic": 5}, {"settings": "none"}]
)
def test_an_odd_field_hides_only_itself(
    there: Sandboxed, reading: MeetingReading, odd: dict[str, object]
) -> None:
    whole = {**MADE, "status": "started", "duration": 5, "topic": "Call"}
    body = {**whole, "settings": {"watermark": None}, **odd}
    there.odd = only(f"/{MADE['id']}", lambda _: httpx.Response(200, json=body))
    fact = reading.meeting(str(MADE["id"]))
    assert isinstance(fact, Known)
    assert fact.value is not None
    found = fact.value
    facts = {"status": found.running, "duration": found.minutes, "topic": found.topic}
    unknown = {name for name, one in facts.items() if isinstance(one, Unknown)}
    assert unknown == set(odd) - {"settings"}
    assert set(map(type, found.settings.values())) <= {Unknown}
