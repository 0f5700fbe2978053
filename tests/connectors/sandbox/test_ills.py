"""Each fault of the catalogue that is about bodies, pages and tokens, without a socket."""

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from connectors.sandbox.ill import ILLS
from connectors.sandbox.wire import Answer, Break
from tests.connectors.sandbox.support import DEVICES, World
from tests.connectors.sandbox.zoom.support import ZoomWorld

TOKEN = "$skiptoken"


@pytest.fixture
def world() -> World:
    return World()


def ail(world: World, fault: str, endpoint: str = "managedDevices", **more: Any) -> None:
    told = world.steer(
        "PUT", "failures", {"failures": [{"endpoint": endpoint, "fault": fault, **more}]}
    )
    assert told.status == 200, told.body


def pages(world: World, top: str = "8") -> list[Answer]:
    """The list as a client reads it, at most ten pages."""
    found = [world.ask(DEVICES, top=top)]
    while len(found) < 10 and isinstance(found[-1].body, dict):
        link = found[-1].body.get("@odata.nextLink")
        if not link:
            break
        found.append(world.follow(link))
    return found


def ids(found: list[Answer]) -> list[str]:
    return [row["id"] for page in found for row in page.body["value"]]


def test_the_catalogue_says_what_each_of_them_does(world: World) -> None:
    told = {one["name"]: one["what"] for one in world.steer("GET", "failures").body}
    assert set(told) == set(ILLS)
    assert all(told.values())


@pytest.mark.parametrize(
    ("fault", "status", "wait"),
    [
        ("busy", 429, None),
        ("busy-seconds", 429, "1"),
        ("busy-fraction", 429, "0.4"),
        ("busy-long", 429, "3600"),
        ("error-500", 500, None),
        ("error-502", 502, None),
        ("error-503", 503, None),
    ],
)
def test_it_refuses_in_the_vendors_words(
    world: World, fault: str, status: int, wait: str | None
) -> None:
    ail(world, fault)
    answer = world.ask(DEVICES)
    assert (answer.status, answer.headers.get("Retry-After")) == (status, wait)
    assert answer.body["error"]["code"]


def test_a_date_to_come_back_at_is_a_second_ahead(world: World) -> None:
    ail(world, "busy-date")
    told = parsedate_to_datetime(world.ask(DEVICES).headers["Retry-After"])
    assert told - world.now == timedelta(seconds=1)


@pytest.mark.parametrize(("fault", "status"), [("html", 200), ("html-502", 502)])
def test_a_proxy_answers_with_a_page(world: World, fault: str, status: int) -> None:
    ail(world, fault)
    answer = world.ask(DEVICES)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html")
    assert answer.body.startswith("<!doctype html>")


def test_an_answer_can_be_empty_in_two_ways(world: World) -> None:
    ail(world, "empty")
    assert (world.ask(DEVICES).status, world.ask(DEVICES).body) == (200, None)
    ail(world, "empty-object")
    assert world.ask(DEVICES).body == {}


def test_truncated_json_is_the_beginning_of_the_true_answer(world: World) -> None:
    whole = json.dumps(world.ask(DEVICES).body["value"][0])
    ail(world, "truncated")
    body = world.ask(DEVICES).body
    assert whole in body
    with pytest.raises(ValueError, match=r"."):
        json.loads(body)


def test_pages_lead_in_a_circle(world: World) -> None:
    ail(world, "same-token")
    found = pages(world)
    assert len(found) == 10
    assert len({page.body["@odata.nextLink"] for page in found}) == 1


def test_a_list_shortens_between_two_pages_and_says_so_in_its_count(world: World) -> None:
    whole = ids(pages(world))
    ail(world, "shorter", times=1)
    found = pages(world)
    assert ids(found) == whole[:8] + whole[9:]
    assert [page.body["@odata.count"] for page in found] == [20, 19, 20]
    assert ids(pages(world)) == whole  # it was for once


def test_a_list_grows_between_two_pages_and_repeats_a_record(world: World) -> None:
    whole = ids(pages(world))
    ail(world, "longer", times=1)
    found = pages(world)
    assert ids(found) == [*whole[:8], whole[7], *whole[8:]]
    assert [page.body["@odata.count"] for page in found] == [20, 21, 20]


def test_first_pages_do_not_count_where_later_ones_are_meant(world: World) -> None:
    ail(world, "shorter", skip=1)
    found = pages(world)
    assert len(ids(found[:2])) == 16
    assert len(ids(found)) == 19


def test_tokens_that_were_ended_are_replaced_by_a_new_one(world: World) -> None:
    ail(world, "token-revoked", times=1)
    assert [world.ask(DEVICES).status for _ in range(2)] == [401, 401]
    world.sign_in()
    assert world.ask(DEVICES).status == 200


def test_tokens_that_are_refused_stay_so_for_this_vendor_alone(world: World) -> None:
    ail(world, "tokens-refused", skip=1)
    assert [world.ask(DEVICES).status for _ in range(2)] == [200, 401]
    world.sign_in()
    assert world.ask("/v1.0/deviceManagement").status == 401


def test_zooms_tokens_are_refused_apart_from_those_of_graph() -> None:
    world = ZoomWorld()
    ail(world, "tokens-refused", "zoom.users")
    statuses = [world.zoom("users").status, world.zoom("users", token=world.token()).status]
    assert [*statuses, world.ask(DEVICES).status] == [401, 401, 200]


def test_a_list_of_zooms_moves_in_the_same_way() -> None:
    world = ZoomWorld()
    world.steer("PUT", "pages", {"most": 8})
    ail(world, "shorter", "zoom.users", times=1)
    first = world.zoom("users").body
    second = world.zoom("users", next_page_token=first["next_page_token"]).body
    assert [len(page["users"]) for page in (first, second)] == [8, 7]
    assert [page["total_records"] for page in (first, second)] == [20, 19]


def test_only_calls_that_ask_for_this_text_count(world: World) -> None:
    ail(world, "error-503", asked="$skiptoken=")
    assert [page.status for page in pages(world)] == [200, 503]
    serial = world.core.records.estate.ipad(0).serial
    ail(world, "error-503", asked="serialNumber eq")
    assert world.ask(DEVICES).status == 200
    assert world.ask(DEVICES, filter=f"serialNumber eq '{serial}'").status == 503


@pytest.mark.parametrize(
    "fault", ["timeout", "lost", "cut", "cut-chunk", "drip", "refused", "token-revoked"]
)
def test_what_befalls_one_call_of_a_batch_befalls_all_of_it(world: World, fault: str) -> None:
    ail(world, fault, "settings", times=1)
    inner = [
        {"id": "1", "method": "GET", "url": "/deviceManagement/settings"},
        {"id": "2", "method": "GET", "url": "/deviceManagement/managedDevices"},
    ]
    answer = world.ask("/v1.0/$batch", "POST", {"requests": inner})
    broken = answer.breaks is not Break.NONE
    assert answer.status == 401 if fault == "token-revoked" else broken
    world.sign_in()
    assert world.ask("/v1.0/$batch", "POST", {"requests": inner}).breaks is Break.NONE


def test_the_work_is_done_though_the_answer_is_lost(world: World) -> None:
    ail(world, "lost", "token")
    before = world.core.entra.issued
    answer = world.ask_token()
    assert (answer.breaks, world.core.entra.issued) == (Break.LOST, before + 1)


def test_nothing_is_done_where_the_port_was_shut(world: World) -> None:
    ail(world, "refused", "token", seconds=3)
    answer = world.ask_token()
    assert (answer.breaks, answer.seconds, world.core.entra.issued) == (Break.SHUT, 3, 0)


def test_pages_can_be_made_small(world: World) -> None:
    world.steer("PUT", "pages", {"most": 7})
    assert [len(page.body["value"]) for page in pages(world, "1000")] == [7, 7, 6]
    world.steer("PUT", "pages", {"most": None})
    assert len(pages(world, "1000")) == 1


def test_the_whole_list_is_counted_unasked_also_after_edits(world: World) -> None:
    first = world.core.records.estate.ipad(0)
    world.steer("DELETE", f"records/managedDevices/{first.serial}")
    assert world.ask(DEVICES).body["@odata.count"] == 19
    assert len(world.ask(DEVICES).body["value"]) == 19
