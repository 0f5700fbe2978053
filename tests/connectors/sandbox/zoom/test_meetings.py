from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import ZoomWorld, code, twice


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def create(world: ZoomWorld, **body: Any) -> Any:
    path = f"users/{world.ipad().zoom_user}/meetings"
    return world.zoom(path, "POST", {"topic": "Call", "type": 2, **body}, app="actor")


def listed(world: ZoomWorld, kind: str) -> list[Any]:
    answer = world.zoom(f"users/{world.ipad().zoom_user}/meetings", type=kind)
    return list(answer.body["meetings"])


def call(world: ZoomWorld, action: str, **more: object) -> Any:
    return world.steer("POST", "call", {"device": "K10001", "action": action, **more})


def test_a_meeting_is_made_read_and_deleted(world: ZoomWorld) -> None:
    settings = {"waiting_room": True, "encryption_type": "e2ee"}
    made = create(world, settings=settings, password="135790")
    assert made.status == 201
    assert settings.items() <= made.body["settings"].items()
    assert made.body["join_url"].endswith("pwd=135790")
    path = f"meetings/{made.body['id']}"
    assert world.zoom(path).body == made.body
    assert [one["id"] for one in listed(world, "scheduled")] == [made.body["id"]]
    assert world.zoom(path, "DELETE", app="actor").status == 204
    assert code(world.zoom(path)) == (404, 3001)


def test_settings_that_are_left_out_are_the_host_s_own(world: ZoomWorld) -> None:
    assert create(world).body["settings"]["auto_start_meeting_summary"] is False
    world.core.planting.plant("ai-summary-on", "K10001")
    assert create(world).body["settings"]["auto_start_meeting_summary"] is True
    sent = {"auto_start_meeting_summary": False}
    assert create(world, settings=sent).body["settings"]["auto_start_meeting_summary"] is False


def test_a_host_makes_a_hundred_meetings_a_day(world: ZoomWorld) -> None:
    found = [create(world).status for _ in range(101)]
    assert found == [201] * 100 + [429]
    world.now = NOW + timedelta(days=1)
    world._tokens.clear()
    assert create(world).status == 201


@pytest.mark.parametrize("body", [{"type": 9}, {"settings": "none"}])
def test_a_meeting_that_is_none_is_refused(world: ZoomWorld, body: Any) -> None:
    assert code(create(world, **body)) == (400, 300)


def test_a_call_is_live_until_it_is_ended(world: ZoomWorld) -> None:
    meeting = call(world, "start", type=2).body
    assert [one["uuid"] for one in listed(world, "live")] == [meeting["uuid"]]
    path = f"meetings/{meeting['id']}"
    assert code(world.zoom(path, "DELETE", app="actor")) == (400, 3002)
    world.now = NOW + timedelta(minutes=25)
    end = world.zoom(f"{path}/status", "PUT", {"action": "end"}, app="actor")
    assert (end.status, listed(world, "live")) == (204, [])
    assert meeting["uuid"] in [one["uuid"] for one in listed(world, "previous_meetings")]
    [past] = world.zoom("metrics/meetings", type="past").body["meetings"]
    assert (past["duration"], past["has_recording"]) == (25, False)
    assert code(world.zoom(f"{path}/status", "PUT", {}, app="actor")) == (400, 300)


def test_the_participants_of_a_past_call_have_no_address_outside(world: ZoomWorld) -> None:
    meeting = call(world, "start").body
    call(world, "end")
    for name in (twice(meeting["uuid"]), str(meeting["id"])):
        people = world.zoom(f"past_meetings/{name}/participants").body["participants"]
        addresses = [one["user_email"] for one in people]
        assert addresses == [world.ipad().m365_user_id, ""]
    assert code(world.zoom("past_meetings/1/participants")) == (404, 3001)


def test_a_recorded_call_leaves_a_recording_and_a_flag(world: ZoomWorld) -> None:
    meeting = call(world, "start").body
    call(world, "record")
    call(world, "stop-recording")
    live = world.zoom(f"metrics/meetings/{meeting['id']}/participants").body["participants"]
    call(world, "end")
    found = world.zoom(f"users/{world.ipad().zoom_user}/recordings").body["meetings"]
    assert [one["uuid"] for one in found] == [meeting["uuid"]]
    path = f"metrics/meetings/{twice(meeting['uuid'])}/participants"
    past = world.zoom(path, type="past").body["participants"]
    assert [one["recording"] for one in past] == [one["recording"] for one in live]
    assert [one["recording"] for one in past] == [True, False]
    assert code(world.zoom(path)) == (404, 3001)


def test_words_that_make_no_sense_are_refused(world: ZoomWorld) -> None:
    assert call(world, "end").status == 400
    call(world, "start")
    assert call(world, "dance").status == 400
    assert code(world.zoom(f"users/{world.ipad().zoom_user}/meetings", type="odd")) == (
        400,
        300,
    )


def test_sign_ins_of_the_last_day_are_reported_for_the_days_asked(world: ZoomWorld) -> None:
    world.core.planting.plant("unknown-sign-in", "K10001")
    first = world.days_ago(1)
    rows = world.zoom("report/activities", from_=first, page_size="300").body["activity_logs"]
    odd = [one for one in rows if one["client_type"] != "iPad"]
    assert [(one["email"], one["type"]) for one in odd] == [
        (world.ipad().m365_user_id, "Sign in")
    ]
    too_long = world.zoom("report/activities", from_=world.days_ago(40))
    assert code(too_long) == (400, 300)


def test_each_leg_of_a_meeting_has_its_own_uuid_and_its_own_past(world: ZoomWorld) -> None:
    made = create(world, start_time="2026-11-22T14:00:00Z").body
    uuids = []
    for _ in range(2):
        world.now += timedelta(minutes=1)
        uuids.append(call(world, "start", meeting=made["id"]).body["uuid"])
        assert call(world, "start", meeting=made["id"]).status == 400
        shown = world.zoom(f"meetings/{made['id']}").body
        assert (shown["status"], shown["start_time"]) == ("started", made["start_time"])
        world.now += timedelta(minutes=5)
        call(world, "end")
    assert uuids[0] == made["uuid"]
    waiting = world.zoom(f"meetings/{made['id']}").body
    assert waiting["uuid"] not in uuids
    assert {**waiting, "uuid": made["uuid"]} == made
    for uuid in uuids:
        past = world.zoom(f"past_meetings/{twice(uuid)}").body
        assert (past["uuid"], past["id"], past["duration"]) == (uuid, made["id"], 5)
    assert code(world.zoom(f"past_meetings/{twice(waiting['uuid'])}")) == (404, 3001)


def test_people_come_and_go_only_as_they_can(world: ZoomWorld) -> None:
    call(world, "start", alone=True)
    assert call(world, "admit", name="Mother").status == 400
    assert call(world, "knock", name="Mother").status == 200
    assert call(world, "admit", name="Mother").status == 200
    assert call(world, "admit", name="Mother").status == 400
    assert call(world, "leave", name="Mother").status == 200
    assert call(world, "leave", name="Mother").status == 400
    assert call(world, "join").status == 400
    assert call(world, "start", meeting="1").status == 400


def test_what_is_over_by_the_clock_is_scheduled_and_no_longer_upcoming(
    world: ZoomWorld,
) -> None:
    made = create(world, start_time="2026-11-21T14:00:00Z", duration=30).body
    assert [one["id"] for one in listed(world, "scheduled")] == [made["id"]]
    assert listed(world, "upcoming") == []
    call(world, "start", meeting=made["id"])
    assert [one["id"] for one in listed(world, "upcoming")] == [made["id"]]
