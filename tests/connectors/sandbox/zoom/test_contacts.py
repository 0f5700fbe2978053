from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.sandbox.zoom.support import ZoomWorld, code

MINE = "chat/users/me/contacts"
FAMILY = "Mother@Family.example"


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def user_token(world: ZoomWorld, index: int = 0) -> str:
    return str(world.refresh(world.consent(index)).body["access_token"])


def contacts(world: ZoomWorld, index: int = 0, **query: str) -> Any:
    return world.zoom(MINE, token=user_token(world, index), **query).body["contacts"]


def invite(world: ZoomWorld, email: object = FAMILY) -> Any:
    path = f"chat/users/{world.ipad().zoom_user}/invitations"
    return world.zoom(path, "POST", {"email": email, "message": "hello"}, app="actor")


def open_list(world: ZoomWorld, addresses: str, option: int = 4) -> None:
    told = {"enable": True, "selected_option": option, "user_email_addresses": addresses}
    body = {"chat": {"allow_users_to_add_contacts": told}}
    world.zoom(f"groups/{world.ipad().zoom_group}/settings", "PATCH", body, app="actor")


def test_without_a_type_only_the_own_company_is_shown(world: ZoomWorld) -> None:
    world.core.planting.plant("contact-left", "K10001")
    assert [one["email"] for one in contacts(world)] == [world.ipad(1).m365_user_id]
    [left] = contacts(world, type="external")
    assert left["email"] == "family0000@family.example"
    assert left["id"] == ""
    assert left["member_id"]
    assert contacts(world, 1, type="external") == []


def test_the_account_s_own_token_cannot_read_contacts(world: ZoomWorld) -> None:
    answer = world.zoom(MINE, type="external")
    assert code(answer) == (400, 4711)
    assert "does not contain scopes:[team_chat:read:list_contacts]" in answer.body["message"]


def test_one_contact_is_found_by_each_of_its_names(world: ZoomWorld) -> None:
    world.core.planting.plant("contact-left", "K10001")
    [left] = contacts(world, type="external")
    token = user_token(world)
    for name in (left["email"].upper(), left["member_id"], world.ipad(1).zoom_user):
        assert world.zoom(f"{MINE}/{name}", token=token).status == 200
    assert code(world.zoom(f"{MINE}/stranger", token=token)) == (404, 1001)


@pytest.mark.parametrize("query", [{"type": "family"}, {"page_size": "51"}])
def test_an_odd_question_is_refused(world: ZoomWorld, query: dict[str, str]) -> None:
    assert code(world.zoom(MINE, token=user_token(world), **query)) == (400, 300)


def test_an_invitation_needs_an_open_allow_list(world: ZoomWorld) -> None:
    answer = invite(world)
    assert code(answer)[0] == 403
    assert "No permission to add new contact" in answer.body["message"]
    open_list(world, "other@family.example")
    assert invite(world).status == 403
    open_list(world, "other@family.example, mother@family.example")
    assert (invite(world).status, invite(world).body) == (204, None)
    open_list(world, "", option=2)
    assert invite(world).status == 403
    open_list(world, "", option=1)
    assert invite(world).status == 204


@pytest.mark.parametrize("email", ["mother", None, "a b@c.example", 7])
def test_an_address_that_is_none_is_refused(world: ZoomWorld, email: object) -> None:
    answer = invite(world, email)
    assert (answer.status, answer.body["message"]) == (400, "Invalid email format")


def test_an_invitation_that_is_accepted_makes_a_contact(world: ZoomWorld) -> None:
    open_list(world, FAMILY)
    invite(world)
    assert contacts(world, type="external") == []
    accepted = {"device": "K10001", "email": FAMILY.lower()}
    row = world.steer("POST", "accept", accepted).body
    assert contacts(world, type="external") == [row]
    assert world.steer("POST", "accept", accepted).status == 400
    world.steer("DELETE", f"records/zoomContacts/K10001/{row['member_id']}")
    assert contacts(world, type="external") == []


def test_an_acceptance_may_come_later_and_from_another_account(world: ZoomWorld) -> None:
    open_list(world, FAMILY)
    invite(world)
    later = {"device": "K10001", "email": FAMILY, "after": 3600, "as": "other@family.example"}
    assert world.steer("POST", "accept", later).body["accept_as"] == "other@family.example"
    assert contacts(world, type="external") == []
    world.now += timedelta(hours=1)
    world._tokens.clear()
    assert [one["email"] for one in contacts(world, type="external")] == [later["as"]]


def test_a_contact_is_removed_and_may_return(world: ZoomWorld) -> None:
    world.core.planting.plant("contact-left", "K10001")
    [left] = contacts(world, type="external")
    said = {"device": "K10001", "email": left["email"].upper()}
    assert world.steer("POST", "contact", {**said, "action": "remove"}).body == left
    assert contacts(world, type="external") == []
    assert world.steer("POST", "contact", {**said, "action": "remove"}).status == 400
    assert world.steer("POST", "contact", {**said, "action": "forget"}).status == 400
    back = {"device": "K10001", "email": left["email"], "action": "return"}
    assert world.steer("POST", "contact", back).body == left
    assert contacts(world, type="external") == [left]
