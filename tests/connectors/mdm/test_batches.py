"""Batches of Graph: inner answers, their retries, their pages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec
import pytest
import respx

from agent.errors import ConnectorError, Refused, TryAgain, UnknownReply
from connectors.http import Missing, Reach, Upstream, utc_now
from connectors.mdm.batches import Batches
from connectors.mdm.graph import DEVICES, Ask, Graph, Told
from connectors.oauth import Service, Tokens
from connectors.pacing import LocalPacer
from tests.connectors.conftest import QUICK
from tests.support.wire import Wire

BATCH = "https://graph.example/v1.0/$batch"
Json = dict[str, Any]


class Row(msgspec.Struct):
    id: str


@pytest.fixture
def service(router: respx.Router) -> Service:
    reach = Reach(patience=QUICK, adapter=lambda: Wire(router))
    upstream = Upstream("Graph", "https://graph.example", reach, utc_now)
    router.post("https://graph.example/token").respond(
        200, json={"access_token": "t", "expires_in": 3600}
    )
    return Service(upstream, Tokens(upstream, "token", lambda now: {}, utc_now))


@pytest.fixture
def graph(service: Service) -> Graph:
    return Graph(service, LocalPacer({}), utc_now, "v1.0")


def asks(count: int) -> list[Ask]:
    return [Ask(f"/things/{n}?$select=id", DEVICES) for n in range(count)]


def ids(request: httpx.Request) -> list[str]:
    return [inner["id"] for inner in json.loads(request.content)["requests"]]


def inner(answer: Callable[[str, int], Json]) -> Callable[[httpx.Request], httpx.Response]:
    """Answers each inner request, told its id and how many batches came before."""
    before = 0

    def batch(request: httpx.Request) -> httpx.Response:
        nonlocal before
        told = [{"id": one, **answer(one, before)} for one in ids(request)]
        before += 1
        return httpx.Response(200, json={"responses": told[::-1]})

    return batch


def ok(one: str) -> Json:
    return {"status": 200, "body": {"value": [{"id": one}]}}


def no_beat(what: str, done: int, of: int) -> None: ...


def bodies(told: list[Told]) -> list[Any]:
    return [json.loads(one) if isinstance(one, bytes) else type(one) for one in told]


def test_answers_come_back_in_the_order_of_the_questions(
    router: respx.Router, graph: Graph
) -> None:
    route = router.post(BATCH).mock(side_effect=inner(lambda one, _: ok(one)))
    told = bodies(graph.batch(asks(20)))
    assert [body["value"][0]["id"] for body in told] == [str(n) for n in range(20)]
    asked = json.loads(route.calls[0].request.content)["requests"][0]
    assert asked == {"id": "0", "method": "GET", "url": "/things/0?$select=id"}


@pytest.mark.parametrize(
    "after",
    [
        {"Retry-After": "0"},
        {"retry-after": "0.002"},
        {"Retry-After": format_datetime(datetime.now(UTC), usegmt=True)},
        {},
        None,
    ],
    ids=["integer", "fraction", "date", "absent", "no headers"],
)
@pytest.mark.parametrize("status", [429, 503, 504])
def test_only_what_was_refused_for_now_is_asked_again(
    router: respx.Router, graph: Graph, status: int, after: Json | None
) -> None:
    def answer(one: str, before: int) -> Json:
        if one in ("3", "7") and not before:
            return {"status": status, "headers": after, "body": {"error": {"code": "busy"}}}
        return ok(one)

    route = router.post(BATCH).mock(side_effect=inner(answer))
    assert all(isinstance(one, bytes) for one in graph.batch(asks(20)))
    assert [ids(call.request) for call in route.calls][1:] == [["3", "7"]]


def test_what_stays_busy_hides_only_itself(router: respx.Router, graph: Graph) -> None:
    router.post(BATCH).mock(
        side_effect=inner(lambda one, _: {"status": 429} if one == "1" else ok(one))
    )
    told = graph.batch(asks(3))
    assert isinstance(told[1], TryAgain)
    assert str(told[1]) == "Graph: POST /v1.0/$batch: GET /things/1: 429"
    assert isinstance(told[0], bytes) and isinstance(told[2], bytes)


def test_the_longest_wait_of_a_batch_is_kept(router: respx.Router, graph: Graph) -> None:
    waits = {"0": "0", "1": "7200", "2": "1"}
    route = router.post(BATCH).mock(
        side_effect=inner(
            lambda one, _: {"status": 429, "headers": {"Retry-After": waits[one]}}
        )
    )
    told = graph.batch(asks(3))
    assert route.call_count == 1  # two hours are more than its patience
    assert [one.after for one in told if isinstance(one, TryAgain)] == [
        timedelta(0),
        timedelta(hours=2),
        timedelta(seconds=1),
    ]


def test_a_no_hides_only_itself_and_is_not_asked_again(
    router: respx.Router, graph: Graph
) -> None:
    codes = {"0": 403, "1": 404, "2": 302, "3": 200}
    route = router.post(BATCH).mock(
        side_effect=inner(lambda one, _: {"status": codes[one], "body": {"value": []}})
    )
    assert bodies(graph.batch(asks(4))) == [Refused, Missing, UnknownReply, {"value": []}]
    assert route.call_count == 1


@pytest.mark.parametrize(
    "responses",
    [
        [],
        [None, 5, "x"],
        [{"id": "0"}],
        [{"id": 0, "status": 200}],
        [{"id": "0", "status": "200"}],
        [{"id": "7", "status": 200, "body": {}}],
    ],
)
def test_an_answer_that_is_left_out_is_an_unknown_reply(
    router: respx.Router, graph: Graph, responses: list[Any]
) -> None:
    good = {"id": "1", **ok("1")}
    router.post(BATCH).respond(200, json={"responses": [*responses, good]})
    told = graph.batch(asks(2))
    assert isinstance(told[0], UnknownReply)
    assert isinstance(told[1], bytes)


@pytest.mark.parametrize("body", [{}, {"body": None}, {"body": {}}, {"body": ""}])
def test_an_answer_that_says_nothing_is_empty_and_one_of_a_proxy_is_odd(
    router: respx.Router, graph: Graph, body: Json
) -> None:
    """Neither is taken for an iPad without policies or apps."""
    said: dict[str, Json] = {"0": body, "1": {"body": "<html>"}}
    router.post(BATCH).mock(side_effect=inner(lambda one, _: {"status": 200, **said[one]}))
    told = [str(one) for one in graph.batch(asks(2)) if isinstance(one, TryAgain)]
    assert [one.rpartition(": ")[2] for one in told] == [
        "the answer is empty",
        "the answer is not JSON, or is broken off",
    ]


def test_a_batch_that_fails_after_part_was_answered_keeps_that_part(
    router: respx.Router, graph: Graph
) -> None:
    first = inner(lambda one, _: ok(one) if one == "0" else {"status": 429})
    calls = 0

    def batch(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return first(request) if calls == 1 else httpx.Response(403)

    router.post(BATCH).mock(side_effect=batch)
    told = graph.batch(asks(2))
    assert isinstance(told[0], bytes)
    assert isinstance(told[1], TryAgain)


def test_pages_behind_a_batch_are_followed(router: respx.Router, graph: Graph) -> None:
    link = "https://graph.example/v1.0/things/0?$skiptoken=opaque%2Btoken"
    body = {"value": [{"id": "a"}], "@odata.nextLink": link}
    router.post(BATCH).mock(side_effect=inner(lambda one, _: {"status": 200, "body": body}))
    rest = router.get(link).respond(200, json={"value": [{"id": "b"}]})
    beats: list[str] = []
    batches = Batches(graph)
    told = list(batches.told(asks(1), "things", no_beat))
    rows = batches.rows(
        asks(1)[0], told[0], Row, lambda what, done, of: beats.append(f"{what} {done}")
    )
    assert [row.id for row in rows] == ["a", "b"]
    assert str(rest.calls[0].request.url) == link
    assert beats == ["further pages 2"]


@pytest.mark.parametrize("page", [{"value": None}, {}, {"value": [{"id": 5}]}, {"value": [3]}])
def test_part_of_a_list_is_no_list(graph: Graph, page: Json) -> None:
    with pytest.raises(UnknownReply):
        Batches(graph).rows(asks(1)[0], json.dumps(page).encode(), Row, no_beat)


def test_a_page_that_leads_back_is_not_followed_for_ever(
    router: respx.Router, graph: Graph
) -> None:
    link = "https://graph.example/v1.0/things?$skiptoken="
    page = {"value": [{"id": "x"}]}
    router.get(f"{link}1").respond(200, json={**page, "@odata.nextLink": f"{link}2"})
    router.get(f"{link}2").respond(200, json={**page, "@odata.nextLink": f"{link}1"})
    with pytest.raises(UnknownReply, match="circle"):
        list(graph.pages(Ask("/things?$skiptoken=1", DEVICES)))


def test_an_upstream_that_is_away_is_given_up(router: respx.Router, graph: Graph) -> None:
    route = router.post(BATCH).respond(503)
    told = list(Batches(graph).told(asks(200), "things", no_beat))
    assert len(told) == 200
    assert all(isinstance(one, TryAgain) for one in told)
    assert route.call_count == 3 * QUICK.tries
    assert "given up" in str(told[-1])


def test_an_upstream_that_answers_in_between_is_not_given_up(
    router: respx.Router, graph: Graph
) -> None:
    whole = 0

    def batch(request: httpx.Request) -> httpx.Response:
        nonlocal whole
        whole += 1
        return inner(lambda one, _: ok(one))(request) if whole % 7 == 0 else httpx.Response(503)

    router.post(BATCH).mock(side_effect=batch)
    told = list(Batches(graph).told(asks(200), "things", no_beat))
    assert not any("given up" in str(one) for one in told if isinstance(one, ConnectorError))


def test_what_batches_hold_counts_to_the_limit(router: respx.Router, service: Service) -> None:
    taken: list[dict[str, int]] = []

    class Noting:
        def take(self, counts: Any) -> None:
            taken.append(dict(counts))

    router.post(BATCH).mock(side_effect=inner(lambda one, _: ok(one)))
    paced = Graph(service, Noting(), utc_now, "v1.0")
    paced.batch([*asks(3), Ask("/other", "configuration")])
    assert taken == [{"devices": 3, "configuration": 1}]


def test_one_gap_reads_alike_for_all_devices() -> None:
    path = "/deviceManagement/managedDevices/0f5c/deviceConfigurationStates?$select=id"
    shown = "/deviceManagement/managedDevices/(id)/deviceConfigurationStates"
    assert Ask(path, DEVICES).shown == shown
