import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.sandbox.zoom.webhooks import Delivery
from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import ZoomWorld

URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def digest(world: ZoomWorld, text: str) -> str:
    secret = world.core.zoom.said()["webhook_secret"]
    return hmac.new(str(secret).encode(), text.encode(), hashlib.sha256).hexdigest()


def validate(world: ZoomWorld) -> None:
    """Answer the check of the address as a good subscriber does."""
    world.steer("PUT", "webhook", {"url": URL})
    [check] = world.core.zoom.webhooks.take()
    plain = json.loads(check.body)["payload"]["plainToken"]
    told = {"plainToken": plain, "encryptedToken": digest(world, plain)}
    world.core.zoom.webhooks.sent(check, 200, json.dumps(told).encode())


def waiting(world: ZoomWorld) -> list[Delivery]:
    return world.core.zoom.webhooks.take()


def emit(world: ZoomWorld) -> Any:
    return world.steer("POST", "emit", {"event": "recording.started", "payload": {"x": 1}})


def test_an_address_must_prove_the_secret_before_events_come(world: ZoomWorld) -> None:
    world.steer("PUT", "webhook", {"url": URL})
    emit(world)
    [check] = waiting(world)
    assert json.loads(check.body)["event"] == "endpoint.url_validation"
    world.core.zoom.webhooks.sent(check, 200, b"no")
    assert waiting(world) == []
    assert world.steer("GET", "webhook").body["validated"] is False
    validate(world)
    assert world.steer("GET", "webhook").body["validated"] is True


def test_an_event_is_signed_over_its_raw_bytes(world: ZoomWorld) -> None:
    validate(world)
    emit(world)
    [event] = waiting(world)
    stamp = event.headers["x-zm-request-timestamp"]
    signed = digest(world, f"v0:{stamp}:{event.body.decode()}")
    assert event.headers["x-zm-signature"] == f"v0={signed}"
    assert stamp == str(int(NOW.timestamp()))
    told = json.loads(event.body)
    assert told["event_ts"] == int(NOW.timestamp()) * 1000
    assert told["payload"] == {"account_id": world.core.zoom.apps.account_id, "x": 1}


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_failed_delivery_comes_again_three_times(
    world: ZoomWorld, status: int | None
) -> None:
    validate(world)
    emit(world)
    waits = []
    for minutes in (0, 5, 20, 60):
        world.now += timedelta(minutes=minutes)
        [event] = waiting(world)
        waits.append(event.tries)
        world.core.zoom.webhooks.sent(event, status)
    world.now += timedelta(days=1)
    assert (waits, waiting(world)) == ([0, 1, 2, 3], [])
    log = world.steer("GET", "webhook").body["log"]
    assert [one["try"] for one in log if one["event"] == "recording.started"] == [1, 2, 3, 4]


@pytest.mark.parametrize("status", [204, 301, 404])
def test_what_was_answered_otherwise_never_comes_again(world: ZoomWorld, status: int) -> None:
    validate(world)
    emit(world)
    [event] = waiting(world)
    world.core.zoom.webhooks.sent(event, status)
    world.now += timedelta(days=1)
    assert waiting(world) == []


def test_calls_and_changes_are_told(world: ZoomWorld) -> None:
    validate(world)
    for action in ("start", "record", "stop-recording", "end"):
        world.steer("POST", "call", {"device": "K10001", "action": action})
    body = {"recording": {"archive": True}}
    world.zoom(f"groups/{world.ipad().zoom_group}/settings", "PATCH", body, app="actor")
    found = [json.loads(one.body) for one in waiting(world)]
    assert [one["event"] for one in found] == [
        "meeting.started",
        "recording.started",
        "recording.stopped",
        "meeting.ended",
        "group.settings_updated",
    ]
    assert found[-1]["payload"]["old_object"]["settings"] == {"recording": {"archive": False}}


def test_without_a_subscriber_nothing_waits(world: ZoomWorld) -> None:
    emit(world)
    validate(world)
    world.steer("DELETE", "zoom")
    emit(world)
    assert waiting(world) == []


def test_an_event_that_is_late_comes_after_what_happened_next(world: ZoomWorld) -> None:
    validate(world)
    world.steer("PUT", "late", {"events": {"meeting.ended": 90}})
    path = f"users/{world.ipad().zoom_user}/meetings"
    number = world.zoom(path, "POST", {"topic": "Call", "type": 2}, app="actor").body["id"]
    uuids = []
    for action in ("start", "end", "start"):
        more = {"meeting": number} if action == "start" else {}
        told = world.steer("POST", "call", {"device": "K10001", "action": action, **more})
        uuids.append(told.body["uuid"])
        world.now += timedelta(seconds=30)
    world.now += timedelta(minutes=5)
    events = [json.loads(one.body) for one in waiting(world)]
    named = [(one["event"], one["payload"]["object"]["uuid"]) for one in events]
    first, _, second = uuids
    assert named == [
        ("meeting.started", first),
        ("meeting.started", second),
        ("meeting.ended", first),
    ]
    happened = [one["event_ts"] for one in events]
    assert happened[2] < happened[1]


def test_who_comes_and_goes_is_told_without_an_address_from_outside(world: ZoomWorld) -> None:
    validate(world)
    own = world.ipad(1).m365_user_id
    people = (("knock", "Mother", "mother@family.example"), ("admit", "Mother", ""))
    world.steer("POST", "call", {"device": "K10001", "action": "start"})
    for action, name, email in (*people, ("join", "Colleague", own), ("leave", "Mother", "")):
        body = {"device": "K10001", "action": action, "name": name, "email": email}
        assert world.steer("POST", "call", body).status == 200
    events = [json.loads(one.body) for one in waiting(world)][1:]
    told = [(one["event"], one["payload"]["object"]["participant"]["email"]) for one in events]
    assert told == [
        ("meeting.participant_joined_waiting_room", ""),
        ("meeting.participant_admitted", ""),
        ("meeting.participant_joined", own),
        ("meeting.participant_left", ""),
    ]
