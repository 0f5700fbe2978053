from typing import Any

import pytest

from connectors.sandbox.zoom.baseline import EXPECTED, LOCKED, NEED_A_LICENCE, flat
from tests.connectors.sandbox.zoom.support import ZoomWorld, code


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def told(world: ZoomWorld, path: str) -> dict[str, Any]:
    """Both bodies of the settings, by dotted path."""
    usual = world.zoom(path).body
    return flat(usual) | flat(world.zoom(path, option="meeting_security").body)


def of_user(world: ZoomWorld) -> dict[str, Any]:
    return told(world, f"users/{world.ipad().zoom_user}/settings")


def change(world: ZoomWorld, path: str, **folders: dict[str, Any]) -> None:
    assert world.zoom(path, "PATCH", folders, app="actor").status == 204


def user_path(world: ZoomWorld) -> str:
    return f"users/{world.ipad().zoom_user}/settings"


def group_path(world: ZoomWorld, what: str = "settings") -> str:
    return f"groups/{world.ipad().zoom_group}/{what}"


def unlock(world: ZoomWorld) -> None:
    locks = {path: False for path in LOCKED}
    world.steer("PATCH", "records/zoomGroupLocks/K10001", {"set": locks})


def test_a_healthy_user_has_the_settings_of_the_baseline(world: ZoomWorld) -> None:
    found = of_user(world)
    assert {path: found[path] for path in EXPECTED} == dict(EXPECTED)
    assert "recording.archive" not in found
    assert not [path for path in found if path.startswith("chat.")]


def test_the_security_settings_are_a_body_of_their_own(world: ZoomWorld) -> None:
    usual = world.zoom(user_path(world)).body
    security = world.zoom(user_path(world), option="meeting_security").body
    assert "meeting_security" not in usual
    assert list(security) == ["meeting_security"]
    other = world.zoom(user_path(world), option="recording_authentication").body
    assert other == {"authentication_options": []}
    assert code(world.zoom(user_path(world), option="nonsense")) == (400, 300)


def test_a_healthy_group_locks_what_the_baseline_says(world: ZoomWorld) -> None:
    locks = told(world, group_path(world, "lock_settings"))
    assert {path for path, on in locks.items() if on} == set(LOCKED)
    assert "chat.allow_users_to_add_contacts" not in locks


def test_the_allow_lists_of_healthy_groups_are_closed_in_one_of_two_ways(
    world: ZoomWorld,
) -> None:
    found = [
        world.zoom(f"groups/{ipad.zoom_group}/settings").body["chat"]
        for ipad in world.core.records.estate
    ]
    lists = [
        one[f"allow_users_to_{what}"]
        for one in found
        for what in ("add_contacts", "chat_with_others")
    ]
    assert {one["enable"] for one in lists} == {True, False}
    assert {(one["selected_option"], one["user_email_addresses"]) for one in lists} == {(4, "")}


@pytest.mark.parametrize("name", ["zoom-basic", "zoom-no-licence"])
def test_settings_that_need_a_licence_vanish_without_one(world: ZoomWorld, name: str) -> None:
    before = set(of_user(world))
    world.core.planting.plant(name, "K10001")
    assert before - set(of_user(world)) == set(NEED_A_LICENCE)


def test_a_change_is_kept_and_can_be_read_back(world: ZoomWorld) -> None:
    unlock(world)
    change(world, user_path(world), in_meeting={"chat": True, "polling": True})
    change(world, user_path(world), meeting_security={"waiting_room": False})
    found = of_user(world)
    assert (found["in_meeting.chat"], found["in_meeting.polling"]) == (True, True)
    assert found["meeting_security.waiting_room"] is False


def test_a_change_is_forgotten_while_its_parent_is_off(world: ZoomWorld) -> None:
    unlock(world)
    change(world, user_path(world), in_meeting={"private_chat": True})
    assert of_user(world)["in_meeting.private_chat"] is False
    change(world, user_path(world), in_meeting={"chat": True, "private_chat": True})
    assert of_user(world)["in_meeting.private_chat"] is True


def test_what_a_group_locks_a_user_s_change_does_not_move(world: ZoomWorld) -> None:
    change(world, user_path(world), recording={"cloud_recording": True})
    assert of_user(world)["recording.cloud_recording"] is False


def test_what_only_the_portal_can_change_stays(world: ZoomWorld) -> None:
    unlock(world)
    change(world, user_path(world), in_meeting={"ai_companion_questions": True})
    assert of_user(world)["in_meeting.ai_companion_questions"] is False


def test_a_locked_setting_of_the_group_reaches_its_members(world: ZoomWorld) -> None:
    world.core.planting.plant("cloud-recording-on", "K10001")
    assert of_user(world)["recording.cloud_recording"] is True
    change(world, group_path(world), recording={"cloud_recording": False})
    assert of_user(world)["recording.cloud_recording"] is False


def test_an_allow_list_can_be_opened_for_one_address_and_closed(world: ZoomWorld) -> None:
    wanted = {"enable": True, "selected_option": 4, "user_email_addresses": "a@b.example"}
    change(world, group_path(world), chat={"allow_users_to_add_contacts": wanted})
    shown = world.zoom(group_path(world)).body["chat"]["allow_users_to_add_contacts"]
    assert shown == wanted


def test_a_lock_can_be_set_again(world: ZoomWorld) -> None:
    world.core.planting.plant("recording-unlocked", "K10001")
    change(world, group_path(world, "lock_settings"), recording={"cloud_recording": True})
    locks = world.zoom(group_path(world, "lock_settings")).body
    assert locks["recording"]["cloud_recording"] is True


def test_every_change_can_be_made_to_be_forgotten(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"forgetful": True})
    change(world, group_path(world), recording={"archive": True})
    assert world.zoom(group_path(world)).body["recording"]["archive"] is False


def test_an_empty_change_is_refused(world: ZoomWorld) -> None:
    answer = world.zoom(group_path(world), "PATCH", {}, app="actor")
    assert code(answer) == (400, 300)


def test_the_account_tells_its_settings_but_not_its_locks(world: ZoomWorld) -> None:
    account = world.core.zoom.apps.account_id
    by_id = world.zoom(f"accounts/{account}/settings").body
    assert world.zoom("accounts/me/settings").body == by_id
    assert by_id["recording"]["cloud_recording"] is False
    assert code(world.zoom("accounts/other/settings")) == (404, 2001)
    answer = world.zoom("accounts/me/lock_settings")
    assert code(answer) == (400, 4711)
    assert "account:read:lock_settings:master" in answer.body["message"]


def test_a_change_is_in_the_operation_log(world: ZoomWorld) -> None:
    change(world, group_path(world), recording={"archive": True})
    [row] = world.zoom("report/operationlogs").body["operation_logs"]
    assert (row["category_type"], row["action"]) == ("Group", "Update")
    assert "recording.archive: False -> True" in row["operation_detail"]
    assert world.zoom("report/operationlogs", category_type="user").body["operation_logs"] == []
    assert code(world.zoom("report/operationlogs", category_type="odd")) == (400, 300)
