"""Assertions and tokens, as Entra ID takes and gives them."""

import base64
import hashlib
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.errors import Misconfigured, TryAgain, UnknownReply
from connectors.http import Reach, Unauthorised, Upstream
from connectors.oauth import Certificate, Service, Tokens, certificate_form
from tests.connectors.conftest import QUICK, Signed, self_signed
from tests.support.wire import Wire

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
URL = "https://login.example/tenant/oauth2/v2.0/token"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def upstream(router: respx.Router, clock: Clock) -> Upstream:
    reach = Reach(patience=QUICK, adapter=lambda: Wire(router))
    return Upstream("Entra", "https://login.example", reach, clock)


@pytest.fixture
def tokens(upstream: Upstream, signed: Signed, clock: Clock) -> Tokens:
    certificate = Certificate(signed.certificate, signed.key)
    form = certificate_form(certificate, "client", URL, "https://graph.example/.default")
    return Tokens(upstream, "tenant/oauth2/v2.0/token", form, clock)


def grant(n: int, life: object = 3600) -> httpx.Response:
    return httpx.Response(200, json={"access_token": f"token-{n}", "expires_in": life})


def der(signed: Signed) -> bytes:
    return x509.load_pem_x509_certificate(signed.certificate).public_bytes(Encoding.DER)


def test_the_assertion_is_what_entra_asks_for(signed: Signed) -> None:
    told = Certificate(signed.certificate, signed.key).assertion("client", URL, NOW)
    key = x509.load_pem_x509_certificate(signed.certificate).public_key()
    claims = jwt.decode(
        told,
        key,  # type: ignore[arg-type]
        ["PS256"],
        audience=URL,
        issuer="client",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    header = jwt.get_unverified_header(told)
    digest = base64.urlsafe_b64encode(hashlib.sha256(der(signed)).digest()).decode().rstrip("=")
    assert header == {"alg": "PS256", "typ": "JWT", "x5t#S256": digest}
    assert claims["sub"] == "client"
    assert claims["nbf"] == claims["iat"] == NOW.timestamp() - 60
    assert 300 <= claims["exp"] - claims["nbf"] <= 600
    assert claims["jti"]


def test_the_older_form_has_the_older_thumbprint(signed: Signed) -> None:
    told = Certificate(signed.certificate, signed.key, "RS256").assertion("client", URL, NOW)
    header = jwt.get_unverified_header(told)
    digest = base64.urlsafe_b64encode(hashlib.sha1(der(signed)).digest()).decode().rstrip("=")
    assert header == {"alg": "RS256", "typ": "JWT", "x5t": digest}


def test_no_two_assertions_are_alike(signed: Signed) -> None:
    certificate = Certificate(signed.certificate, signed.key)
    ids = {
        jwt.decode(
            certificate.assertion("client", URL, NOW), options={"verify_signature": False}
        )["jti"]
        for _ in range(3)
    }
    assert len(ids) == 3


def test_a_certificate_that_is_of_no_use_stops_at_the_start(signed: Signed) -> None:
    other = self_signed()
    curve = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for certificate, key in (
        (b"", signed.key),
        (signed.certificate, b"nothing"),
        (signed.certificate, other.key),
        (signed.certificate, curve),
    ):
        with pytest.raises(Misconfigured):
            Certificate(certificate, key)


def test_its_end_is_told(signed: Signed) -> None:
    assert Certificate(signed.certificate, signed.key).expires > datetime.now(UTC)


def test_a_token_is_asked_for_once_and_kept(router: respx.Router, tokens: Tokens) -> None:
    route = router.post(URL).mock(side_effect=[grant(1)])
    assert tokens.get() == tokens.get() == "token-1"
    form = parse_qs(route.calls[0].request.content.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["client_assertion_type"] == [
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    ]
    assert form["scope"] == ["https://graph.example/.default"]


@pytest.mark.parametrize(
    ("life", "kept", "gone"), [(3600, 3299, 3300), ("3600", 3299, 3300), (60, 47, 48)]
)
def test_a_token_is_renewed_before_it_ends(
    router: respx.Router, tokens: Tokens, clock: Clock, life: object, kept: int, gone: int
) -> None:
    router.post(URL).mock(side_effect=[grant(1, life), grant(2, life)])
    tokens.get()
    clock.now = NOW + timedelta(seconds=kept)
    assert tokens.get() == "token-1"
    clock.now = NOW + timedelta(seconds=gone)
    assert tokens.get() == "token-2"


@pytest.mark.parametrize("life", [10**9, 10**15, 10**18, str(10**30)])
def test_no_token_is_kept_for_longer_than_a_day(
    router: respx.Router, tokens: Tokens, clock: Clock, life: object
) -> None:
    router.post(URL).mock(side_effect=[grant(1, life), grant(2, life)])
    tokens.get()
    clock.now = NOW + timedelta(hours=23)
    assert tokens.get() == "token-1"
    clock.now = NOW + timedelta(days=1)
    assert tokens.get() == "token-2"


@pytest.mark.parametrize("life", [0, -1, -(10**15), str(-(10**30))])
def test_a_token_without_a_life_is_used_once(
    router: respx.Router, tokens: Tokens, life: object
) -> None:
    router.post(URL).mock(side_effect=[grant(1, life), grant(2, life)])
    assert (tokens.get(), tokens.get()) == ("token-1", "token-2")


@pytest.mark.parametrize(
    "body",
    [
        {"token_type": "Bearer"},
        {"access_token": "x"},
        {"access_token": None, "expires_in": 1},
        {"access_token": "x", "expires_in": "soon"},
        {"access_token": "x\r\nX-Evil: 1", "expires_in": 5},
    ],
)
def test_an_odd_grant_is_an_unknown_reply(
    router: respx.Router, tokens: Tokens, body: object
) -> None:
    router.post(URL).respond(200, json=body)
    with pytest.raises(UnknownReply):
        tokens.get()


def test_threads_share_one_request(router: respx.Router, tokens: Tokens) -> None:
    together = threading.Barrier(5)
    found: list[str] = []
    route = router.post(URL).mock(side_effect=[grant(1)])

    def ask() -> None:
        together.wait()
        found.append(tokens.get())

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-1"] * 5
    assert route.call_count == 1


def test_a_refused_token_is_replaced_once(
    router: respx.Router, tokens: Tokens, upstream: Upstream
) -> None:
    router.post(URL).mock(side_effect=[grant(1), grant(2)])
    things = router.get("https://login.example/things")
    things.side_effect = [httpx.Response(401), httpx.Response(200)]
    assert Service(upstream, tokens).once("GET", "/things").status == 200
    asked = [call.request.headers["authorization"] for call in things.calls]
    assert asked == ["Bearer token-1", "Bearer token-2"]


def test_a_second_refusal_is_the_answer(
    router: respx.Router, tokens: Tokens, upstream: Upstream
) -> None:
    router.post(URL).mock(side_effect=[grant(1), grant(2)])
    things = router.get("https://login.example/things").respond(401)
    with pytest.raises(Unauthorised):
        Service(upstream, tokens).once("GET", "/things")
    assert things.call_count == 2


def test_only_the_token_that_was_refused_is_forgotten(
    router: respx.Router, tokens: Tokens
) -> None:
    router.post(URL).mock(side_effect=[grant(1), grant(2)])
    tokens.drop("token-0")
    tokens.get()
    tokens.drop("token-0")
    assert tokens.get() == "token-1"


def test_a_busy_token_endpoint_is_tried_again_with_the_read(
    router: respx.Router, tokens: Tokens, upstream: Upstream
) -> None:
    router.post(URL).mock(side_effect=[httpx.Response(503), grant(1)])
    router.get("https://login.example/things").respond(200)
    service = Service(upstream, tokens)
    with pytest.raises(TryAgain):
        service.once("GET", "/things")
    assert service.patiently(lambda: service.once("GET", "/things")).status == 200
