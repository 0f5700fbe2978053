import pytest

from connectors.sandbox.zoom.apps import READER_SCOPES
from tests.connectors.sandbox.zoom.support import ZoomWorld, code


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def test_a_failure_speaks_as_zoom_does(world: ZoomWorld) -> None:
    for status, number in ((401, 124), (403, 200), (500, 500)):
        failure = {"endpoint": "zoom.users", "status": status, "times": 1}
        world.steer("PUT", "failures", {"failures": [failure]})
        assert code(world.zoom("users")) == (status, number)
        assert world.zoom("users").status == 200


def test_a_failure_may_answer_with_anything_and_fail_the_token_host(world: ZoomWorld) -> None:
    odd = {"endpoint": "zoom.userSettings", "status": 200, "body": {"odd": 1}, "skip": 1}
    down = {"endpoint": "zoom.token", "status": 503}
    path = f"users/{world.ipad().zoom_user}/settings"
    assert world.zoom(path).status == 200
    world.steer("PUT", "failures", {"failures": [odd, down]})
    assert "recording" in world.zoom(path).body
    assert world.zoom(path).body == {"odd": 1}
    assert world.ask_zoom_token(world.account_form(), basic=world.app()).status == 503


def test_tokens_can_be_ended_by_hand_and_consents_stay(world: ZoomWorld) -> None:
    token, consent = world.token(), world.consent()
    world.steer("POST", "expire-tokens")
    assert code(world.zoom("users", token=token)) == (401, 124)
    assert world.refresh(consent).status == 200


@pytest.mark.parametrize("name", ["asset_tag", "serial", "m365_user_id", "zoom_user"])
def test_records_are_edited_by_any_name_of_the_ipad(world: ZoomWorld, name: str) -> None:
    key = getattr(world.ipad(), name)
    world.steer("PATCH", f"records/zoomUsers/{key}", {"set": {"display_name": None}})
    user = f"users/{world.ipad().zoom_user}"
    assert world.zoom(user).body["display_name"] is None
    world.steer("DELETE", "records")
    assert world.zoom(user).body["display_name"] == world.ipad().local_id


def test_records_of_a_group_are_named_by_the_ipad_too(world: ZoomWorld) -> None:
    world.steer("PATCH", "records/zoomGroupLocks/K10001", {"remove": ["recording.archive"]})
    locks = world.zoom(f"groups/{world.ipad().zoom_group}/lock_settings").body
    assert "archive" not in locks["recording"]


def test_what_hangs_on_a_user_is_listed(world: ZoomWorld) -> None:
    world.core.planting.plant("contact-left", "K10001")
    [left] = world.steer("GET", "records/zoomContacts/K10001").body
    key = f"records/zoomContacts/K10001/{left['member_id']}"
    assert world.steer("GET", key).body == left


def test_moods_are_shown_set_and_taken_back(world: ZoomWorld) -> None:
    usual = world.steer("GET", "zoom").body | {"scale": 1.0}
    changed = {"plan": "business", "repeats": True, "forgetful": True, "scale": 2.0}
    assert world.steer("PUT", "zoom", changed).body == usual | changed
    world.steer("PUT", "zoom-app", {"app": "reader", "scopes": [], "enabled": False})
    assert world.steer("DELETE", "zoom").body == usual
    assert world.steer("PUT", "zoom-app", {"app": "reader"}).body == {
        "app": "reader",
        "enabled": True,
        "scopes": READER_SCOPES,
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "zoom", {"nonsense": 1}),
        ("PUT", "zoom", {"plan": "gold"}),
        ("PUT", "zoom", {"summaries": "odd"}),
        ("PUT", "zoom-app", {"app": "nobody"}),
        ("POST", "accept", {"device": "K10001", "email": "a@b.example"}),
        ("POST", "call", {"device": "K10001"}),
        ("PUT", "webhook", {}),
        ("GET", "records/zoomUsers/nobody", None),
        ("POST", "plant", {"count": 1, "seed": 1, "halves": "third"}),
    ],
)
def test_a_wrong_word_is_refused_with_a_reason(
    world: ZoomWorld, method: str, path: str, body: object
) -> None:
    answer = world.steer(method, path, body)
    assert answer.status == 400
    assert answer.body["error"]


def test_what_changes_something_is_in_the_journal_with_what_came_of_it(
    world: ZoomWorld,
) -> None:
    group = world.ipad().zoom_group
    path, body = f"groups/{group}/settings", {"chat": {"share_files": {"enable": False}}}
    world.zoom(path)
    world.zoom(path, "PATCH", body, app="actor")
    world.zoom(path, "PATCH", body)
    rows = world.steer("GET", "journal").body
    assert [(row["what"], row["path"], row["status"], row["body"]) for row in rows] == [
        ("zoom.changeGroupSettings", path, 204, body),
        ("zoom.changeGroupSettings", path, 400, body),
    ]
    assert rows[0]["at"] == world.core.clock().isoformat(timespec="microseconds")
    assert world.steer("GET", "journal/1").body == rows[1:]
