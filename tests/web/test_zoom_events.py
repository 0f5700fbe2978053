"""The receiver of Zoom's events: what is Zoom's is stored and answered, and nothing else."""

import asyncio
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.errors import StoreBusy
from agent.store.zoom_events import zoom_event
from agent.web.zoom_events import LARGEST, PATH, Receiver
from connectors.sandbox.zoom.webhooks import Delivery
from tests.support.calls import PERSONAL
from tests.support.stores import NOON
from tests.support.zoom_calls import MDI1, SECONDS, ZoomCalls, ask, zoom_calls


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    found = zoom_calls(tmp_path, NOON)
    found.subscribe()
    return found


def an_event(there: ZoomCalls) -> Delivery:
    there.zoom(MDI1, "start")
    [event] = there.on_their_way()
    return event


def stored(there: ZoomCalls) -> list[Any]:
    with there.office.store.read() as tx:
        return [row._mapping for row in tx.sql.execute(select(zoom_event))]


def test_an_event_is_stored_without_anything_personal(there: ZoomCalls) -> None:
    meeting = there.zoom(MDI1, "start", topic="Jo Blogginsworth")
    there.zoom(MDI1, "join", name="Jo Blogginsworth")
    assert there.deliver() == [204, 204]
    first, second = stored(there)
    assert (first["event"], first["uuid"], first["number"], first["host"]) == (
        "meeting.started", meeting["uuid"], str(meeting["id"]), meeting["host_id"],
    )  # fmt: skip
    assert second["event"] == "meeting.participant_joined"
    told = json.dumps([dict(row) for row in (first, second)], default=str)
    assert not [word for word in PERSONAL if word in told]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"x-zm-signature": "v0=" + "0" * 64},
        {"x-zm-signature": ""},
        {"x-zm-signature": "ü"},
        {"x-zm-request-timestamp": "1"},
        {"x-zm-request-timestamp": "²³⁴⁵⁶⁷⁸⁹⁰¹"},
    ],
)
def test_what_zoom_did_not_sign_is_refused_without_a_word(
    there: ZoomCalls, spoilt: Mapping[str, str]
) -> None:
    event = an_event(there)
    assert there.post(event.body, {**event.headers, **spoilt}) == (401, b"")
    assert stored(there) == []


def test_a_body_of_which_a_byte_was_changed_is_refused(there: ZoomCalls) -> None:
    event = an_event(there)
    assert there.post(event.body.replace(b"meeting", b"Meeting", 1), event.headers)[0] == 401
    assert there.post(event.body + b" ", event.headers)[0] == 401
    assert there.post(event.body, event.headers)[0] == 204


def test_what_was_taken_and_is_played_again_changes_nothing_or_is_refused(
    there: ZoomCalls,
) -> None:
    event = an_event(there)
    assert there.post(event.body, event.headers)[0] == 204
    there.clock.now = there.clock.now.replace(minute=59)
    again = {**event.headers, "x-zm-request-id": "another"}
    assert there.post(event.body, again)[0] == 204
    assert len(stored(there)) == 1
    there.clock.now = there.clock.now.replace(hour=15)
    assert there.post(event.body, event.headers)[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", PATH, 405), ("POST", "/", 404), ("POST", f"{PATH}/", 404)],
)
def test_nothing_else_is_there(there: ZoomCalls, method: str, path: str, status: int) -> None:
    event = an_event(there)
    assert there.post(event.body, event.headers, method, path) == (status, b"")


def test_a_body_larger_than_any_event_is_not_read(there: ZoomCalls) -> None:
    assert there.post(b"x" * (LARGEST + 1), {}) == (413, b"")


def test_what_zoom_signed_and_we_cannot_read_is_stored_all_the_same(there: ZoomCalls) -> None:
    hooks = there.core.zoom.webhooks
    stamp = str(int(there.clock.now.timestamp()))
    for body in (b"[]", b"{", b'{"event": 7, "payload": {"object": {"id": [1]}}}', b"\xff"):
        headers = {
            "x-zm-request-timestamp": stamp,
            "x-zm-signature": hooks.signed(stamp, body),
        }
        assert there.post(body, headers)[0] == 204
    assert {row["event"] for row in stored(there)} == {"unreadable"}


def test_a_store_that_fails_makes_zoom_send_it_again(there: ZoomCalls) -> None:
    event = an_event(there)

    def fails(*_: object) -> object:
        raise StoreBusy("the database is away")

    receiver = Receiver(there.secret, there.clock, fails, SECONDS)
    status, body = asyncio.run(ask(receiver, event.body, event.headers))
    assert (status, body) == (503, b"")
    there.core.zoom.webhooks.sent(event, status, body)
    there.clock.now = there.clock.now.replace(minute=5)
    assert there.deliver() == [204]
    assert [row["event"] for row in stored(there)] == ["meeting.started"]


def test_a_fault_of_ours_makes_zoom_send_it_again(there: ZoomCalls) -> None:
    event = an_event(there)

    def fails(*_: object) -> object:
        raise ZeroDivisionError("Jo Blogginsworth")

    receiver = Receiver(there.secret, there.clock, fails, SECONDS)
    assert asyncio.run(ask(receiver, event.body, event.headers)) == (500, b"")


def test_a_store_that_is_busy_for_too_long_is_not_waited_for_and_stores_all_the_same(
    there: ZoomCalls,
) -> None:
    event, may_go, kept = an_event(there), threading.Event(), threading.Event()

    def slow(*_: object) -> object:
        may_go.wait(30)
        kept.set()
        return True

    async def both() -> tuple[int, bytes]:
        receiver = Receiver(there.secret, there.clock, slow, 0.01)
        answer = await ask(receiver, event.body, event.headers)
        may_go.set()
        return answer

    assert asyncio.run(both()) == (503, b"")
    assert kept.wait(30)


def test_an_odd_secret_or_none_answers_nobody(there: ZoomCalls) -> None:
    event = an_event(there)
    receiver = Receiver("", there.clock, lambda *_: True)
    assert asyncio.run(ask(receiver, event.body, event.headers))[0] == 401
