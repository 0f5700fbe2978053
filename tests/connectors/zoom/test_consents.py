"""Consents of the device users: one each, renewed without losing it, never clean without."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import ExternalContact
from agent.errors import ConnectorError, Misconfigured, NotAllowed
from agent.ports.zoom import Grant
from tests.connectors.zoom.canned import (
    HANDED_BACK,
    LOGIN,
    NOW,
    Canned,
    MemoryVault,
    only,
    refusal,
)

EMAIL = "ipad1@prison.example"


def why(fact: Fact[Seen[ExternalContact]]) -> str:
    return fact.reason if isinstance(fact, Unknown) else "known"


def dead(canned: Canned, token: str) -> None:
    """Zoom takes this refresh token no more."""
    del canned.refresh[token]


class Killed(BaseException):
    """The process ends here."""


class DyingVault(MemoryVault):
    """A database whose process is killed when it is about to commit."""

    def __init__(self, kept: Mapping[str, tuple[str, ...]], dies_at: str) -> None:
        super().__init__()
        self.kept, self.dies_at = dict(kept), dies_at

    def stage(self, email: str, token: str) -> None:
        if self.dies_at == "stage":
            raise Killed
        super().stage(email, token)

    def settle(self, email: str, token: str) -> None:
        if self.dies_at == "settle":
            raise Killed
        super().settle(email, token)


# Reading contacts


def test_external_contacts_are_asked_for_by_name(canned: Canned) -> None:
    canned.contacts[EMAIL] = [
        {"id": "", "member_id": f"m{n}", "email": f"Mother{n}@family.example"} for n in range(3)
    ]
    fact = canned.zoom().contacts(EMAIL)
    assert isinstance(fact, Known)
    assert fact.value.rows[0] == ExternalContact("mother0@family.example", "m0")
    assert len(fact.value.rows) == 3
    assert canned.paths()[0] == "chat/users/me/contacts?type=external&page_size=50"
    assert canned.paths()[1].startswith("chat/users/me/contacts?type=external&page_size=50&")


@pytest.mark.parametrize("row", [5, {}, {"email": None, "member_id": 7}])
def test_a_contact_that_cannot_be_read_is_one_still(canned: Canned, row: object) -> None:
    canned.odd = only("/contacts", lambda _: httpx.Response(200, json={"contacts": [row]}))
    fact = canned.zoom().contacts(EMAIL)
    assert isinstance(fact, Known)
    assert fact.value.rows == (ExternalContact("", ""),)


def test_each_user_is_asked_with_the_own_consent(canned: Canned) -> None:
    canned.contacts["ipad2@prison.example"] = [{"member_id": "m", "email": "a@b.example"}]
    zoom = canned.zoom()
    first, second = zoom.contacts(EMAIL), zoom.contacts("IPAD2@prison.example")
    assert isinstance(first, Known)
    assert isinstance(second, Known)
    assert (len(first.value.rows), len(second.value.rows)) == (0, 1)


def test_no_consent_is_missing_and_costs_no_call(canned: Canned) -> None:
    zoom = canned.zoom()
    assert why(zoom.contacts("nobody@prison.example")) == "consent-missing"
    assert canned.asked == []


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_request", "access_denied"])
@pytest.mark.parametrize("status", [400, 401])
def test_a_consent_that_is_refused_has_lapsed(canned: Canned, error: str, status: int) -> None:
    body = {"reason": "Invalid Token!", "error": error}
    canned.odd = only("/oauth/token", lambda _: httpx.Response(status, json=body))
    assert why(canned.zoom().contacts(EMAIL)) == "consent-lapsed"


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_client"},
        {"errorCode": 4717, "error": "x"},
        {"error": "unsupported_grant_type"},
    ],
)
def test_what_is_wrong_with_our_app_is_not_a_lapsed_consent(
    canned: Canned, body: dict[str, object]
) -> None:
    canned.odd = only("/oauth/token", lambda _: httpx.Response(400, json=body))
    assert why(canned.zoom().contacts(EMAIL)) == "not-read"


def test_a_token_that_is_refused_when_it_is_new_is_a_gap_and_no_lapse(canned: Canned) -> None:
    canned.odd = only("/contacts", lambda _: refusal(401, 124, "Invalid access token."))
    assert why(canned.zoom().contacts(EMAIL)) == "not-read"


def test_a_missing_scope_is_not_a_lapsed_consent(canned: Canned) -> None:
    text = "does not contain scopes:[team_chat:read:list_contacts]"
    canned.odd = only("/contacts", lambda _: refusal(400, 4711, text))
    fact = canned.zoom().contacts(EMAIL)
    assert isinstance(fact, Unknown)
    assert fact.reason == "not-read"
    assert "team_chat:read:list_contacts" in fact.why


def test_a_vault_without_its_key_hides_the_contacts_only(canned: Canned) -> None:
    class Locked(MemoryVault):
        def load(self, email: str) -> Grant | None:
            raise Misconfigured("the master key is missing")

    canned.vault = Locked()
    zoom = canned.zoom()
    assert why(zoom.contacts(EMAIL)) == "not-read"
    assert isinstance(zoom.one(EMAIL), Known)


# Renewal


def test_a_renewal_leaves_one_token_behind(canned: Canned) -> None:
    zoom = canned.zoom()
    assert why(zoom.contacts(EMAIL)) == "known"
    assert canned.vault.kept[EMAIL] == ("refresh-1",)
    assert why(zoom.contacts(EMAIL)) == "known"
    assert len(canned.forms()) == 1
    canned.now = NOW + timedelta(minutes=55)
    assert why(zoom.contacts(EMAIL)) == "known"
    assert canned.forms()[-1]["refresh_token"] == "refresh-1"


def test_the_old_token_stays_until_the_new_one_was_taken(canned: Canned) -> None:
    canned.odd = only("/contacts", lambda _: refusal(403, 200))
    assert why(canned.zoom().contacts(EMAIL)) == "not-read"
    assert canned.vault.kept[EMAIL] == ("refresh-1", "first-1")


@pytest.mark.parametrize("dies_at", ["stage", "settle"])
@pytest.mark.parametrize("old_still_works", [True, False])
def test_a_kill_at_any_commit_loses_no_consent(
    canned: Canned, dies_at: str, old_still_works: bool
) -> None:
    canned.vault = DyingVault(canned.vault.kept, dies_at)
    with pytest.raises(Killed):
        canned.zoom().contacts(EMAIL)
    canned.vault = DyingVault(canned.vault.kept, "never")
    if not old_still_works:
        dead(canned, "first-1")
    lost = dies_at == "stage" and not old_still_works  # Zoom ended both: a person must consent
    assert why(canned.zoom().contacts(EMAIL)) == ("consent-lapsed" if lost else "known")


def test_an_older_token_is_tried_where_the_newest_is_refused(canned: Canned) -> None:
    canned.vault.stage(EMAIL, "never-reached-us-whole")
    assert why(canned.zoom().contacts(EMAIL)) == "known"
    asked = [one["refresh_token"] for one in canned.forms()]
    assert asked == ["never-reached-us-whole", "first-1"]
    assert canned.vault.kept[EMAIL] == ("refresh-1",)


def test_an_answer_that_was_lost_is_asked_for_again_at_once(canned: Canned) -> None:
    lost: list[str] = []

    def lose(request: httpx.Request) -> httpx.Response | None:
        if lost:
            return None
        lost.append("once")
        raise httpx.ReadTimeout("the answer never came")

    canned.odd = only("/oauth/token", lose)
    assert why(canned.zoom().contacts(EMAIL)) == "known"


def test_two_processes_that_renew_at_once_lose_nothing(canned: Canned) -> None:
    canned.vault.stage(EMAIL, "theirs")
    canned.refresh["theirs"] = EMAIL
    canned.vault.stage(EMAIL, "ours")
    canned.vault.settle(EMAIL, "theirs")  # they settle theirs; ours is newer and stays
    assert canned.vault.kept[EMAIL] == ("ours", "theirs")
    assert why(canned.zoom().contacts(EMAIL)) == "known"


def test_many_threads_renew_once(canned: Canned) -> None:
    zoom = canned.zoom()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(zoom.contacts, [EMAIL] * 16))
    assert {why(fact) for fact in told} == {"known"}
    assert len(canned.forms()) == 1


# Giving a consent


def test_the_users_browser_is_sent_to_zoom(canned: Canned) -> None:
    url = urlsplit(canned.consents(canned.line()).authorise_url("s&te"))
    assert (url.hostname, url.path) == ("zoom.us", "/oauth/authorize")
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["users"],
        "redirect_uri": [HANDED_BACK],
        "state": ["s&te"],
    }


def test_a_code_becomes_a_consent(canned: Canned) -> None:
    canned.vault.kept = {}
    line = canned.line()
    canned.consents(line).accept(EMAIL.upper(), EMAIL)  # the canned code names who signs in
    assert canned.forms() == [
        {"grant_type": "authorization_code", "code": EMAIL, "redirect_uri": HANDED_BACK}
    ]
    assert canned.vault.kept == {EMAIL: ("refresh-1",)}
    assert why(canned.zoom().contacts(EMAIL)) == "known"
    assert str(canned.asked[0].url) == f"{LOGIN}/oauth/token"


def test_a_new_consent_replaces_the_lapsed_one(canned: Canned) -> None:
    canned.consents(canned.line()).accept(EMAIL, EMAIL)
    assert canned.vault.kept[EMAIL] == ("refresh-1",)


def test_the_consent_of_somebody_else_is_not_taken(canned: Canned) -> None:
    canned.vault.kept = {}
    with pytest.raises(NotAllowed, match="another Zoom user"):
        canned.consents(canned.line()).accept(EMAIL, "ipad2@prison.example")
    assert canned.vault.kept == {}


def test_a_code_that_is_refused_is_said(canned: Canned) -> None:
    body = {"errorCode": 4733, "error": "invalid_grant", "reason": "Code is expired."}
    canned.odd = only("/oauth/token", lambda _: httpx.Response(400, json=body))
    with pytest.raises(ConnectorError, match=r"4733 Code is expired\."):
        canned.consents(canned.line()).accept(EMAIL, "code")


def test_an_answer_without_a_refresh_token_is_not_a_consent(canned: Canned) -> None:
    reply = {"access_token": "access-x", "expires_in": 3600, "api_url": "https://api.example"}
    canned.bearers["access-x"] = EMAIL
    canned.odd = only("/oauth/token", lambda _: httpx.Response(200, json=reply))
    with pytest.raises(ConnectorError, match="no refresh token"):
        canned.consents(canned.line()).accept(EMAIL, "code")


def test_secrets_are_not_shown() -> None:
    from connectors.zoom.client import App
    from connectors.zoom.consents import ConsentApp

    shown = repr([App("a", "b", "secret"), ConsentApp("a", "secret", "c"), Grant(("secret",))])
    assert "secret" not in shown
