from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.connectors.sandbox.support import DEVICES, NOW, World

STATES = "deviceCompliancePolicyStates"


def batch(world: World, *urls: str, **more: Any) -> Any:
    inner = [{"id": str(place), "method": "GET", "url": url} for place, url in enumerate(urls)]
    return world.ask("/v1.0/$batch", "POST", {"requests": inner, **more})


def test_a_batch_answers_each_request_with_its_own_status_in_any_order() -> None:
    world = World()
    known = world.core.records.estate.ipad(0).device_id
    answer = batch(
        world,
        f"/deviceManagement/managedDevices/{known}?$select=id,iccid",
        "/deviceManagement/managedDevices/nobody",
        f"deviceManagement/managedDevices/{known}/{STATES}",
    )
    found = {one["id"]: one for one in answer.body["responses"]}
    assert answer.status == 200
    assert [found[one]["status"] for one in "012"] == [200, 404, 200]
    assert found["0"]["body"]["iccid"].startswith("894411")
    assert found["1"]["body"]["error"]["code"] == "ResourceNotFound"
    assert [one["id"] for one in answer.body["responses"]] != ["0", "1", "2"]


@pytest.mark.parametrize("body", [{}, {"requests": [{"url": "x"}]}, {"requests": 7}])
def test_a_batch_that_is_none_is_refused(body: Any) -> None:
    assert World().ask("/v1.0/$batch", "POST", body).status == 400


def test_a_batch_holds_twenty_requests() -> None:
    world = World()
    url = "/deviceManagement/settings"
    assert batch(world, *[url] * 20).status == 200
    assert batch(world, *[url] * 21).status == 400


def test_a_full_window_answers_429_and_opens_again() -> None:
    world = World()
    world.steer("PUT", "limits", {"scale": 0.005})
    assert [world.ask(DEVICES, top="1").status for _ in range(11)] == [200] * 10 + [429]
    world.now = NOW + timedelta(seconds=19)
    refused = world.ask(DEVICES)
    assert refused.body["error"]["code"] == "TooManyRequests"
    assert refused.headers["Retry-After"] == "1"
    world.now = NOW + timedelta(seconds=20)
    assert world.ask(DEVICES).status == 200
    assert world.steer("GET", "counters").body["throttled"] == 2


@pytest.mark.parametrize("form", ["integer", "fractional", "date", "absent"])
def test_a_429_says_in_one_of_four_ways_when_to_come_back(form: str) -> None:
    world = World()
    world.steer("PUT", "limits", {"scale": 0, "retry_after": form})
    world.ask(DEVICES)
    world.now = NOW + timedelta(seconds=17.872)
    value = world.ask(DEVICES).headers.get("Retry-After")
    match form:
        case "integer":
            assert value == "3"
        case "fractional":
            assert value == "2.128"
        case "date":
            assert value is not None
            assert parsedate_to_datetime(value) >= NOW + timedelta(seconds=20)
        case _:
            assert value is None


def test_a_batch_of_200_can_hold_429s() -> None:
    world = World()
    world.steer("PUT", "limits", {"scale": 0.003})
    answer = batch(world, *["/deviceManagement/settings"] * 5)
    found = {one["id"]: one for one in answer.body["responses"]}
    assert answer.status == 200
    assert [found[one]["status"] for one in "01234"] == [200, 200, 200, 429, 429]
    assert found["4"]["headers"]["Retry-After"] == "20"


def test_devices_and_configuration_have_windows_of_their_own() -> None:
    world = World()
    world.steer("PUT", "limits", {"scale": 0})
    assert world.ask(DEVICES).status == 200
    assert world.ask("/v1.0/deviceManagement/settings").status == 200
    assert world.ask("/v1.0/deviceManagement/detectedApps").status == 429
