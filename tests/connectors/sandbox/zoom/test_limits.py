from datetime import datetime, timedelta

import pytest

from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import ZoomWorld, code


@pytest.fixture
def world() -> ZoomWorld:
    world = ZoomWorld()
    world.core.zoom.limits.scale = 1.0
    return world


def statuses(world: ZoomWorld, path: str, times: int) -> list[int]:
    return [world.zoom(path).status for _ in range(times)]


@pytest.mark.parametrize(
    ("plan", "light", "medium"), [("free", 4, 2), ("pro", 30, 20), ("business", 80, 60)]
)
def test_each_plan_has_its_own_rates_in_a_second(
    world: ZoomWorld, plan: str, light: int, medium: int
) -> None:
    world.steer("PUT", "zoom", {"plan": plan})
    one = f"users/{world.ipad().zoom_user}"
    assert statuses(world, "users", medium + 1) == [200] * medium + [429]
    assert statuses(world, one, light + 1) == [200] * light + [429]
    world.now = NOW + timedelta(seconds=1)
    assert world.zoom("users").status == 200
    assert world.steer("GET", "counters").body["zoom"]["throttled"] == 2


def test_a_second_that_is_full_says_when_it_ends(world: ZoomWorld) -> None:
    world.now = NOW + timedelta(milliseconds=300)
    first = world.zoom("users")
    refused = [world.zoom("users") for _ in range(60)][-1]
    assert first.headers["X-RateLimit-Category"] == "Medium"
    assert first.headers["X-RateLimit-Remaining"] == "59"
    assert refused.headers["X-RateLimit-Type"] == "QPS"
    assert refused.headers["X-RateLimit-Reset"] == str(int(NOW.timestamp()) + 1)
    assert code(refused) == (429, 429)
    assert "per-second" in refused.body["message"]


def test_a_day_that_is_full_says_so_with_a_date_and_time(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"plan": "free", "scale": 0.001})
    found = []
    for second in range(3):
        world.now = NOW + timedelta(seconds=second)
        found.append(world.zoom("users"))
    assert [answer.status for answer in found] == [200, 200, 429]
    assert found[-1].headers["X-RateLimit-Type"] == "Daily-limit"
    again = datetime.fromisoformat(found[-1].headers["Retry-After"])
    assert again.isoformat() == "2026-11-23T00:00:00+00:00"
    world.now = again
    assert world.zoom("users", token=world.token()).status == 200


def test_heavy_and_intensive_calls_share_a_day(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"scale": 0.00003})
    assert world.zoom("report/activities").status == 200
    world.now = NOW + timedelta(minutes=1)
    assert world.zoom("metrics/meetings").status == 200
    world.now = NOW + timedelta(minutes=2)
    assert world.zoom("metrics/meetings").headers["X-RateLimit-Type"] == "Daily-limit"


def test_intensive_calls_are_counted_by_the_minute(world: ZoomWorld) -> None:
    found = []
    for second in range(21):
        world.now = NOW + timedelta(seconds=second)
        found.append(world.zoom("metrics/meetings").status)
    assert found == [200] * 20 + [429]


@pytest.mark.parametrize(("headers", "count"), [("full", 4), ("category", 1), ("none", 0)])
def test_headers_may_be_few_or_none(world: ZoomWorld, headers: str, count: int) -> None:
    world.steer("PUT", "zoom", {"headers": headers, "code": 4001, "scale": 0.001})
    world.zoom("users")
    answer = world.zoom("users")
    named = [name for name in answer.headers if name.startswith("X-RateLimit")]
    assert len(named) >= count
    assert ("X-RateLimit-Limit" in answer.headers) == (headers == "full")
    assert code(answer) == (429, 4001)


def test_some_calls_need_a_better_plan(world: ZoomWorld) -> None:
    world.steer("PUT", "zoom", {"plan": "free"})
    assert code(world.zoom("groups")) == (400, 200)
    assert "paid account" in world.zoom("report/activities").body["message"]
    world.steer("PUT", "zoom", {"plan": "pro"})
    assert world.zoom("groups").status == 200
    assert code(world.zoom("metrics/meetings", type="past")) == (400, 200)


def test_calls_are_counted_by_label(world: ZoomWorld) -> None:
    world.zoom("users")
    world.zoom(f"users/{world.ipad().zoom_user}")
    world.zoom("users/nobody")
    told = world.steer("GET", "counters").body["zoom"]
    assert told["labels"] == {"Medium": 1, "Light": 2}
    assert told["calls"] == {
        "zoom.token": {"200": 1},
        "zoom.user": {"200": 1, "404": 1},
        "zoom.users": {"200": 1},
    }
    assert world.steer("DELETE", "counters").body["zoom"]["calls"] == {}
