from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.control import Control
from connectors.sandbox.devices import SINGLE_APP
from connectors.sandbox.wire import Answer, Request
from tests.connectors.sandbox.support import DEVICES, World

APPS = "/v1.0/deviceManagement/detectedApps"
SHARED = World(devices=4, establishments=2)


@pytest.fixture
def world() -> World:
    return World()


def row(world: World, index: int = 0) -> Any:
    ipad = world.core.records.estate.ipad(index)
    return world.ask(f"{DEVICES}/{ipad.device_id}").body


def fail(world: World, **failure: object) -> Answer:
    return world.steer("PUT", "failures", {"failures": [failure]})


@pytest.mark.parametrize(
    "value", [None, "", 7, True, [], {"new": "shape"}, "unknownFutureValue"]
)
@pytest.mark.parametrize("name", ["serial", "device_id", "asset_tag"])
def test_any_field_can_be_set_to_any_json_value(world: World, value: object, name: str) -> None:
    before = row(world)
    key = getattr(world.core.records.estate.ipad(0), name)
    world.steer("PATCH", f"records/managedDevices/{key}", {"set": {"osVersion": value}})
    assert row(world) == before | {"osVersion": value}
    world.steer("DELETE", "records")
    assert row(world) == before


def test_a_field_can_be_taken_away(world: World) -> None:
    serial = world.core.records.estate.ipad(0).serial
    world.steer("PATCH", f"records/managedDevices/{serial}", {"remove": ["isSupervised"]})
    assert "isSupervised" not in row(world)


def test_what_a_list_hides_can_be_edited_too(world: World) -> None:
    ipad = world.core.records.estate.ipad(0)
    world.steer("PATCH", f"records/managedDevices/{ipad.serial}", {"set": {"iccid": "1"}})
    assert world.ask(f"{DEVICES}/{ipad.device_id}", select="iccid").body["iccid"] == "1"
    assert row(world)["iccid"] is None


def test_records_can_be_added_and_dropped(world: World) -> None:
    old = row(world)
    added = old | {"id": "22222222-2222-4222-8222-222222222222"}
    world.steer("PUT", f"records/managedDevices/{added['id']}", added)
    assert len(world.ask(DEVICES).body["value"]) == 21
    world.steer("DELETE", f"records/managedDevices/{old['id']}")
    shown = [one["id"] for one in world.ask(DEVICES).body["value"]]
    assert old["id"] not in shown
    assert added["id"] in shown


@pytest.mark.parametrize(
    "states", ["deviceCompliancePolicyStates", "deviceConfigurationStates"]
)
def test_states_can_be_edited(world: World, states: str) -> None:
    ipad = world.core.records.estate.ipad(0)
    first = world.steer("GET", f"records/{states}/{ipad.serial}").body[0]
    key = f"records/{states}/{ipad.serial}/{first['id']}"
    world.steer("PATCH", key, {"set": {"state": "error"}})
    shown = world.ask(f"{DEVICES}/{ipad.device_id}/{states}").body["value"]
    assert shown[0] == first | {"state": "error"}


def test_apps_of_a_device_and_rows_of_the_tenant_can_be_edited(world: World) -> None:
    ipad = world.core.records.estate.ipad(0)
    game = {"displayName": "Chess", "version": "1"}
    world.steer("PUT", f"records/installedApps/{ipad.serial}/Chess", game)
    [chess] = [one for one in world.ask(APPS).body["value"] if one["displayName"] == "Chess"]
    devices = world.ask(f"{APPS}/{chess['id']}/managedDevices").body["value"]
    assert [one["id"] for one in devices] == [ipad.device_id]
    world.steer("PATCH", f"records/detectedApps/{chess['id']}", {"set": {"displayName": None}})
    assert None in [one["displayName"] for one in world.ask(APPS).body["value"]]


def test_settings_and_policies_of_the_tenant_can_be_edited(world: World) -> None:
    world.steer("PATCH", "records/deviceManagement/tenant", {"set": {"settings": None}})
    policy = world.ask("/v1.0/deviceManagement/deviceCompliancePolicies").body["value"][0]
    world.steer("DELETE", f"records/deviceCompliancePolicies/{policy['id']}")
    assert world.ask("/v1.0/deviceManagement").body["settings"] is None
    assert world.ask("/v1.0/deviceManagement/settings").status == 204
    assert world.ask("/v1.0/deviceManagement/deviceCompliancePolicies").body["value"] == []


def test_edits_by_hand_win_over_planted_faults(world: World) -> None:
    ipad = world.core.records.estate.ipad(0)
    world.steer("PATCH", f"records/managedDevices/{ipad.serial}", {"set": {"osVersion": "99"}})
    world.steer("POST", "plant", {"name": "old-os", "subject": ipad.asset_tag})
    assert row(world)["osVersion"] == "99"


def test_faults_are_listed_planted_told_and_cleared(world: World) -> None:
    names = [one["name"] for one in world.steer("GET", "faults").body]
    [planted] = world.steer("POST", "plant", {"name": "old-os"}).body
    assert planted["name"] in names
    assert world.steer("GET", "truth").body["rows"][0]["reason"] == "os-too-old"
    assert world.steer("POST", "clear", {"name": "old-os"}).body == {"cleared": 1}
    assert len(world.steer("POST", "plant", {"count": 5, "seed": 1}).body) == 5
    assert world.steer("POST", "clear", {}).body == {"cleared": 5}
    assert world.steer("GET", "truth").body["rows"] == []


def test_a_stranger_can_be_cleared_by_its_serial(world: World) -> None:
    [planted] = world.steer("POST", "plant", {"name": "unknown-device"}).body
    cleared = world.steer("POST", "clear", {"subject": planted["serial"]}).body
    assert cleared == {"cleared": 1}


def test_calls_are_counted_by_endpoint_and_status(world: World) -> None:
    world.ask(DEVICES)
    world.ask(f"{DEVICES}/nobody")
    inner = [{"id": "1", "method": "GET", "url": "/deviceManagement/settings"}]
    world.ask("/v1.0/$batch", "POST", {"requests": inner})
    told = world.steer("GET", "counters").body
    assert told["calls"] == {
        "batch": {"200": 1},
        "managedDevice": {"404": 1},
        "managedDevices": {"200": 1},
        "token": {"200": 1},
    }
    assert told["batched"] == {"settings": {"200": 1}}
    assert told["tokens"] == 1
    assert world.steer("DELETE", "counters").body["calls"] == {}


def test_an_endpoint_can_be_made_to_fail_and_to_answer_again(world: World) -> None:
    fail(world, endpoint="detectedApps", status=403)
    answer = world.ask(APPS)
    assert (answer.status, answer.body["error"]["code"]) == (403, "Forbidden")
    assert world.ask(DEVICES).status == 200
    world.steer("PUT", "failures", {"failures": []})
    assert world.ask(APPS).status == 200


def test_the_second_page_can_be_made_to_fail_once(world: World) -> None:
    fail(world, endpoint="managedDevices", status=503, skip=1, times=1)
    statuses = [world.ask(DEVICES, top="5").status for _ in range(3)]
    assert statuses == [200, 503, 200]


def test_an_endpoint_can_be_made_to_answer_with_anything(world: World) -> None:
    fail(world, endpoint="managedDevices", status=200, body={"value": []})
    assert world.ask(DEVICES).body == {"value": []}
    fail(world, endpoint="managedDevices", status=502, body="<html>", headers={"X": "y"})
    assert world.ask(DEVICES).body == "<html>"


def test_a_failure_reaches_into_batches_and_to_the_token_endpoint(world: World) -> None:
    fail(world, endpoint="settings", status=500)
    inner = [{"id": "1", "method": "GET", "url": "/deviceManagement/settings"}]
    body = world.ask("/v1.0/$batch", "POST", {"requests": inner}).body
    assert body["responses"][0]["status"] == 500
    fail(world, endpoint="token", status=500)
    assert world.ask_token().status == 500


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "nonsense", None),
        ("POST", "plant", {"name": "nonsense"}),
        ("POST", "plant", {}),
        ("POST", "clear", {"subject": "K9"}),
        ("PUT", "failures", {"failures": [{"endpoint": "nonsense", "status": 500}]}),
        ("PUT", "failures", {"failures": [{"nonsense": 1}]}),
        ("PUT", "failures", {"failures": [{"endpoint": "token", "fault": "nonsense"}]}),
        ("PUT", "failures", {"failures": [{"endpoint": "token"}]}),
        ("PUT", "failures", {"failures": [{"endpoint": "token", "status": "500"}]}),
        ("PUT", "failures", {"failures": [{"endpoint": "token", "status": 99}]}),
        ("PUT", "failures", {"failures": 7}),
        ("PUT", "pages", {"most": 0}),
        ("PUT", "latency", {"ms": -1}),
        ("PUT", "limits", {"scale": "inf"}),
        ("PUT", "limits", {"retry_after": "never"}),
        ("PATCH", "records/nonsense/1", {"set": {}}),
        ("PATCH", "records/managedDevices/nobody", {"set": {}}),
        ("PATCH", "records/managedDevices/K10001", {"osVersion": "1"}),
        ("PATCH", "records/managedDevices/K10001", [1]),
        ("PATCH", "records/managedDevices/K10001", {"set": None}),
        ("PATCH", "records/managedDevices/K10001", {"remove": "jailBroken"}),
        ("GET", "records/detectedApps/nobody", None),
    ],
)
def test_a_wrong_word_is_refused_with_a_reason(
    world: World, method: str, path: str, body: object
) -> None:
    answer = world.steer(method, path, body)
    assert answer.status in (400, 404)
    assert answer.body["error"]
    assert world.ask(DEVICES).status == 200  # and nothing of it was kept


def test_latency_is_kept_for_the_shell(world: World) -> None:
    control: Control = world.control
    world.steer("PUT", "latency", {"ms": 30})
    assert control.latency_ms == 30


def test_the_single_app_profile_is_found_by_its_name(world: World) -> None:
    states = world.steer("GET", "records/deviceConfigurationStates/K10001").body
    assert SINGLE_APP in [one["displayName"] for one in states]


VERBS = [
    ("POST", "plant"), ("POST", "clear"), ("PUT", "limits"), ("PUT", "latency"),
    ("PUT", "failures"), ("PUT", "pages"), ("PUT", "settings-lost-on-select"),
    ("PATCH", "records/managedDevices/K10001"), ("PUT", "records/managedDevices/K10001"),
    ("DELETE", "records/managedDevices/K10001"), ("GET", "records/managedDevices"),
    ("PUT", "zoom"), ("PUT", "zoom-app"), ("POST", "consents"), ("POST", "accept"),
    ("POST", "call"), ("PUT", "webhook"), ("POST", "emit"),
]  # fmt: skip
WORDS = st.sampled_from(
    ["name", "subject", "count", "seed", "halves", "scale", "retry_after", "ms", "failures",
     "endpoint", "status", "fault", "times", "skip", "body", "headers", "most", "on", "set",
     "remove", "plan", "code", "summaries", "app", "scopes", "without", "enabled", "devices",
     "device", "email", "action", "topic", "url", "event", "payload"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["K10001", "token", "cut", "reader", "start", "old-os", "mdm"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150)
@given(verb=st.sampled_from(VERBS), body=st.dictionaries(WORDS, VALUES, max_size=5))
def test_no_body_however_odd_gets_anything_but_an_answer(
    verb: tuple[str, str], body: dict[str, object]
) -> None:
    answer = SHARED.steer(*verb, body)
    assert answer.status in (200, 400, 404)
    assert answer.status == 200 or answer.body["error"]


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff", b"7", b"[" * 100_000, b'{"ms": NaN}', b'{"ms": 1e999}']
)
def test_a_body_that_is_no_json_object_is_refused(world: World, raw: bytes) -> None:
    answer = world.control.handle(Request("PUT", "/_sandbox/latency", body=raw))
    assert (answer.status, bool(answer.body["error"])) == (400, True)
