"""Webhooks: only Zoom's own, only fresh ones, each once."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import ZoomEvent
from connectors.zoom.events import challenge_answer, dedupe_key, is_from_zoom, told

SECRET = "webhook-secret"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BODY = b'{"event":"recording.started", "payload":{"x": "\xc3\xa9"}}'


def signed(body: bytes = BODY, at: datetime = NOW, unit: int = 1) -> dict[str, str]:
    stamp = str(int(at.timestamp()) * unit)
    mac = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {"X-Zm-Request-Timestamp": stamp, "x-zm-signature": f"v0={mac.hexdigest()}"}


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize("minutes", [-120, -85, 0, 5])
def test_what_zoom_signed_lately_is_taken(unit: int, minutes: int) -> None:
    headers = signed(at=NOW + timedelta(minutes=minutes), unit=unit)
    assert is_from_zoom(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize("seconds", [-7201, 301])
def test_what_is_older_than_the_last_repeat_or_to_come_is_not(unit: int, seconds: int) -> None:
    headers = signed(at=NOW + timedelta(seconds=seconds), unit=unit)
    assert not is_from_zoom(SECRET, headers, BODY, NOW)


def test_the_signature_is_over_the_raw_bytes() -> None:
    again = json.dumps(json.loads(BODY)).encode()
    assert again != BODY
    assert not is_from_zoom(SECRET, signed(), again, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"x-zm-signature": ""},
        {"x-zm-signature": "v0="},
        {"x-zm-signature": "v1=" + "0" * 64},
        {"x-zm-signature": "v0=\u00e9"},
        {"X-Zm-Request-Timestamp": ""},
        {"X-Zm-Request-Timestamp": "soon"},
        {"X-Zm-Request-Timestamp": "9" * 40},
        {"X-Zm-Request-Timestamp": "\u0661" * 10},
    ],
)
def test_anything_else_is_not(change: dict[str, str]) -> None:
    assert not is_from_zoom(SECRET, signed() | change, BODY, NOW)


def test_another_secret_or_none_is_not() -> None:
    assert not is_from_zoom("other", signed(), BODY, NOW)
    assert not is_from_zoom("", signed(), BODY, NOW)
    assert not is_from_zoom(SECRET, {}, BODY, NOW)


def test_zooms_question_is_answered() -> None:
    asked = {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}
    mac = hmac.new(SECRET.encode(), b"abc", hashlib.sha256).hexdigest()
    told = challenge_answer(SECRET, json.dumps(asked).encode())
    assert told == {"plainToken": "abc", "encryptedToken": mac}


@pytest.mark.parametrize(
    "body",
    [
        BODY, b"", b"[]", b"\xff", b"[" * 99_999,
        b'{"event": "endpoint.url_validation"}',
        b'{"event": "endpoint.url_validation", "payload": 5}',
        b'{"event": "endpoint.url_validation", "payload": {"plainToken": 5}}',
    ],
)  # fmt: skip
def test_any_other_body_is_no_question(body: bytes) -> None:
    assert challenge_answer(SECRET, body) is None


def test_an_event_has_one_key_however_often_it_comes() -> None:
    assert dedupe_key(BODY) == f"sha256/{hashlib.sha256(BODY).hexdigest()}"
    assert dedupe_key(BODY) != dedupe_key(BODY + b" ")


def an_event(**about: object) -> bytes:
    told_of = {"event": "recording.started", "event_ts": 1795309200123}
    return json.dumps({**told_of, "payload": {"account_id": "A", "object": about}}).encode()


def test_of_an_event_only_what_is_needed_and_nothing_personal_is_taken() -> None:
    found = told(
        an_event(
            id=81234567890, uuid="ab/c==", host_id="u-1", topic="Jo", host_email="a@b.example",
            start_time="2026-11-22T01:00:00Z", end_time="2026-11-22T01:14:00+01:00",
        )
    )  # fmt: skip
    assert found == ZoomEvent(
        name="recording.started",
        at=datetime(2026, 11, 22, 1, 0, 0, 123000, tzinfo=UTC),
        meeting=LiveMeeting("81234567890", "ab/c=="),
        host="u-1",
        began=datetime(2026, 11, 22, 1, tzinfo=UTC),
        ended=datetime(2026, 11, 22, 0, 14, tzinfo=UTC),
    )


def test_a_summary_names_its_meeting_in_other_words() -> None:
    found = told(an_event(meeting_id="81234567890", meeting_uuid="u==", meeting_host_id="h"))
    assert (found.meeting, found.host) == (LiveMeeting("81234567890", "u=="), "h")


@pytest.mark.parametrize(
    "about",
    [
        {"id": True, "uuid": ["x"], "host_id": "a@b.example", "start_time": "2026-11-22T01:00"},
        {"id": "Jo Blogginsworth", "uuid": "x" * 101, "start_time": 7, "end_time": "soon"},
        {},
    ],
)
def test_what_is_no_id_and_no_time_is_left_out(about: dict[str, object]) -> None:
    found = told(an_event(**about))
    assert (found.meeting, found.host) == (LiveMeeting("", ""), "")
    assert (found.began, found.ended) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"\xff", b"[" * 99_999, b'{"event": 5}', b'{"event": "Jo Blogginsworth"}',
        b'{"event": "a", "payload": [], "event_ts": "x"}',
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_one_still(body: bytes) -> None:
    assert told(body).name in ("unreadable", "a")
    assert told(body).at is None
