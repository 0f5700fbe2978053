from typing import Any

import pytest

from connectors.sandbox.zoom.healthy import meeting_uuid
from tests.connectors.sandbox.zoom.support import PLACES, ZoomWorld, code, twice


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def recordings(world: ZoomWorld, index: int = 0, **query: str) -> Any:
    return world.zoom(f"users/{world.ipad(index).zoom_user}/recordings", **query).body


def found_in(world: ZoomWorld, index: int = 0, days: float = 29) -> list[int]:
    """How many are live, and in each kind of trash."""
    first = {"from_": world.days_ago(days)}
    return [len(recordings(world, index, **first, **place)["meetings"]) for place in PLACES]


def plant(world: ZoomWorld, name: str, index: int = 0) -> None:
    world.core.planting.plant(name, world.ipad(index).asset_tag)


def test_without_from_only_today_is_asked(world: ZoomWorld) -> None:
    plant(world, "recording-found")
    told = recordings(world)
    assert (told["from"], told["to"], told["meetings"]) == ("2026-11-22", "2026-11-22", [])


def test_more_than_a_month_is_cut_to_its_last_month_and_the_echo_says_so(
    world: ZoomWorld,
) -> None:
    plant(world, "old-recording")
    told = recordings(world, from_="2026-01-01", to="2026-11-22")
    assert (told["from"], told["to"], told["meetings"]) == ("2026-10-22", "2026-11-22", [])
    spring = recordings(world, from_="2026-02-01", to="2026-03-31")
    assert (spring["from"], spring["to"]) == ("2026-02-28", "2026-03-31")
    assert len(recordings(world, from_="2026-09-01", to="2026-09-30")["meetings"]) == 1


@pytest.mark.parametrize("query", [{"from_": "soon"}, {"from_": "2026-12-01"}])
def test_a_span_that_is_none_is_refused(world: ZoomWorld, query: dict[str, str]) -> None:
    path = f"users/{world.ipad().zoom_user}/recordings"
    assert code(world.zoom(path, **query)) == (400, 300)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("recording-found", [1, 0, 0]),
        ("recording-in-trash", [0, 1, 0]),
        ("recording-file-in-trash", [0, 0, 1]),
        ("recording-of-an-inactive-user", [1, 0, 0]),
    ],
)
def test_each_recording_is_in_its_own_place(
    world: ZoomWorld, name: str, places: list[int]
) -> None:
    assert found_in(world) == [0, 0, 0]
    plant(world, name)
    assert found_in(world) == places


def test_a_kind_of_trash_that_is_none_is_refused(world: ZoomWorld) -> None:
    path = f"users/{world.ipad().zoom_user}/recordings"
    assert code(world.zoom(path, trash="true", trash_type="bin")) == (400, 300)


def test_a_recording_goes_into_the_trash_and_back_and_away(world: ZoomWorld) -> None:
    plant(world, "recording-found")
    [one] = recordings(world, from_=world.days_ago(29))["meetings"]
    path = f"meetings/{twice(one['uuid'])}/recordings"
    assert world.zoom(path).body["uuid"] == one["uuid"]
    assert world.zoom(f"meetings/{one['id']}/recordings").body["uuid"] == one["uuid"]
    assert "place" not in one
    assert world.zoom(path, "DELETE", app="actor").status == 204
    assert code(world.zoom(path)) == (404, 3301)
    assert found_in(world) == [0, 1, 0]
    back = world.zoom(f"{path}/status", "PUT", {"action": "recover"}, app="actor")
    assert (back.status, found_in(world)) == (204, [1, 0, 0])
    assert world.zoom(path, "DELETE", app="actor", action="delete").status == 204
    assert found_in(world) == [0, 0, 0]
    assert code(world.zoom(path, "DELETE", app="actor", action="burn")) == (400, 300)


def test_the_overloaded_200_can_come_with_status_200(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"code_in_200": True})
    assert code(world.zoom(f"users/{world.ipad().zoom_user}/recordings")) == (200, 200)


def test_some_uuids_need_to_be_encoded_twice() -> None:
    uuids = [meeting_uuid("any", number) for number in range(100)]
    assert len({*uuids}) == 100
    assert all(len(uuid) == 24 and uuid.endswith("==") for uuid in uuids)
    assert 10 < sum(uuid.startswith("/") for uuid in uuids) < 45


def test_a_uuid_that_begins_with_a_slash_is_lost_when_encoded_once(world: ZoomWorld) -> None:
    recording = {
        "uuid": "/a//b==",
        "id": 1,
        "place": "live",
        "start_time": "2026-11-20T10:00:00Z",
    }
    key = "records/zoomRecordings/K10001//a//b=="
    world.steer("PUT", key, recording)
    assert world.zoom(f"meetings/{twice('/a//b==')}/recordings").body["id"] == 1
    assert code(world.zoom("meetings//a//b==/recordings")) == (404, 2300)


def test_a_transcript_hangs_on_a_meeting_that_the_user_held(world: ZoomWorld) -> None:
    path = f"users/{world.ipad().zoom_user}/meetings"
    before = world.zoom(path, type="previous_meetings").body["meetings"]
    plant(world, "transcript-found")
    after = world.zoom(path, type="previous_meetings", from_=world.days_ago(29)).body[
        "meetings"
    ]
    [new] = [one for one in after if one not in before]
    script = f"meetings/{twice(new['uuid'])}/transcript"
    assert world.zoom(script).body["meeting_topic"] == new["topic"]
    assert world.zoom(script, "DELETE", app="actor").status == 204
    assert code(world.zoom(script)) == (404, 3322)
    assert code(world.zoom(script, "DELETE", app="actor")) == (404, 3322)


def test_summaries_are_those_of_the_whole_account(world: ZoomWorld) -> None:
    plant(world, "summary-found", 3)
    plant(world, "summary-found", 5)
    path = "meetings/meeting_summaries"
    assert world.zoom(path).body["summaries"] == []
    for first in (world.days_ago(29), f"{world.days_ago(29)}T00:00:00Z"):
        found = world.zoom(path, from_=first).body["summaries"]
        hosts = {one["meeting_host_email"] for one in found}
        assert hosts == {world.ipad(3).m365_user_id, world.ipad(5).m365_user_id}
    delete = f"meetings/{twice(found[0]['meeting_uuid'])}/meeting_summary"
    assert world.zoom(delete, "DELETE", app="actor").status == 204
    assert code(world.zoom(delete, "DELETE", app="actor")) == (404, 3001)
    assert len(world.zoom(path, from_=first).body["summaries"]) == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [("disabled", (400, 3000)), ("unpaid", (400, 200)), ("restricted", (403, 2305))],
)
def test_summaries_can_be_disabled_unpaid_or_restricted(
    world: ZoomWorld, state: str, expected: tuple[int, int]
) -> None:
    world.steer("PUT", "zoom", {"summaries": state})
    assert code(world.zoom("meetings/meeting_summaries")) == expected
