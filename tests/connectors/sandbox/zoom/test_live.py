"""What can be done to a meeting while it runs, and who sees that it does."""

from typing import Any

import pytest

from tests.connectors.sandbox.zoom.support import ZoomWorld, code, twice

SUMMARY = "in_meeting.meeting_summary_with_ai_companion"
QUESTIONS = "in_meeting.ai_companion_questions"


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def call(world: ZoomWorld, action: str, **more: object) -> Any:
    return world.steer("POST", "call", {"device": "K10001", "action": action, **more}).body


def control(world: ZoomWorld, meeting: Any, method: str, **params: object) -> Any:
    path = f"live_meetings/{meeting['id']}/events"
    body = {"method": method, **({"params": params} if params else {})}
    return world.zoom(path, "PATCH", body, app="actor")


def set_to(world: ZoomWorld, collection: str, **fields: object) -> None:
    told = {"set": {name.replace("__", "."): value for name, value in fields.items()}}
    world.steer("PATCH", f"records/{collection}/K10001", told)


def allow_recording(world: ZoomWorld) -> None:
    set_to(world, "zoomUserSettings", recording__cloud_recording=True)
    set_to(world, "zoomGroupLocks", recording__cloud_recording=False)


def kept(world: ZoomWorld, collection: str) -> list[Any]:
    return list(world.steer("GET", f"records/{collection}/K10001").body)


def test_recording_can_be_stopped_only_where_recording_is_on(world: ZoomWorld) -> None:
    meeting = call(world, "start")
    assert code(control(world, meeting, "recording.stop")) == (400, 300)
    allow_recording(world)
    assert control(world, meeting, "recording.start").status == 202
    assert world.zoom("metrics/meetings").body["meetings"][0]["has_recording"] is True
    assert control(world, meeting, "recording.stop").status == 202
    assert code(control(world, meeting, "recording.erase")) == (400, 300)
    call(world, "end")
    assert code(control(world, meeting, "recording.stop")) == (404, 3001)


def test_what_a_group_locks_off_is_off_whatever_the_user_has(world: ZoomWorld) -> None:
    meeting = call(world, "start")
    set_to(world, "zoomUserSettings", recording__cloud_recording=True)
    assert code(control(world, meeting, "recording.stop")) == (400, 300)
    set_to(world, "zoomGroupSettings", recording__cloud_recording=True)
    assert control(world, meeting, "recording.stop").status == 202


def test_a_meeting_that_has_not_begun_is_not_live(world: ZoomWorld) -> None:
    path = f"users/{world.ipad().zoom_user}/meetings"
    made = world.zoom(path, "POST", {"topic": "Call", "type": 2}, app="actor").body
    assert code(control(world, made, "recording.stop")) == (404, 3001)


def test_companion_is_managed_only_where_one_of_its_settings_is_on(world: ZoomWorld) -> None:
    meeting = call(world, "start")
    for word in ("start", "stop", "disable"):
        assert code(control(world, meeting, f"ai_companion.{word}")) == (403, 2314)
    set_to(world, "zoomUserSettings", **{QUESTIONS: True})
    assert control(world, meeting, "ai_companion.stop").status == 202
    summary = control(world, meeting, "ai_companion.stop", ai_companion_mode="summary")
    assert code(summary) == (403, 2314)
    odd = control(world, meeting, "ai_companion.stop", ai_companion_mode="odd")
    assert code(odd) == (400, 300)


@pytest.mark.parametrize(
    ("params", "summaries", "transcripts"),
    [
        ({"delete_meeting_assets": False, "retain_meeting_transcript": True}, 1, 1),
        ({"delete_meeting_assets": False, "retain_meeting_transcript": False}, 1, 0),
        ({}, 1, 0),
        ({"delete_meeting_assets": True, "retain_meeting_transcript": True}, 0, 0),
    ],
)
def test_what_companion_wrote_is_kept_as_the_stop_asked(
    world: ZoomWorld, params: dict[str, object], summaries: int, transcripts: int
) -> None:
    set_to(world, "zoomUserSettings", **{SUMMARY: True})
    meeting = call(world, "start")
    assert call(world, "start-companion")["companion"] == ["questions", "summary"]
    stop = control(world, meeting, "ai_companion.stop", ai_companion_mode="all", **params)
    assert stop.status == 202
    past = call(world, "end")
    assert past["companion"] == []
    assert len(kept(world, "zoomSummaries")) == summaries
    assert len(kept(world, "zoomTranscripts")) == transcripts


def test_companion_that_is_disabled_does_not_start_again(world: ZoomWorld) -> None:
    set_to(world, "zoomUserSettings", **{SUMMARY: True})
    meeting = call(world, "start")
    assert control(world, meeting, "ai_companion.start").status == 202
    assert control(world, meeting, "ai_companion.disable").status == 202
    assert code(control(world, meeting, "ai_companion.start")) == (403, 2314)
    assert call(world, "end")["companion"] == []
    assert len(kept(world, "zoomSummaries")) == 1  # no flag of `disable` says otherwise


def test_an_instant_meeting_is_in_no_list_of_the_user_but_on_the_dashboard(
    world: ZoomWorld,
) -> None:
    user = f"users/{world.ipad().zoom_user}"
    meeting = call(world, "start")
    for kind in ("live", "scheduled", "upcoming"):
        assert world.zoom(f"{user}/meetings", type=kind).body["meetings"] == []
    [shown] = world.zoom("metrics/meetings").body["meetings"]
    assert (shown["uuid"], shown["email"]) == (meeting["uuid"], world.ipad().m365_user_id)
    path = f"metrics/meetings/{twice(meeting['uuid'])}/participants"
    assert world.zoom(path).status == 200


def test_presence_is_that_of_a_meeting_while_one_runs(world: ZoomWorld) -> None:
    path = f"users/{world.ipad().zoom_user}/presence_status"
    assert world.zoom(path).body == {"status": "Available"}
    call(world, "start")
    assert world.zoom(path).body == {"status": "In_A_Zoom_Meeting"}
    call(world, "end")
    whole = {"status": "Do_Not_Disturb"}
    world.steer("PUT", "records/zoomPresence/K10001", whole)
    assert world.zoom(path).body == whole
    assert code(world.zoom("users/nobody/presence_status")) == (404, 1001)


def test_calls_are_counted_by_app_too(world: ZoomWorld) -> None:
    meeting = call(world, "start")
    world.steer("DELETE", "counters")
    control(world, meeting, "recording.stop")
    world.zoom("users")
    callers = world.steer("GET", "counters").body["zoom"]["callers"]
    assert callers == {"actor": {"zoom.liveMeeting": 1}, "reader": {"zoom.users": 1}}
