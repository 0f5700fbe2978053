import base64
import hashlib
import urllib.parse
from datetime import timedelta

import pytest

from connectors.sandbox.wire import Answer, Request
from connectors.sandbox.zoom.apps import READER_SCOPES, REDIRECT
from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import ZoomWorld, code

CONTACTS = "chat/users/me/contacts"


@pytest.fixture
def world() -> ZoomWorld:
    return ZoomWorld()


def authorize(world: ZoomWorld, **changes: str) -> Answer:
    query = {
        "response_type": "code",
        "client_id": world.app("user_app")["client_id"],
        "redirect_uri": REDIRECT,
        "state": "s 1",
        "login": world.ipad().m365_user_id,
    }
    asked = {name: value for name, value in {**query, **changes}.items() if value}
    return world.core.handle(Request("GET", "/zoom/oauth/authorize", asked))


def told_code(answer: Answer) -> str:
    query = urllib.parse.urlsplit(answer.headers["Location"]).query
    return dict(urllib.parse.parse_qsl(query))["code"]


def exchange(world: ZoomWorld, given: str, **more: str) -> Answer:
    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": REDIRECT, **more}
    return world.ask_zoom_token(form, basic=world.app("user_app"))


@pytest.mark.parametrize("where", ["basic", "body"])
def test_credentials_are_taken_from_the_body_and_from_a_basic_header(
    world: ZoomWorld, where: str
) -> None:
    form = world.account_form()
    answer = (
        world.ask_zoom_token(form, basic=world.app())
        if where == "basic"
        else world.ask_zoom_token({**form, **world.app()})
    )
    assert answer.status == 200
    assert answer.body["expires_in"] == 3600
    assert answer.body["token_type"] == "bearer"
    assert answer.body["scope"].split() == list(READER_SCOPES)
    assert answer.body["api_url"] == f"{world.core.base_url}/zoom"


def test_credentials_in_the_query_are_refused(world: ZoomWorld) -> None:
    query = {**world.account_form(), **world.app()}
    assert world.ask_zoom_token({}, query=query).body["errorCode"] == 4706
    token = world.token()
    request = Request("GET", "/zoom/v2/users", {"access_token": token})
    assert code(world.core.handle(request)) == (401, 124)


def test_the_grant_and_the_account_may_stand_in_the_query(world: ZoomWorld) -> None:
    query = world.account_form()
    assert world.ask_zoom_token({}, basic=world.app(), query=query).status == 200
    other = world.ask_zoom_token({"account_id": "x"}, basic=world.app(), query=query)
    assert other.body["errorCode"] == 4702
    held = {"grant_type": "refresh_token", "refresh_token": world.consent()}
    answer = world.ask_zoom_token({}, basic=world.app("user_app"), query=held)
    assert answer.body["errorCode"] == 4737


def test_each_refusal_has_its_number(world: ZoomWorld) -> None:
    form, app = world.account_form(), world.app()
    refused = {
        4702: world.ask_zoom_token(form, basic={**app, "client_id": "nobody"}),
        4704: world.ask_zoom_token(form, basic={**app, "client_secret": "guess"}),
        4705: world.ask_zoom_token({**form, "grant_type": "password"}, basic=app),
        4706: world.ask_zoom_token({"account_id": "x"}, basic=app),
        4734: exchange(world, "nothing"),
        4737: world.refresh("nothing"),
    }
    assert {answer.status for answer in refused.values()} == {400}
    assert {number: answer.body["errorCode"] for number, answer in refused.items()} == {
        number: number for number in refused
    }
    wrong = world.ask_zoom_token({**form, "account_id": "another"}, basic=app)
    assert wrong.body["error"] == "invalid_request"


def test_an_app_for_users_gets_no_token_of_the_account(world: ZoomWorld) -> None:
    answer = world.ask_zoom_token(world.account_form(), basic=world.app("user_app"))
    assert answer.body["error"] == "unsupported_grant_type"


def test_an_app_that_is_switched_off_loses_its_tokens_at_once(world: ZoomWorld) -> None:
    token = world.token()
    world.steer("PUT", "zoom-app", {"app": "reader", "enabled": False})
    assert code(world.zoom("users", token=token)) == (401, 124)
    answer = world.ask_zoom_token(world.account_form(), basic=world.app())
    assert answer.body["errorCode"] == 4717


def test_several_tokens_are_good_at_once_and_each_for_an_hour(world: ZoomWorld) -> None:
    first, second = world.token(), world.token()
    assert first != second
    world.now = NOW + timedelta(seconds=3599)
    assert {world.zoom("users", token=one).status for one in (first, second)} == {200}
    world.now = NOW + timedelta(seconds=3600)
    answer = world.zoom("users", token=first)
    assert (code(answer), answer.body["message"]) == ((401, 124), "Access token is expired.")


def test_scopes_that_an_app_lost_are_missing_from_its_next_token_only(world: ZoomWorld) -> None:
    old, lost = world.token(), "user:read:list_users:admin"
    world.steer("PUT", "zoom-app", {"app": "reader", "without": [lost]})
    assert world.zoom("users", token=old).status == 200
    answer = world.zoom("users", token=world.token())
    assert code(answer) == (400, 4711)
    assert f"does not contain scopes:[{lost}]" in answer.body["message"]


def test_the_reader_cannot_act_and_the_actor_cannot_sweep(world: ZoomWorld) -> None:
    invite = f"chat/users/{world.ipad().zoom_user}/invitations"
    assert code(world.zoom(invite, "POST", {"email": "a@b.example"})) == (400, 4711)
    assert code(world.zoom("report/activities", app="actor")) == (400, 4711)


def test_a_consent_gives_a_code_that_is_good_once_and_for_five_minutes(
    world: ZoomWorld,
) -> None:
    answer = authorize(world)
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{REDIRECT}?code=")
    assert "state=s+1" in answer.headers["Location"]
    late = told_code(authorize(world))
    assert exchange(world, told_code(answer)).status == 200
    assert exchange(world, told_code(answer)).body["errorCode"] == 4734
    world.now = NOW + timedelta(minutes=5)
    assert exchange(world, late).body["errorCode"] == 4733


def test_a_user_s_token_is_for_that_user(world: ZoomWorld) -> None:
    token = exchange(world, told_code(authorize(world))).body["access_token"]
    assert world.zoom(CONTACTS, token=token).status == 200
    assert world.zoom("users/me", token=token).body["id"] == world.ipad().zoom_user
    assert code(world.zoom(f"users/{world.ipad(3).zoom_user}", token=token)) == (400, 200)
    assert code(world.zoom("users", token=token)) == (400, 4711)


def test_a_person_gets_a_page_that_asks_who_signs_in(world: ZoomWorld) -> None:
    answer = authorize(world, login="", state='"><script>')
    assert answer.status == 200
    assert 'name="login"' in answer.body
    assert "<script>" not in answer.body


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"response_type": "token"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": "http://127.0.0.1:8000/"},
        {"login": "stranger@ipads.example"},
    ],
)
def test_a_consent_that_cannot_be_is_refused(world: ZoomWorld, changes: dict[str, str]) -> None:
    assert authorize(world, **changes).status == 400


def test_a_loopback_address_needs_a_code_challenge_and_its_verifier(world: ZoomWorld) -> None:
    verifier, back = "v" * 50, "http://127.0.0.1:8123/back"
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    proof = {"code_challenge": challenge, "code_challenge_method": "S256"}
    given = [told_code(authorize(world, redirect_uri=back, **proof)) for _ in range(2)]
    wrong = exchange(world, given[0], redirect_uri=back, code_verifier="guess")
    right = exchange(world, given[1], redirect_uri=back, code_verifier=verifier)
    assert (wrong.status, right.status) == (400, 200)


def test_a_code_is_for_its_own_redirect(world: ZoomWorld) -> None:
    given = told_code(authorize(world))
    assert exchange(world, given, redirect_uri="https://x.example").body["errorCode"] == 4709


def test_a_refresh_token_rotates_and_the_old_one_works_for_a_short_while(
    world: ZoomWorld,
) -> None:
    first = world.consent()
    second = world.refresh(first).body["refresh_token"]
    assert second != first
    world.now = NOW + timedelta(minutes=4)
    assert world.refresh(first).status == 200
    world.now = NOW + timedelta(minutes=5)
    assert world.refresh(first).body["errorCode"] == 4741
    assert world.refresh(second).status == 200


def test_a_refresh_token_lives_ninety_days(world: ZoomWorld) -> None:
    token = world.consent()
    world.now = NOW + timedelta(days=90)
    assert world.refresh(token).body["error"] == "invalid_grant"


def test_consents_come_in_bulk_without_those_that_are_missing(world: ZoomWorld) -> None:
    world.steer("POST", "plant", {"name": "consent-missing", "subject": "K10002"})
    world.steer("POST", "plant", {"name": "consent-lapsed", "subject": "K10003"})
    given = {one["asset_tag"]: one for one in world.steer("POST", "consents").body["consents"]}
    assert len(given) == 19
    assert "K10002" not in given
    assert given["K10001"]["email"] == world.ipad().m365_user_id
    assert world.refresh(given["K10001"]["refresh_token"]).status == 200
    assert world.refresh(given["K10003"]["refresh_token"]).body["errorCode"] == 4741


def test_a_consent_that_lapses_takes_its_tokens_along_and_can_be_given_anew(
    world: ZoomWorld,
) -> None:
    old = world.consent()
    token = world.refresh(old).body["access_token"]
    world.steer("PATCH", "records/zoomConsents/K10001", {"set": {"state": "lapsed"}})
    assert code(world.zoom(CONTACTS, token=token)) == (401, 124)
    assert world.refresh(old).body["errorCode"] == 4741
    fresh = exchange(world, told_code(authorize(world))).body
    assert world.zoom(CONTACTS, token=fresh["access_token"]).status == 200
    assert world.refresh(old).status == 400
