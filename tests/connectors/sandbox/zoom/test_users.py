from datetime import timedelta

import pytest

from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import ZoomWorld, code


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def plant(world: ZoomWorld, name: str, index: int = 0) -> None:
    world.core.planting.plant(name, world.ipad(index).asset_tag)


def emails(world: ZoomWorld, status: str) -> list[str]:
    rows = world.zoom("users", status=status, page_size="300").body["users"]
    return [row["email"] for row in rows]


def test_every_ipad_has_a_user_in_a_group_of_its_own(world: ZoomWorld) -> None:
    rows = world.zoom("users", page_size="2000").body["users"]
    ipads = list(world.core.records.estate)
    assert [row["email"] for row in rows] == [ipad.m365_user_id for ipad in ipads]
    assert [row["group_ids"] for row in rows] == [[ipad.zoom_group] for ipad in ipads]
    assert {row["type"] for row in rows} == {2}


def test_each_status_is_a_list_of_its_own_and_active_is_the_usual_one(
    world: ZoomWorld,
) -> None:
    plant(world, "zoom-inactive", 1)
    plant(world, "zoom-pending", 2)
    assert emails(world, "inactive") == [world.ipad(1).m365_user_id]
    assert emails(world, "pending") == [world.ipad(2).m365_user_id]
    usual = world.zoom("users", page_size="300").body
    assert (len(usual["users"]), usual["total_records"]) == (18, 18)
    assert code(world.zoom("users", status="asleep")) == (400, 300)


def test_a_pending_user_has_no_id_and_is_found_by_e_mail_alone(world: ZoomWorld) -> None:
    plant(world, "zoom-pending")
    [row] = world.zoom("users", status="pending").body["users"]
    assert not {"id", "last_client_version", "last_login_time"} & set(row)
    assert code(world.zoom(f"users/{world.ipad().zoom_user}")) == (404, 1001)
    assert world.zoom(f"users/{world.ipad().m365_user_id}").body["status"] == "pending"
    for path in ("settings", "recordings", "meetings"):
        answer = world.zoom(f"users/{world.ipad().m365_user_id}/{path}")
        assert code(answer) == (404, 1001)


def test_a_user_is_found_by_id_and_by_e_mail_whatever_its_case(world: ZoomWorld) -> None:
    by_id = world.zoom(f"users/{world.ipad(4).zoom_user}")
    by_email = world.zoom(f"users/{world.ipad(4).m365_user_id.upper()}")
    assert by_id.body == by_email.body


@pytest.mark.parametrize("name", ["nobody", "nobody@ipads.example", "me"])
def test_a_user_that_is_not_there_is_1001(world: ZoomWorld, name: str) -> None:
    assert code(world.zoom(f"users/{name}")) == (404, 1001)


def test_a_user_that_is_gone_is_in_no_list_and_asked_directly_not_there(
    world: ZoomWorld,
) -> None:
    plant(world, "zoom-no-account")
    for status in ("active", "inactive", "pending"):
        assert world.ipad().m365_user_id not in emails(world, status)
    assert code(world.zoom(f"users/{world.ipad().m365_user_id}")) == (404, 1001)


def test_a_user_can_be_added_by_hand_and_found(world: ZoomWorld) -> None:
    row = {"id": "Visitor", "email": "visitor@ipads.example", "type": 1, "status": "active"}
    world.steer("PUT", "records/zoomUsers/Visitor", row)
    assert emails(world, "active")[-1] == "visitor@ipads.example"
    assert world.zoom("users/visitor@ipads.example").body["id"] == "Visitor"


def test_pages_follow_a_token_that_is_good_for_its_own_query(world: ZoomWorld) -> None:
    first = world.zoom("users", page_size="8").body
    token = first["next_page_token"]
    second = world.zoom("users", page_size="8", next_page_token=token).body
    assert first["total_records"] == 20
    assert {row["id"] for row in first["users"]}.isdisjoint(
        row["id"] for row in second["users"]
    )
    assert code(world.zoom("users", page_size="9", next_page_token=token)) == (400, 300)
    assert code(world.zoom("groups", page_size="8", next_page_token=token)) == (400, 300)
    third = world.zoom("users", page_size="8", next_page_token=second["next_page_token"]).body
    assert (len(third["users"]), third["next_page_token"]) == (4, "")


def test_a_token_of_a_page_lives_fifteen_minutes(world: ZoomWorld) -> None:
    token = world.zoom("users", page_size="8").body["next_page_token"]
    world.now = NOW + timedelta(minutes=14, seconds=59)
    assert world.zoom("users", page_size="8", next_page_token=token).status == 200
    world.now = NOW + timedelta(minutes=15)
    answer = world.zoom("users", page_size="8", next_page_token=token)
    assert code(answer) == (400, 300)
    assert "next page token is invalid or expired" in answer.body["message"]


def test_a_token_can_be_made_to_repeat(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"repeats": True})
    first = world.zoom("users", page_size="8").body
    token = first["next_page_token"]
    again = world.zoom("users", page_size="8", next_page_token=token).body
    assert (again["users"], again["next_page_token"]) == (first["users"], token)


@pytest.mark.parametrize("size", ["0", "2001", "many"])
def test_a_page_size_out_of_bounds_is_refused(world: ZoomWorld, size: str) -> None:
    assert code(world.zoom("users", page_size=size)) == (400, 300)


def test_groups_are_listed_with_their_members(world: ZoomWorld) -> None:
    plant(world, "zoom-several-groups")
    own, other = world.ipad(0), world.ipad(1)
    listed = world.zoom("groups", page_size="300").body
    counts = {row["id"]: row["total_members"] for row in listed["groups"]}
    assert len(counts) == listed["total_records"] == 20
    assert (counts[own.zoom_group], counts[other.zoom_group]) == (1, 2)
    members = world.zoom(f"groups/{other.zoom_group}/members").body["members"]
    assert {row["id"] for row in members} == {own.zoom_user, other.zoom_user}
    assert world.zoom(f"groups/{own.zoom_group}").body["name"] == f"callsteward {own.local_id}"


@pytest.mark.parametrize("path", ["", "/settings", "/lock_settings", "/members"])
def test_a_group_that_is_not_there_is_4130(world: ZoomWorld, path: str) -> None:
    assert code(world.zoom(f"groups/nothing{path}")) == (404, 4130)


def test_a_user_can_be_deactivated_and_signed_out(world: ZoomWorld) -> None:
    path = f"users/{world.ipad().zoom_user}"
    body = {"action": "deactivate"}
    assert world.zoom(f"{path}/status", "PUT", body, app="actor").status == 204
    assert emails(world, "inactive") == [world.ipad().m365_user_id]
    assert world.zoom(f"{path}/token", "DELETE", app="actor").status == 204
    assert code(world.zoom(f"{path}/status", "PUT", {}, app="actor")) == (400, 300)


def test_what_is_no_endpoint_is_2300(world: ZoomWorld) -> None:
    assert code(world.zoom("nonsense")) == (404, 2300)
    assert code(world.zoom("users", "DELETE")) == (404, 2300)
    assert code(world.zoom("users//settings")) == (404, 2300)


def test_without_a_token_nothing_is_answered(world: ZoomWorld) -> None:
    assert code(world.zoom("users", token="nonsense")) == (401, 124)
