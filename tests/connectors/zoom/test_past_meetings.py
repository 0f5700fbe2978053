"""Calls that are over, over the sandbox: the contract, which app asks, odd answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import Scopes
from agent.ports.zoom_windows import CallFacts
from connectors.sandbox.control import Control
from connectors.sandbox.identity import Identity
from connectors.sandbox.wire import Request
from connectors.sandbox.zoom.healthy import PAST, meeting_uuid
from connectors.sandbox.zoom.limits import Plan
from connectors.zoom.past_meetings import ZoomPastMeetings
from tests.connectors.zoom.acts_contract import Reads, RemoteReads
from tests.connectors.zoom.call_facts_contract import CallFactsContract, Calls
from tests.connectors.zoom.canned import only
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.faulty import breaking
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed
from tests.connectors.zoom.test_invitations import Time


@dataclass
class OnTheIpad:
    """`Calls` over the sandbox's control API, for its first iPad."""

    there: Sandboxed
    time: Time

    def start(self, *, alone: bool = False, again: str = "") -> tuple[str, str]:
        more: dict[str, object] = {"meeting": again} if again else {"type": 2}
        told = self._call("start", alone=alone, **more)
        return str(told["id"]), told["uuid"]

    def moves(self, action: str, name: str, email: str = "") -> None:
        self._call(action, name=name, email=email)

    def end(self) -> None:
        self._call("end")

    def wait(self, how_long: timedelta) -> None:
        self.time.ahead += how_long

    def own(self) -> str:
        return self.there.email(0)

    def odd_uuid(self) -> str:
        uuid = next(one for n in range(99) if (one := meeting_uuid(n)).startswith("/"))
        times = {"start_time": "2026-11-20T10:00:00Z", "end_time": "2026-11-20T10:20:00Z"}
        ids = {"uuid": uuid, "id": 81234567890, "host_id": self.there.id(0)}
        self.there.add(PAST, f"{self.there.id(0)}/{uuid}", **ids, **times, duration=20)
        return uuid

    def _call(self, action: str, **body: object) -> Any:
        told = json.dumps({"device": self.there.email(0), "action": action, **body}).encode()
        request = Request("POST", "/_sandbox/call", body=told)
        answer = Control(self.there.core).handle(request)
        assert answer.status == 200, answer.body
        return answer.body


class OverTheSandbox(CallFactsContract, RemoteReads):
    @pytest.fixture
    def facts(self, there: Sandboxed, base: str) -> CallFacts:
        return ZoomPastMeetings(there.line(base), there.app("reader"))

    @pytest.fixture
    def reads(self, facts: CallFacts, uuid: str) -> Reads:
        return (lambda: facts.past(uuid), lambda: facts.participants(uuid))

    @pytest.fixture
    def uuid(self, calls: Calls) -> str:
        _, uuid = calls.start(alone=True)
        calls.moves("join", "Mother")
        calls.end()
        return uuid

    @pytest.fixture
    def scopes(self, facts: CallFacts) -> Fact[Scopes]:
        return facts.scopes()

    @pytest.fixture
    def secrets(self, uuid: str, calls: Calls) -> Sequence[str]:
        return (uuid, "Mother", calls.own())

    @pytest.fixture
    def breaks(self, there: Sandboxed) -> Breaks:
        return breaking(there)


class TestSocketFree(OverTheSandbox):
    @pytest.fixture
    def base(self) -> str:
        return ""


class TestOverSockets(OverTheSandbox):
    @pytest.fixture
    def there(self, served: tuple[Sandboxed, str], time: Time) -> Sandboxed:
        served[0].core.clock = served[0].core.zoom.clock = time
        return served[0]

    @pytest.fixture
    def base(self, served: tuple[Sandboxed, str]) -> str:
        return served[1]


@dataclass
class Whole(Time):
    """Whole seconds, as Zoom writes them, and standing still until it is moved."""

    at: datetime = datetime(2026, 11, 22, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at + self.ahead


@pytest.fixture
def time() -> Time:
    return Whole(at=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def there(application: Identity, time: Time) -> Sandboxed:
    found = sandboxed(application, clock=time)
    found.core.zoom.limits.scale = 1000
    return found


@pytest.fixture
def calls(there: Sandboxed, time: Time) -> Calls:
    there.core.zoom.limits.scale = 1000
    return OnTheIpad(there, time)


@pytest.fixture
def facts(there: Sandboxed) -> CallFacts:
    return ZoomPastMeetings(there.line(), there.app("reader"))


def test_the_reading_app_reads(there: Sandboxed, facts: CallFacts, calls: Calls) -> None:
    uuid = calls.odd_uuid()
    facts.past(uuid)
    facts.participants(uuid)
    assert there.core.zoom.callers == {
        ("reader", "zoom.pastMeeting"): 1,
        ("reader", "zoom.participants"): 1,
    }


def test_where_the_plan_does_not_tell_it_nothing_is_known(
    there: Sandboxed, facts: CallFacts, calls: Calls
) -> None:
    uuid = calls.odd_uuid()
    there.core.zoom.limits.plan = Plan.FREE
    for fact in (facts.past(uuid), facts.participants(uuid)):
        assert isinstance(fact, Unknown)
        assert fact.reason == "not-read"


@pytest.mark.parametrize("body", [{}, {"uuid": "other=="}, {"uuid": 5}])
def test_an_answer_about_another_call_proves_nothing(
    there: Sandboxed, facts: CallFacts, body: object
) -> None:
    there.odd = only("/mine==", lambda _: httpx.Response(200, json=body))
    assert isinstance(facts.past("mine=="), Unknown)


@pytest.mark.parametrize("row", [5, {}, {"name": 5, "join_time": "soon", "status": "odd"}])
def test_a_row_that_cannot_be_read_is_somebody_still(
    there: Sandboxed, facts: CallFacts, row: object
) -> None:
    body = {"participants": [row], "total_records": 2, "next_page_token": ""}
    there.odd = only("/participants", lambda _: httpx.Response(200, json=body))
    fact = facts.participants("mine==")
    assert isinstance(fact, Known)
    [somebody] = fact.value.rows
    assert somebody.name == somebody.email == ""
    for told in (somebody.ours, somebody.joined, somebody.left, somebody.waiting):
        assert isinstance(told, Unknown)
    assert fact.value.gap is not None
    assert fact.value.gap.reason == "not-read"
