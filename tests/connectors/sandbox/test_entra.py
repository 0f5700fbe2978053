from datetime import timedelta
from typing import Any

import pytest

from connectors.sandbox import identity
from connectors.sandbox.wire import Answer, Request
from tests.connectors.sandbox.support import DEVICES, NOW, World

STRANGER = identity.self_signed("somebody else")


def seconds(**span: float) -> int:
    return int((NOW + timedelta(**span)).timestamp())


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_a_right_assertion_gets_a_token_that_opens_graph(algorithm: str) -> None:
    world = World()
    answer = world.ask_token(algorithm=algorithm)
    assert answer.status == 200
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == 3599
    headers = {"authorization": f"Bearer {answer.body['access_token']}"}
    assert world.core.handle(Request("GET", DEVICES, headers=headers)).status == 200


@pytest.mark.parametrize(
    ("wrong", "error", "code"),
    [
        ({"aud": "https://login.example/other"}, "invalid_client", 700023),
        ({"iss": "other"}, "invalid_client", 700021),
        ({"sub": "other"}, "invalid_client", 700021),
        ({"exp": seconds(minutes=-6)}, "invalid_client", 700024),
        ({"nbf": seconds(minutes=6)}, "invalid_client", 700024),
        ({"exp": "soon"}, "invalid_client", 700024),
        ({"jti": ""}, "invalid_client", 50013),
        ({"key": STRANGER.key}, "invalid_client", 700027),
        ({"headers": {}}, "invalid_client", 700027),
        ({"headers": {"x5t#S256": "AAAA"}}, "invalid_client", 700027),
        ({"algorithm": "RS256", "headers": {"x5t": "AAAA"}}, "invalid_client", 700027),
        ({"client_assertion": "not.a.token"}, "invalid_request", 50027),
        ({"client_assertion": ""}, "invalid_client", 7000218),
        ({"client_assertion_type": "other"}, "invalid_request", 50027),
        ({"client_id": "11111111-1111-4111-8111-111111111111"}, "unauthorized_client", 700016),
        ({"client_id": ""}, "invalid_request", 900144),
        ({"grant_type": "password"}, "unsupported_grant_type", 70003),
        ({"scope": "https://graph.microsoft.com/User.Read"}, "invalid_scope", 1002012),
    ],
)
def test_a_wrong_request_is_refused_in_the_words_of_entra(
    wrong: dict[str, Any], error: str, code: int
) -> None:
    answer = World().ask_token(**wrong)
    assert answer.status in (400, 401)
    assert answer.body["error"] == error
    assert answer.body["error_codes"] == [code]
    assert answer.body["error_description"].startswith(f"AADSTS{code}: ")
    assert set(answer.body) >= {"timestamp", "trace_id", "correlation_id"}


def test_another_tenant_is_not_found() -> None:
    world = World()
    request = Request(
        "POST",
        "/contoso/oauth2/v2.0/token",
        body=b"grant_type=client_credentials&client_id=x",
    )
    assert world.core.handle(request).body["error_codes"] == [90002]


def test_an_assertion_is_good_once() -> None:
    world = World()
    assert world.ask_token(jti="one").status == 200
    assert world.ask_token(jti="one").body["error_codes"] == [50013]
    assert world.ask_token(jti="two").status == 200


def test_a_token_ends_after_an_hour() -> None:
    world = World()
    world.sign_in()
    world.now = NOW + timedelta(minutes=59)
    assert world.ask(DEVICES).status == 200
    world.now = NOW + timedelta(minutes=60)
    assert refused(world.ask(DEVICES)) == "InvalidAuthenticationToken"


def test_a_token_can_be_taken_back() -> None:
    world = World()
    world.sign_in()
    world.steer("POST", "expire-tokens")
    assert world.ask(DEVICES).status == 401


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic abc"])
def test_graph_wants_a_token(header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    answer = World().core.handle(Request("GET", DEVICES, headers=headers))
    assert answer.status == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def refused(answer: Answer) -> str:
    return str(answer.body["error"]["code"])
