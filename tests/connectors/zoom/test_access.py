"""Our way into Zoom, on a real sandbox: the scopes, one user, the rate that it allows."""

from datetime import timedelta

import pytest

from agent.domain.facts import Known, Unknown
from agent.errors import ConnectorError
from agent.ports.outside import Rate
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.retry import Patience
from connectors.zoom.access import ZoomReader
from connectors.zoom.client import App, Line
from connectors.zoom.limits import Plan
from tests.support.outside import Outside

ONCE = Reach(deadline=timedelta(seconds=10), patience=Patience(tries=1))


def _reader(
    outside: Outside, plan: Plan = Plan.BUSINESS, secret: str | None = None
) -> ZoomReader:
    told = outside.said["zoom"]
    base = str(outside.said["control_url"]).removesuffix("/_sandbox") + "/zoom"
    secret = told["reader"]["client_secret"] if secret is None else secret
    app = App(told["account_id"], told["reader"]["client_id"], secret)
    line = Line(login_url=base, api_url=base, reach=ONCE, pacer=LocalPacer({}))
    return ZoomReader(line, app, plan, base, ONCE)


def _scopes(outside: Outside) -> tuple[set[str], set[str]]:
    found = _reader(outside).scopes()
    assert isinstance(found, Known)
    return set(found.value.missing), set(found.value.excess)


def test_the_scopes_are_those_that_are_needed(outside: Outside) -> None:
    assert _scopes(outside) == (set(), set())


def test_a_scope_that_is_missing_and_one_that_acts_are_told(outside: Outside) -> None:
    users, acts = "user:read:list_users:admin", "user:update:settings:admin"
    usual = outside.control("PUT", "zoom-app", {"app": "reader", "without": [users]})["scopes"]
    outside.control("PUT", "zoom-app", {"app": "reader", "scopes": [*usual, acts]})
    assert _scopes(outside) == ({users}, {acts})
    with pytest.raises(ConnectorError, match=users):
        _reader(outside).read_one()


def test_the_rate_is_told_where_zoom_tells_it(outside: Outside) -> None:
    assert _reader(outside).read_one() == Rate(kept=60, told=60)
    assert _reader(outside, Plan.PRO).read_one() == Rate(kept=20, told=60)
    for headers in ("category", "none"):
        outside.control("PUT", "zoom", {"headers": headers})
        assert _reader(outside).read_one() == Rate(kept=60, told=None)


def test_an_app_that_is_not_known_gets_no_token(outside: Outside) -> None:
    wrong = _reader(outside, secret="canary-secret")
    found = wrong.scopes()
    assert isinstance(found, Unknown)
    with pytest.raises(ConnectorError) as caught:
        wrong.read_one()
    assert "canary" not in found.why + str(caught.value)
