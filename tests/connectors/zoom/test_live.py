"""Meetings that run, over the sandbox: the contract, which app asks, and odd answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import NOT_TOLD, LiveMeeting, Scopes, User, UserStatus
from agent.errors import NotThere, Refused, TryAgain, UnknownReply
from agent.ports.zoom_live import LiveControl, LiveMeetings
from connectors.sandbox.identity import Identity
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.healthy import (
    GROUP_LOCKS,
    MEETINGS,
    PRESENCE,
    RECORDINGS,
    SETTINGS,
    SUMMARIES,
    TRANSCRIPTS,
)
from connectors.sandbox.zoom.limits import Plan
from connectors.sandbox.zoom.live import COMPANION, RECORDING
from connectors.zoom.acting import ACTOR
from connectors.zoom.live import INSTANT, LIVE, NO_DASHBOARD, ZoomControl, ZoomLive
from tests.connectors.zoom.canned import only, refusal
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.faulty import breaking
from tests.connectors.zoom.live_contract import GONE, RemoteLiveContract
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed


@dataclass
class OnTheIpad:
    """`Calls` on the first iPad of a sandbox."""

    there: Sandboxed

    def start(self, *, instant: bool) -> LiveMeeting:
        zoom = self.there.core.zoom
        kind = 1 if instant else 2
        made = zoom.meetings.start(self.there.id(0), "Call", zoom.clock(), kind)
        return LiveMeeting(str(made["id"]), made["uuid"])

    def running(self) -> tuple[str, Json]:
        return next(self.there.core.zoom.meetings.running())

    def record(self) -> None:
        self.there.core.zoom.meetings.record(*self.running(), on=True)

    def start_companion(self) -> None:
        key, found = self.running()
        self.there.core.zoom.live.companion(key, found, "start", tuple(COMPANION), {})

    def end(self) -> None:
        zoom = self.there.core.zoom
        zoom.meetings.finish(*self.running(), zoom.clock())

    def allow(self) -> None:
        for path in (RECORDING, *COMPANION.values()):
            self.there.edit(SETTINGS, self.there.id(0), **{path: True})
            self.there.edit(GROUP_LOCKS, self.there.group(0), **{path: False})

    def kept(self) -> set[str]:
        places = {RECORDINGS: "recording", SUMMARIES: "summary", TRANSCRIPTS: "transcript"}
        records, user = self.there.core.records, self.there.id(0)
        return {name for place, name in places.items() if records.children(place, user)}

    def writes(self) -> int:
        return sum(request.method == "PATCH" for request in self.there.asked)


class OverTheSandbox(RemoteLiveContract):
    @pytest.fixture
    def live(self, there: Sandboxed, base: str) -> LiveMeetings:
        return ZoomLive(there.line(base), there.app("reader"))

    @pytest.fixture
    def control(self, there: Sandboxed, base: str) -> LiveControl:
        return ZoomControl(there.line(base), there.app("actor"))

    @pytest.fixture
    def breaks(self, there: Sandboxed) -> Breaks:
        return breaking(there)


class TestSocketFree(OverTheSandbox):
    @pytest.fixture
    def base(self) -> str:
        return ""


class TestOverSockets(OverTheSandbox):
    @pytest.fixture
    def there(self, served: tuple[Sandboxed, str]) -> Sandboxed:
        return served[0]

    @pytest.fixture
    def base(self, served: tuple[Sandboxed, str]) -> str:
        return served[1]


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    return sandboxed(application)


@pytest.fixture
def calls(there: Sandboxed) -> OnTheIpad:
    return OnTheIpad(there)


@pytest.fixture
def host(there: Sandboxed) -> User:
    return _user(there, 0)


@pytest.fixture
def other(there: Sandboxed) -> User:
    return _user(there, 1)


def _user(there: Sandboxed, index: int) -> User:
    return User(
        id=there.id(index),
        email=there.email(index),
        status=Known(UserStatus.ACTIVE, "Zoom", there.core.clock()),
        licensed=NOT_TOLD,
        display_name=NOT_TOLD,
        groups=NOT_TOLD,
        client_version=NOT_TOLD,
    )


@pytest.fixture
def live(there: Sandboxed) -> ZoomLive:
    return ZoomLive(there.line(), there.app("reader"))


@pytest.fixture
def control(there: Sandboxed) -> ZoomControl:
    return ZoomControl(there.line(), there.app("actor"))


def gap(fact: Fact[Any]) -> str:
    return fact.reason if isinstance(fact, Unknown) else ""


# Which app asks


def test_the_reader_reads_and_the_actor_acts(
    there: Sandboxed, live: ZoomLive, control: ZoomControl, calls: OnTheIpad, host: User
) -> None:
    calls.allow()
    meeting = calls.start(instant=True)
    live.live(host)
    live.in_meeting(host)
    live.recorded(meeting)
    control.stop_recording(meeting)
    control.stop_companion(meeting)
    control.disable_companion(meeting)
    assert there.core.zoom.callers == {
        ("reader", "zoom.meetings"): 1,
        ("reader", "zoom.dashboard"): 1,
        ("reader", "zoom.presence"): 1,
        ("reader", "zoom.dashboardOfOne"): 1,
        ("actor", "zoom.liveMeeting"): 3,
    }


def test_the_reader_could_not_act(there: Sandboxed, calls: OnTheIpad) -> None:
    calls.allow()
    meeting = calls.start(instant=True)
    with pytest.raises(Refused, match="in_meeting_controls:admin"):
        ZoomControl(there.line(), there.app("reader")).stop_recording(meeting)


def _scopes(there: Sandboxed, app: str, *scopes: str) -> None:
    there.core.zoom.apps.known[app].scopes = scopes


@pytest.mark.parametrize(
    ("given", "missing", "excess"),
    [
        (tuple(ACTOR), set(), set()),
        (tuple(ACTOR.values()), set(), set()),
        ((*ACTOR, "meeting:read:meeting:admin"), set(), set()),
        (("user:update:settings:admin",), set(ACTOR), {"user:update:settings:admin"}),
    ],
    ids=["granular", "classic", "reads too", "another"],
)
def test_the_drift_of_the_actors_scopes_is_told(
    there: Sandboxed,
    control: ZoomControl,
    given: tuple[str, ...],
    missing: set[str],
    excess: set[str],
) -> None:
    _scopes(there, "actor", *given)
    fact = control.scopes()
    assert isinstance(fact, Known)
    assert fact.value == Scopes(frozenset(missing), frozenset(excess))


def test_the_drift_of_what_reading_needs_is_told_too(there: Sandboxed, live: ZoomLive) -> None:
    whole = live.scopes()
    assert isinstance(whole, Known)
    assert whole.value.missing == frozenset()
    _scopes(there, "reader", *list(LIVE)[1:])
    less = ZoomLive(there.line(), there.app("reader")).scopes()
    assert isinstance(less, Known)
    assert less.value.missing == {next(iter(LIVE))}


def test_an_app_that_is_switched_off_is_refused_and_sends_nothing(
    there: Sandboxed, control: ZoomControl, calls: OnTheIpad
) -> None:
    calls.allow()
    meeting = calls.start(instant=True)
    there.core.zoom.apps.known["actor"].enabled = False
    with pytest.raises(Refused, match="4717"):
        control.stop_recording(meeting)
    assert calls.writes() == 0
    assert gap(control.scopes()) == "not-read"


def test_a_token_that_ended_is_replaced(
    there: Sandboxed, control: ZoomControl, calls: OnTheIpad
) -> None:
    calls.allow()
    meeting = calls.start(instant=True)
    control.stop_recording(meeting)
    there.core.zoom.tokens.expire_access()
    control.stop_recording(meeting)
    assert calls.writes() == 3


# What is sent


def test_what_is_asked_for_is_sent_and_no_more(
    there: Sandboxed, control: ZoomControl, calls: OnTheIpad
) -> None:
    calls.allow()
    meeting = calls.start(instant=True)
    control.stop_recording(meeting)
    control.stop_companion(meeting)
    control.disable_companion(meeting)
    sent = [request for request in there.asked if request.method == "PATCH"]
    keep = {
        "ai_companion_mode": "all",
        "delete_meeting_assets": False,
        "retain_meeting_transcript": True,
    }
    assert [json.loads(request.content) for request in sent] == [
        {"method": "recording.stop"},
        {"method": "ai_companion.stop", "params": keep},
        {"method": "ai_companion.disable"},
    ]
    for request in sent:
        assert request.url.path.endswith(f"/v2/live_meetings/{meeting.id}/events")
        assert request.headers["content-type"] == "application/json"


def test_no_write_ends_a_meeting() -> None:
    """Ending is a staff act: the port has no word for it."""
    acts = {name for name in dir(LiveControl) if not name.startswith("_")}
    assert acts == {"stop_recording", "stop_companion", "disable_companion", "scopes"}


def test_writes_are_paced_and_counted_with_the_reads(
    there: Sandboxed, calls: OnTheIpad
) -> None:
    taken: list[dict[str, int]] = []

    class Noting:
        def take(self, needed: Any) -> None:
            taken.append(dict(needed))

    calls.allow()
    line = there.line(pacer=Noting())
    ZoomControl(line, there.app("actor")).stop_recording(calls.start(instant=True))
    assert taken == [{"Medium": 1}]
    assert line.calls() == {"Medium": 1, "token": 1}


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(200),
        lambda: httpx.Response(204),
        lambda: httpx.Response(202, html="<html>Sign in</html>"),
        lambda: httpx.Response(202, json={"status": "odd"}),
        lambda: httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
    ],
)
def test_only_the_answer_that_we_know_is_taken_for_done(
    there: Sandboxed, control: ZoomControl, answer: Callable[[], httpx.Response]
) -> None:
    there.odd = only("/events", lambda _: answer())
    with pytest.raises(UnknownReply):
        control.stop_recording(GONE)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 300, Refused),
        (403, 2314, Refused),
        (404, 3001, NotThere),
        (404, 2300, Refused),
        (400, 3001, Refused),
        (202, 300, Refused),
        (429, 4001, TryAgain),
        (500, 500, TryAgain),
    ],
)
def test_a_refusal_is_told_apart_from_a_meeting_that_is_gone(
    there: Sandboxed, control: ZoomControl, status: int, code: int, kind: type[Exception]
) -> None:
    there.odd = only("/events", lambda _: refusal(status, code))
    with pytest.raises(kind) as told:
        control.stop_recording(GONE)
    assert isinstance(told.value, NotThere) is (kind is NotThere)
    assert f"{status} {code}" in str(told.value)


# What the lists prove


def test_a_scheduled_meeting_costs_no_dashboard_and_proves_no_more(
    there: Sandboxed, live: ZoomLive, calls: OnTheIpad, host: User
) -> None:
    meeting = calls.start(instant=False)
    fact = live.live(host)
    assert isinstance(fact, Known)
    assert fact.value == Seen((meeting,), INSTANT)
    assert ("reader", "zoom.dashboard") not in there.core.zoom.callers


@pytest.mark.parametrize("instant", [True, False])
def test_without_a_dashboard_that_none_runs_is_never_known(
    there: Sandboxed, live: ZoomLive, calls: OnTheIpad, host: User, *, instant: bool
) -> None:
    there.core.zoom.limits.plan = Plan.PRO
    assert live.live(host) is NO_DASHBOARD
    calls.start(instant=instant)
    assert isinstance(live.live(host), Unknown) is instant
    shown = live.in_meeting(host)
    assert isinstance(shown, Known)
    assert shown.value is True


def _dashboard(there: Sandboxed, change: Callable[[Json], object]) -> None:
    def told(request: httpx.Request) -> httpx.Response:
        kept, there.odd = there.odd, None
        try:
            return httpx.Response(200, json=change(there.answer(request).json()))
        finally:
            there.odd = kept

    there.odd = only("/metrics/meetings", told)


def test_a_dashboard_of_another_period_proves_nothing(
    there: Sandboxed, live: ZoomLive, host: User
) -> None:
    _dashboard(there, lambda body: {**body, "from": "2026-01-01"})
    assert gap(live.live(host)) == "period-clipped"


def test_a_dashboard_that_ends_today_shows_all_that_runs(
    there: Sandboxed, live: ZoomLive, host: User
) -> None:
    """We ask until tomorrow; nothing runs then."""
    today = there.core.clock().date().isoformat()
    _dashboard(there, lambda body: {**body, "to": today})
    found = live.live(host)
    assert isinstance(found, Known)
    assert found.value.gap is None


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_meeting_is_seen_by_a_clock_that_is_of_another_day(
    there: Sandboxed, calls: OnTheIpad, host: User, hours: int
) -> None:
    meeting = calls.start(instant=True)
    line = there.line(now=lambda: there.core.clock() + timedelta(hours=hours))
    found = ZoomLive(line, there.app("reader")).live(host)
    assert isinstance(found, Known)
    assert found.value.rows == (meeting,)


@pytest.mark.parametrize("row", [5, {}, {"id": 7, "uuid": "u==", "email": ""}])
def test_a_meeting_of_nobody_may_be_the_hosts(
    there: Sandboxed, live: ZoomLive, host: User, row: object
) -> None:
    _dashboard(there, lambda body: {**body, "meetings": [row]})
    assert gap(live.live(host)) == "not-read"


def test_a_meeting_that_was_seen_runs_also_where_not_all_was_read(
    there: Sandboxed, live: ZoomLive, calls: OnTheIpad, host: User
) -> None:
    meeting = calls.start(instant=True)
    _dashboard(there, lambda body: {**body, "total_records": 9})
    fact = live.live(host)
    assert isinstance(fact, Known)
    assert fact.value.rows == (meeting,)
    assert fact.value.gap is not None
    assert fact.value.gap.reason == "not-read"


def test_a_meeting_that_began_long_ago_is_seen(
    there: Sandboxed, live: ZoomLive, calls: OnTheIpad, host: User
) -> None:
    meeting = calls.start(instant=True)
    key, _ = calls.running()
    long_ago = datetime.now(UTC) - timedelta(days=20)
    there.edit(MEETINGS, key, start_time=f"{long_ago:%Y-%m-%dT%H:%M:%SZ}")
    fact = live.live(host)
    assert isinstance(fact, Known)
    assert fact.value.rows == (meeting,)


def test_a_user_without_an_id_proves_nothing(live: ZoomLive, host: User) -> None:
    pending = User(
        id="",
        email=host.email,
        status=NOT_TOLD,
        licensed=NOT_TOLD,
        display_name=NOT_TOLD,
        groups=NOT_TOLD,
        client_version=NOT_TOLD,
    )
    assert gap(live.live(pending)) == gap(live.in_meeting(pending)) == "not-read"
    assert gap(live.recorded(LiveMeeting("", ""))) == "not-read"


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("In_A_Zoom_Meeting", True),
        ("Presenting", True),
        ("Available", False),
        ("Offline", False),
        ("Do_Not_Disturb", None),
        ("Busy", None),
        (5, None),
        ([], None),
    ],
)
def test_presence_says_yes_or_no_or_nothing(
    there: Sandboxed, live: ZoomLive, host: User, status: object, found: bool | None
) -> None:
    there.edit(PRESENCE, host.id, status=status)
    fact = live.in_meeting(host)
    assert (fact.value if isinstance(fact, Known) else None) is found
    assert gap(fact) == ("not-told" if found is None else "")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"recording": False}, {"recording": True}], True),
        ([{"recording": True}, {}], True),
        ([{"recording": False}], False),
        ([{"recording": False}, {}], None),
        ([{"recording": False}, 5], None),
        ([], None),
    ],
)
def test_that_nothing_was_recorded_needs_everybody(
    there: Sandboxed, live: ZoomLive, rows: list[object], found: bool | None
) -> None:
    body = {"participants": rows, "next_page_token": ""}
    there.odd = only("/participants", lambda _: httpx.Response(200, json=body))
    fact = live.recorded(GONE)
    assert (fact.value if isinstance(fact, Known) else None) is found
