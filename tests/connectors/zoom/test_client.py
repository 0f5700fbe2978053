"""The way to the account: tokens, refusals, waiting, pages."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from agent.domain.facts import Known, Unknown
from agent.domain.zoom import setting
from agent.errors import TryAgain
from connectors.zoom.away import GIVE_UP, PAUSE
from connectors.zoom.client import App, AppTokens, Ask, Client
from connectors.zoom.estate import READER
from connectors.zoom.faults import Declined, ScopesMissing, judge
from connectors.zoom.limits import LIMITS, Label, Plan
from connectors.zoom.segments import meeting_segment
from tests.connectors.zoom.canned import API, NOW, Canned, only, refusal, user
from tests.connectors.zoom.contract import no_beat

PLAIN = Ask("users/u1", Label.LIGHT, "users/(id)")


def client(canned: Canned) -> Client:
    line = canned.line()
    return Client(line, AppTokens(line, App("account", "reader", "reader-secret")))


# Tokens


def test_credentials_go_into_body_and_header_never_into_the_query(canned: Canned) -> None:
    canned.zoom().one("ipad1@prison.example")
    asked = canned.asked[0]
    assert canned.forms() == [{"grant_type": "account_credentials", "account_id": "account"}]
    assert not asked.url.query
    basic = base64.b64decode(asked.headers["authorization"].removeprefix("Basic "))
    assert basic == b"reader:reader-secret"
    assert all("access_token" not in request.url.params for request in canned.asked)


def test_a_token_is_renewed_with_five_minutes_left(canned: Canned) -> None:
    zoom = canned.zoom()
    zoom.one("ipad1@prison.example")
    canned.now = NOW + timedelta(minutes=54, seconds=59)
    zoom.one("ipad1@prison.example")
    assert zoom.calls()["token"] == 1
    canned.now = NOW + timedelta(minutes=55)
    zoom.one("ipad1@prison.example")
    assert zoom.calls()["token"] == 2


def test_many_threads_ask_for_one_token(canned: Canned) -> None:
    zoom = canned.zoom()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(zoom.one, ["ipad1@prison.example"] * 40))
    assert all(isinstance(one, Known) for one in told)
    assert zoom.calls() == {"Light": 40, "token": 1}


@pytest.mark.parametrize("status", [400, 401, 200])
def test_a_token_that_ended_is_replaced_without_a_gap(canned: Canned, status: int) -> None:
    zoom = canned.zoom()
    zoom.one("ipad1@prison.example")
    stale = next(iter(canned.bearers))

    def refused(request: httpx.Request) -> httpx.Response | None:
        is_stale = request.headers["authorization"].endswith(f" {stale}")
        return refusal(status, 124, "Access token is expired.") if is_stale else None

    canned.odd = refused
    assert isinstance(zoom.one("ipad1@prison.example"), Known)
    assert zoom.calls()["token"] == 2


def test_a_token_is_forced_once_only(canned: Canned) -> None:
    canned.odd = only("/users/u1", lambda _: refusal(401, 124))
    with pytest.raises(Exception, match="401 124"):
        client(canned).get(PLAIN)
    assert len(canned.forms()) == 2


def test_the_api_address_of_the_token_is_used_unless_one_is_set(canned: Canned) -> None:
    canned.zoom().one("ipad1@prison.example")
    assert str(canned.asked[-1].url).startswith(f"{API}/v2/users/")
    canned.zoom(api_url="https://other.example/v2").one("ipad1@prison.example")
    assert str(canned.asked[-1].url).startswith("https://other.example/v2/users/")


@pytest.mark.parametrize("url", ["http://api.example", "ftp://x", "https://[broken", "x"])
def test_a_token_is_never_sent_in_the_clear(canned: Canned, url: str) -> None:
    reply = {"access_token": "a", "expires_in": 3600, "api_url": url}
    canned.odd = only("/oauth/token", lambda _: httpx.Response(200, json=reply))
    fact = canned.zoom().one("ipad1@prison.example")
    assert isinstance(fact, Unknown)
    assert canned.paths() == []


@pytest.mark.parametrize(
    ("given", "missing", "excess"),
    [
        ("granular", set(), set()),
        ("classic", set(), set()),
        ("less", {"report:read:user_activities:admin"}, set()),
        ("more", set(), {"group:update:settings:admin"}),
    ],
)
def test_scopes_are_compared_with_what_the_token_has(
    canned: Canned, given: str, missing: set[str], excess: set[str]
) -> None:
    canned.scope = {
        "granular": " ".join(READER),
        "classic": " ".join(set(READER.values())),
        "less": " ".join(s for s in READER if not s.startswith("report")),
        "more": " ".join([*READER, "group:update:settings:admin", "user:read:pac:admin"]),
    }[given]
    fact = canned.zoom().scopes()
    assert isinstance(fact, Known)
    assert (set(fact.value.missing), set(fact.value.excess)) == (missing, excess)


def test_scopes_that_are_not_told_are_unknown(canned: Canned) -> None:
    canned.scope = ""
    assert isinstance(canned.zoom().scopes(), Unknown)


# What an answer means


def judged(status: int, body: bytes, **headers: str) -> Exception | None:
    return judge("Zoom: GET x", status, headers, body, NOW)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"code": 0}', b'{"code": null}', b"[]", b"<p>"])
def test_a_2xx_without_a_code_is_good(body: bytes) -> None:
    assert judged(200, body) is None


@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_code_is_an_error_whatever_the_status(status: int) -> None:
    told = judged(status, b'{"code": 200, "message": "No permission."}')
    assert isinstance(told, Declined)
    assert (told.status, told.code) == (status, "200")


@pytest.mark.parametrize("code", [4700, 4711])
@pytest.mark.parametrize("status", [400, 401])
def test_a_missing_scope_is_named_and_renews_no_token(code: int, status: int) -> None:
    text = (
        "Invalid access token, does not contain scopes:[user:read:user:admin, user:read:user]"
    )
    told = judged(status, f'{{"code": {code}, "message": "{text}"}}'.encode())
    assert isinstance(told, ScopesMissing)
    assert "user:read:user:admin, user:read:user" in str(told)


@pytest.mark.parametrize(
    "secret",
    [
        "User does not exist: jane.doe@prison.example.",
        "No such user: jane%40prison.example",
        "Meeting https://zoom.example/rec/1?pwd=doe does not exist",
        "Meeting 812 3456 78901 was not found",
        "Bad token eyJhbGciOiJIUzI1NiIsInR5cCI6doe",
        "x" * 5000,
        "doe\nGET /forged log line",
    ],
)
def test_a_message_is_cut_to_what_is_safe(secret: str) -> None:
    told = str(judged(404, json.dumps({"code": 1001, "message": secret}).encode()))
    assert told.startswith("Zoom: GET x: 404 1001")
    assert len(told) < 160
    for part in ("prison.example", "812", "eyJ", "pwd", "\n", "xxxx"):
        assert part not in told


def test_no_message_holds_who_was_asked_about(canned: Canned) -> None:
    canned.odd = lambda r: None if "oauth" in r.url.path else httpx.Response(503)
    fact = canned.zoom().one("jane@prison.example")
    assert isinstance(fact, Unknown)
    assert fact.why == "Zoom: GET users/(id): 503"


# Waiting


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=9), usegmt=True)}, 9),
        ({"Retry-After": "2026-11-22T02:00:30Z"}, 30),
        ({"Retry-After": "2026-11-22T03:00:30+01:00"}, 30),
        ({"Retry-After": "2026-11-22T01:00:00Z"}, 0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 3)}, 3),
        ({"X-RateLimit-Reset": str((int(NOW.timestamp()) + 3) * 1000)}, 3),
        ({"X-RateLimit-Type": "Daily-limit"}, 22 * 3600),
        ({"X-RateLimit-Type": "QPS"}, None),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("code", [429, 4001])
def test_every_form_of_waiting_is_understood(
    headers: Mapping[str, str], seconds: float | None, code: int
) -> None:
    told = judge("x", 429, headers, f'{{"code": {code}}}'.encode(), NOW)
    assert isinstance(told, TryAgain)
    assert told.after == (None if seconds is None else timedelta(seconds=seconds))


def test_a_day_that_is_used_up_is_not_waited_for(canned: Canned) -> None:
    canned.odd = only("/users/u1", lambda _: refusal(429, 429, **{"Retry-After": "99999"}))
    with pytest.raises(TryAgain):
        client(canned).get(PLAIN)
    assert canned.paths() == ["users/u1"]


def test_who_does_not_answer_is_given_up_for_a_while(canned: Canned) -> None:
    zoom = canned.zoom()
    canned.odd = only("/users", lambda _: httpx.Response(503))
    for _ in range(GIVE_UP):
        zoom.users(no_beat)
    asked = len(canned.asked)
    assert "given up" in (zoom.users(no_beat).gap or "")
    assert len(canned.asked) == asked
    assert isinstance(zoom.one("ipad1@prison.example"), Known)  # another kind is not hidden
    canned.odd, canned.now = None, NOW + PAUSE + timedelta(seconds=1)
    assert zoom.users(no_beat).gap is None


def test_a_refused_app_does_not_ask_for_ever(canned: Canned) -> None:
    body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    canned.odd = lambda _: httpx.Response(400, json=body)
    zoom = canned.zoom()
    for number in range(50):
        assert isinstance(zoom.settings(f"u{number}")["in_meeting.chat"], Unknown)
    assert len(canned.asked) == GIVE_UP


def test_a_kind_that_is_shut_hides_no_other_kind(canned: Canned) -> None:
    canned.odd = only("/settings", lambda _: refusal(401, 124))
    zoom = canned.zoom()
    for number in range(50):
        assert isinstance(zoom.settings(f"u{number}")["in_meeting.chat"], Unknown)
    assert zoom.calls()["Medium"] == 2 * GIVE_UP
    assert isinstance(zoom.one("ipad1@prison.example"), Known)


def test_one_users_lapsed_consent_hides_no_other(canned: Canned) -> None:
    dead = [f"x{number}@prison.example" for number in range(9)]
    for email in dead:
        canned.vault.stage(email, "never given")
    zoom = canned.zoom()
    assert not any(isinstance(zoom.contacts(email), Known) for email in dead)
    assert isinstance(zoom.contacts("ipad1@prison.example"), Known)


# Pages


def test_the_same_query_is_sent_again_with_the_token(canned: Canned) -> None:
    canned.users = [user(n) for n in range(1, 6)]
    canned.zoom().users(no_beat)
    first, second, third, *_ = canned.paths()
    assert first == "users?status=active&page_size=2000"
    assert second == f"{first}&next_page_token=at-2"
    assert third == f"{first}&next_page_token=at-4"


def test_a_token_that_expires_restarts_the_list_once(canned: Canned) -> None:
    canned.users = [user(n) for n in range(1, 6)]
    seen: Counter[str] = Counter()

    def expired(request: httpx.Request) -> httpx.Response | None:
        token = request.url.params.get("next_page_token", "")
        seen[token] += 1
        return refusal(400, 300, "expired") if token == "at-4" and seen[token] == 1 else None

    canned.odd = only("/users", expired)
    reading = canned.zoom().users(no_beat)
    assert reading.gap is None
    assert len(reading.rows) == 5
    assert seen["at-4"] == 2


def test_tokens_that_always_expire_leave_a_gap(canned: Canned) -> None:
    canned.users = [user(n) for n in range(1, 6)]
    canned.odd = only(
        "/users",
        lambda r: refusal(400, 300, "expired") if "next_page_token" in r.url.params else None,
    )
    assert "expire" in (canned.zoom().users(no_beat).gap or "")


def test_300_on_the_first_page_is_a_refusal(canned: Canned) -> None:
    canned.odd = only("/users", lambda _: refusal(400, 300, "Invalid field."))
    zoom = canned.zoom()
    assert "400 300" in (zoom.users(no_beat).gap or "")
    assert zoom.calls()["Medium"] == 3


@pytest.mark.parametrize("token", ["at-2", "same"])
def test_pages_in_a_circle_leave_a_gap(canned: Canned, token: str) -> None:
    body = {"users": [user(1)], "next_page_token": token}
    canned.odd = only("/users", lambda _: httpx.Response(200, json=body))
    reading = canned.zoom().users(no_beat)
    assert "circle" in (reading.gap or "")
    assert "ipad1@prison.example" in reading.rows


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"users": None},
        {"users": {}},
        {"users": [], "next_page_token": 5},
        {"users": [user(1)], "total_records": 2},
        {"users": [user(1), user(1)], "total_records": 2},
    ],
    ids=["no list", "null", "an object", "odd token", "too few", "one twice"],
)
def test_a_list_that_is_not_proven_whole_has_a_gap(canned: Canned, body: object) -> None:
    canned.odd = only("/users", lambda _: httpx.Response(200, json=body))
    assert canned.zoom().users(no_beat).gap


def test_the_rows_of_a_page_count_also_where_its_token_is_odd(canned: Canned) -> None:
    body = {"users": [user(1)], "next_page_token": 5}
    canned.odd = only("/users", lambda _: httpx.Response(200, json=body))
    reading = canned.zoom().users(no_beat)
    assert reading.gap
    assert list(reading.rows) == ["ipad1@prison.example"]


def test_what_was_seen_before_a_token_expired_is_kept_where_the_second_time_fails(
    canned: Canned,
) -> None:
    canned.users = [user(n) for n in range(1, 6)]
    firsts: list[str] = []

    def expired(request: httpx.Request) -> httpx.Response | None:
        token = request.url.params.get("next_page_token", "")
        if request.url.params["status"] == "active" and not token:
            firsts.append(token)
        if token == "at-4":
            return refusal(400, 300, "expired")
        return refusal(403, 200, "No.") if len(firsts) == 2 and not token else None

    canned.odd = only("/users", expired)
    reading = canned.zoom().users(no_beat)
    assert set(reading.rows) == {f"ipad{n}@prison.example" for n in range(1, 5)}
    assert "403 200" in (reading.gap or "")


# Paths and limits


@pytest.mark.parametrize(
    ("uuid", "shown"),
    [
        ("abc+d==", "abc%2Bd%3D%3D"),
        ("/abc==", "%252Fabc%253D%253D"),
        ("a//b==", "a%252F%252Fb%253D%253D"),
        ("a/b==", "a%252Fb%253D%253D"),
    ],
)
def test_a_uuid_with_a_slash_is_encoded_twice(uuid: str, shown: str) -> None:
    assert meeting_segment(uuid) == shown


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_no_id_is_never_asked_for(canned: Canned, id_: str) -> None:
    zoom = canned.zoom()
    fact = setting(zoom.settings(id_), "in_meeting.chat")
    assert isinstance(fact, Unknown)
    assert isinstance(zoom.one(id_), Unknown)
    assert canned.asked == []


def test_an_id_stays_in_its_place(canned: Canned) -> None:
    canned.zoom().settings("u1/../../x?y#z")
    assert canned.paths()[0] == "users/u1%2F..%2F..%2Fx%3Fy%23z/settings"


@pytest.mark.parametrize("plan", Plan)
def test_every_label_has_a_limit_on_every_plan(plan: Plan) -> None:
    assert set(LIMITS[plan]) == set(Label)


def test_cookies_are_not_kept(canned: Canned) -> None:
    cookie = {"Set-Cookie": "_zm_ssid=secret; Path=/"}
    canned.odd = only("/users", lambda _: httpx.Response(200, json={}, headers=cookie))
    zoom = canned.zoom()
    zoom.users(no_beat)
    assert all("cookie" not in request.headers for request in canned.asked)
