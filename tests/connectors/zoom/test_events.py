"""Webhooks: only Zoom's own, only fresh ones, each once."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.zoom.events import challenge_answer, dedupe_key, is_from_zoom

SECRET = "webhook-secret"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BODY = b'{"event":"recording.started", "payload":{"x": "\xc3\xa9"}}'


def signed(body: bytes = BODY, at: datetime = NOW, unit: int = 1) -> dict[str, str]:
    stamp = str(int(at.timestamp()) * unit)
    mac = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {"X-Zm-Request-Timestamp": stamp, "x-zm-signature": f"v0={mac.hexdigest()}"}


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_what_zoom_signed_lately_is_taken(unit: int, minutes: int) -> None:
    headers = signed(at=NOW + timedelta(minutes=minutes), unit=unit)
    assert is_from_zoom(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_older_than_five_minutes_is_not(unit: int, seconds: int) -> None:
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
    assert dedupe_key({"X-ZM-Request-Id": "abc-1"}, BODY) == "id/abc-1"
    assert dedupe_key({}, BODY) == dedupe_key({"x-zm-request-id": "a\nb"}, BODY)
    assert dedupe_key({}, BODY) != dedupe_key({}, BODY + b" ")
    assert dedupe_key({}, BODY).startswith("sha256/")
