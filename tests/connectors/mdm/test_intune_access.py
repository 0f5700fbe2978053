"""Our way into Intune, on a real sandbox: what the token may do, and one read of each kind."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.facts import Known, Unknown
from agent.domain.zoom import Scopes
from agent.errors import ConnectorError, Misconfigured
from connectors.http import Reach, utc_now
from connectors.mdm.intune_access import NEEDED, IntuneAccess
from connectors.retry import Patience
from tests.connectors.conftest import Signed
from tests.support.outside import Outside
from tests.support.sockets import saying, serving

ONCE = Reach(deadline=timedelta(seconds=10), patience=Patience(tries=1))


def _access(outside: Outside, **changed: Any) -> IntuneAccess:
    graph = outside.said["graph"]
    usual: dict[str, Any] = {
        "tenant": graph["tenant_id"],
        "client_id": graph["client_id"],
        "certificate": Path(graph["certificate_file"]).read_bytes(),
        "key": Path(graph["private_key_file"]).read_bytes(),
        "base_url": graph["base_url"],
        "authority": graph["authority"],
        "reach": ONCE,
        "now": utc_now,
    }
    return IntuneAccess(**(usual | changed))


def _told(outside: Outside) -> Scopes:
    found = _access(outside).permissions()
    assert isinstance(found, Known)
    return found.value


def test_the_two_that_are_needed_are_enough(outside: Outside) -> None:
    assert _told(outside) == Scopes(frozenset(), frozenset())


def test_a_role_that_is_missing_and_one_too_many_are_told(outside: Outside) -> None:
    managed = "DeviceManagementManagedDevices"
    roles = [f"{managed}.Read.All", f"{managed}.PrivilegedOperations.All"]
    outside.control("PUT", "roles", {"roles": roles})
    assert _told(outside) == Scopes(
        missing=frozenset({"DeviceManagementConfiguration.Read.All"}),
        excess=frozenset({f"{managed}.PrivilegedOperations.All"}),
    )
    outside.control("PUT", "roles", {"roles": []})
    assert _told(outside) == Scopes(missing=NEEDED, excess=frozenset())


@pytest.mark.parametrize("token", ["opaque", "eyJhbGciOiJub25lIn0.eyJyb2xlcyI6Im9uZSJ9."])
def test_a_token_that_does_not_tell_its_roles_proves_nothing(
    outside: Outside, token: str
) -> None:
    body = f'{{"access_token":"{token}","expires_in":3599}}'.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(saying(head + body)) as port:
        found = _access(outside, authority=f"http://127.0.0.1:{port}").permissions()
    assert isinstance(found, Unknown)
    assert found.reason == "not-told"


def test_a_client_that_is_not_known_gets_no_token(outside: Outside, signed: Signed) -> None:
    other = _access(outside, certificate=signed.certificate, key=signed.key)
    found = other.permissions()
    assert isinstance(found, Unknown)
    assert "invalid_client" in found.why
    with pytest.raises(ConnectorError):
        other.read_one()


def test_it_is_told_when_the_certificate_ends(outside: Outside) -> None:
    ends = _access(outside).certificate_ends
    assert timedelta(days=700) < ends - utc_now() < timedelta(days=900)


def test_a_key_of_another_certificate_is_refused(outside: Outside, signed: Signed) -> None:
    with pytest.raises(Misconfigured, match="does not belong"):
        _access(outside, key=signed.key)


@pytest.mark.parametrize("endpoint", ["", "managedDevices", "deviceCompliancePolicies"])
def test_each_kind_is_read_once(outside: Outside, endpoint: str) -> None:
    if not endpoint:
        _access(outside).read_one()
        return
    outside.fail(endpoint)
    with pytest.raises(ConnectorError, match="403"):
        _access(outside).read_one()
