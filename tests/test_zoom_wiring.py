"""Which app does what in Zoom: reading and acting are two, and share one pace."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.domain.facts import Known
from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_windows import WantedMeeting, holds
from agent.errors import Misconfigured
from agent.ports.together import in_turn
from agent.ports.zoom import Zoom
from agent.settings import Settings, load
from agent.store.engine import Store
from agent.store.opening import open_store
from agent.store.pace import p
from agent.zoom_wiring import (
    actor_of,
    call_facts_of,
    invitations_of,
    list_control_of,
    lists_of,
    live_of,
    meeting_control_of,
    meetings_of,
    zoom_of,
)
from connectors.http import utc_now
from tests.connectors.zoom.contract import no_beat
from tests.support.outside import Outside

TAG = "K10001"
ACTING = (actor_of, list_control_of, invitations_of, meeting_control_of)
READING = (live_of, lists_of, meetings_of, call_facts_of)
Configured = Callable[..., Settings]
Part = Callable[[Settings, Store], object]


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{home / 'callsteward.db'}", utc_now)
    yield opened
    opened.close()


@pytest.fixture
def configured(outside: Outside, home: Path) -> Configured:
    said = outside.said["zoom"]

    def secret(app: str) -> Path:
        file = home / f"{app}-secret"
        file.write_text(said[app]["client_secret"] + "\n", encoding="utf-8")
        return file

    usual = {
        "data_dir": home,
        "zoom_account_id": said["account_id"],
        "zoom_reader_client_id": said["reader"]["client_id"],
        "zoom_reader_client_secret_file": secret("reader"),
        "zoom_actor_client_id": said["actor"]["client_id"],
        "zoom_actor_client_secret_file": secret("actor"),
        "zoom_user_app_client_id": said["user_app"]["client_id"],
        "zoom_user_app_client_secret_file": secret("user_app"),
        "zoom_redirect_uri": said["user_app"]["redirect_uri"],
        "zoom_plan": said["plan"],
        "zoom_api_url": said["api_url"].removesuffix("/v2"),
        "zoom_oauth_url": said["oauth_url"].removesuffix("/oauth"),
    }
    return lambda **changes: load(**{**usual, **changes})


def _callers(outside: Outside) -> Any:
    return outside.control("GET", "counters")["zoom"]["callers"]


def test_the_sweep_and_the_watch_read_with_one_app_and_another_one_acts(
    outside: Outside, configured: Configured, store: Store
) -> None:
    settings = configured()
    zoom, live = zoom_of(settings, store, in_turn), live_of(settings, store)
    actor = actor_of(settings, store)
    assert zoom is not None
    assert live is not None
    assert actor is not None
    allowed = {"set": {"recording.cloud_recording": True}}
    for place in ("zoomUserSettings", "zoomGroupSettings"):
        outside.control("PATCH", f"records/{place}/{TAG}", allowed)
    made = outside.control("POST", "call", {"device": TAG, "action": "start"})
    outside.control("DELETE", "counters")
    host = next(one for one in _users(zoom) if one.id == made["host_id"])
    fact = live.live(host)
    assert isinstance(fact, Known)
    [meeting] = fact.value.rows
    assert meeting == LiveMeeting(str(made["id"]), made["uuid"])
    before = _last_booked(store)
    actor.stop_recording(meeting)
    assert _last_booked(store) > before  # both apps keep to one timetable
    callers = _callers(outside)
    assert callers["actor"] == {"zoom.liveMeeting": 1}
    assert set(callers) == {"actor", "reader"}
    assert set(callers["reader"]) == {"zoom.users", "zoom.meetings", "zoom.dashboard"}


def _last_booked(store: Store) -> int:
    with store.read() as tx:
        [begun] = tx.sql.scalars(select(p.begun).where(p.label == "Medium"))
    return int(max(json.loads(begun)))


def _users(zoom: Zoom) -> Iterator[Any]:
    return (user for rows in zoom.users(no_beat).rows.values() for user in rows)


def test_without_an_account_nothing_is_asked_and_without_an_actor_nothing_acts(
    configured: Configured, store: Store
) -> None:
    reading = configured(zoom_actor_client_id=None, zoom_actor_client_secret_file=None)
    assert [part(reading, store) for part in ACTING] == [None] * len(ACTING)
    assert None not in [part(reading, store) for part in READING]
    nothing = configured(zoom_account_id=None)
    assert zoom_of(nothing, store, in_turn) is None
    assert [part(nothing, store) for part in READING] == [None] * len(READING)


def test_a_window_is_opened_and_closed_by_one_app_and_read_by_the_other(
    outside: Outside, configured: Configured, store: Store
) -> None:
    settings, address = configured(), "mother@family.example"
    lists, control = lists_of(settings, store), list_control_of(settings, store)
    inviter = invitations_of(settings, store)
    meetings, arranging = meetings_of(settings, store), meeting_control_of(settings, store)
    facts = call_facts_of(settings, store)
    assert lists and control and inviter and meetings and arranging and facts
    user = outside.control("GET", f"records/zoomUsers/{TAG}")
    [group] = user["group_ids"]
    outside.control("DELETE", "counters")
    control.set_allowed(group, frozenset({address}))
    inviter.invite(user["id"], address)
    accepted = outside.control("POST", "accept", {"device": TAG, "email": address})
    assert accepted["email"] == address
    control.set_allowed(group, frozenset())
    fact = holds(lists.allow_lists(group), frozenset())
    assert isinstance(fact, Known)
    assert fact.value
    wanted = WantedMeeting(topic="Call", start=utc_now(), minutes=30, passcode="736251")
    made = arranging.arrange(user["id"], wanted)
    arranging.delete(made.id)
    gone = meetings.meeting(made.id)
    assert isinstance(gone, Known)
    assert gone.value is None
    assert isinstance(facts.past(made.uuid), Known)
    callers = _callers(outside)
    outside.control("DELETE", "records")
    assert callers["actor"] == {
        "zoom.changeGroupSettings": 2,
        "zoom.invite": 1,
        "zoom.createMeeting": 1,
        "zoom.deleteMeeting": 1,
    }
    assert set(callers["reader"]) == {"zoom.groupSettings", "zoom.meeting", "zoom.pastMeeting"}


@pytest.mark.parametrize("part", ACTING)
@pytest.mark.parametrize(
    "missing", ["zoom_actor_client_id", "zoom_actor_client_secret_file", "zoom_account_id"]
)
def test_an_actor_that_is_half_configured_is_refused(
    configured: Configured, store: Store, missing: str, part: Part
) -> None:
    with pytest.raises(Misconfigured, match=f"CALLSTEWARD_{missing.upper()} is not set"):
        part(configured(**{missing: None}), store)


def test_one_app_for_both_is_refused(
    outside: Outside, configured: Configured, store: Store
) -> None:
    reader = outside.said["zoom"]["reader"]["client_id"]
    with pytest.raises(Misconfigured, match="the one that reads") as refused:
        actor_of(configured(zoom_actor_client_id=reader), store)
    assert "CALLSTEWARD_ZOOM_ACTOR_CLIENT_ID" in refused.value.hint


def test_a_secret_that_cannot_be_read_is_named(
    configured: Configured, store: Store, home: Path
) -> None:
    lost = configured(zoom_actor_client_secret_file=home / "gone")
    with pytest.raises(Misconfigured, match="ZOOM_ACTOR_CLIENT_SECRET_FILE"):
        actor_of(lost, store)
