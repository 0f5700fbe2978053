"""Invitations over the sandbox: the contract, what is sent, how refusals read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.errors import NotThere, Refused, TryAgain, UnknownReply
from agent.ports.zoom import Contacts
from agent.ports.zoom_windows import Invitations
from connectors.sandbox.control import Control
from connectors.sandbox.identity import Identity
from connectors.sandbox.wire import Request
from connectors.sandbox.zoom.healthy import INVITATIONS
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.invitations import ZoomInvitations
from tests.connectors.zoom.acts_contract import Acts, RemoteActs
from tests.connectors.zoom.canned import only, refusal
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.faulty import breaking
from tests.connectors.zoom.invitations_contract import NOW, Family, InvitationsContract
from tests.connectors.zoom.lists_contract import MOTHER
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed


@dataclass
class Time:
    """A clock that a test moves."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Outside:
    """`Family` over the sandbox's control API, for its first iPad."""

    there: Sandboxed
    time: Time

    def allow(self, *addresses: str) -> None:
        control = ZoomListControl(self.there.line(), self.there.app("actor"))
        control.set_allowed(self.there.group(0), frozenset(addresses))

    def accept(self, address: str, *, after: timedelta = NOW, by: str = "") -> None:
        self._post("accept", email=address, after=after.total_seconds(), **{"as": by})

    def removed(self, address: str) -> None:
        self._post("contact", email=address, action="remove")

    def come_back(self, address: str, *, after: timedelta = NOW) -> None:
        self._post("contact", email=address, action="return", after=after.total_seconds())

    def wait(self, how_long: timedelta) -> None:
        self.time.ahead += how_long

    def mails(self) -> int:
        rows = self.there.core.records.children(INVITATIONS, self.there.id(0))
        return sum(int(row["mails"]) for row in rows)

    def colleague(self) -> str:
        return self.there.email(3)

    def _post(self, word: str, **body: object) -> None:
        told = json.dumps({"device": self.there.email(0), **body}).encode()
        answer = Control(self.there.core).handle(
            Request("POST", f"/_sandbox/{word}", body=told)
        )
        assert answer.status == 200, answer.body


class OverTheSandbox(InvitationsContract, RemoteActs):
    @pytest.fixture
    def invitations(self, there: Sandboxed, base: str) -> Invitations:
        return ZoomInvitations(there.line(base), there.app("actor"))

    @pytest.fixture
    def contacts(self, there: Sandboxed, base: str) -> Contacts:
        there.consent(0)
        return there.zoom(base)

    @pytest.fixture
    def acts(self, invitations: Invitations, user: str, family: Family) -> Acts:
        family.allow(MOTHER)
        return lambda: invitations.invite(user, MOTHER)

    @pytest.fixture
    def scopes(self, invitations: Invitations) -> Fact[Scopes]:
        return invitations.scopes()

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (MOTHER, "mother%40")

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


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def there(application: Identity, time: Time) -> Sandboxed:
    return sandboxed(application, clock=time)


@pytest.fixture
def user(there: Sandboxed) -> str:
    return there.id(0)


@pytest.fixture
def email(there: Sandboxed) -> str:
    return there.email(0)


@pytest.fixture
def family(there: Sandboxed, time: Time) -> Family:
    return Outside(there, time)


@pytest.fixture
def sent(there: Sandboxed) -> Callable[[], int]:
    return lambda: sum(one.url.path.endswith("/invitations") for one in there.asked)


@pytest.fixture
def invitations(there: Sandboxed) -> Invitations:
    return ZoomInvitations(there.line(), there.app("actor"))


@pytest.mark.parametrize("message", ["", "You are asked to a call."])
def test_what_is_asked_for_is_sent_by_the_acting_app_and_no_more(
    there: Sandboxed, invitations: Invitations, user: str, family: Family, message: str
) -> None:
    family.allow(MOTHER)
    done = invitations.invite(user, MOTHER.upper(), message)
    [request] = [one for one in there.asked if one.method == "POST" and "/v2/" in str(one.url)]
    more = {"message": message} if message else {}
    assert json.loads(request.content) == {"email": MOTHER, **more}
    assert request.url.path.endswith(f"/v2/chat/users/{user}/invitations")
    assert "@" not in str(request.url)
    assert len(done.request) > 20
    assert there.core.zoom.callers["actor", "zoom.invite"] == 1


def test_the_reader_could_not_invite(there: Sandboxed, user: str, family: Family) -> None:
    family.allow(MOTHER)
    with pytest.raises(Refused, match="contact_information") as refused:
        ZoomInvitations(there.line(), there.app("reader")).invite(user, MOTHER)
    assert "scopes" in refused.value.hint


@pytest.mark.parametrize(
    ("status", "code", "kind", "cure"),
    [
        (404, 1001, NotThere, ""),
        (400, 300, Refused, "address"),
        (403, 403, Refused, "External Connection"),
        (404, 2300, Refused, "address"),
        (200, 300, Refused, "address"),
        (429, 4001, TryAgain, ""),
        (500, 500, TryAgain, ""),
    ],
)
def test_a_refusal_says_what_to_do_and_names_nobody(
    there: Sandboxed,
    invitations: Invitations,
    user: str,
    status: int,
    code: int,
    kind: type[TryAgain | Refused],
    cure: str,
) -> None:
    there.odd = only("/invitations", lambda _: refusal(status, code, f"Not {MOTHER}, no."))
    with pytest.raises(kind) as told:
        invitations.invite(user, MOTHER)
    assert isinstance(told.value, NotThere) is (kind is NotThere)
    assert cure in told.value.hint
    assert "mother" not in f"{told.value}{told.value.__cause__}"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_only_the_answer_that_we_know_is_taken_for_done(
    there: Sandboxed, invitations: Invitations, user: str, status: int
) -> None:
    there.odd = only("/invitations", lambda _: httpx.Response(status))
    with pytest.raises(UnknownReply):
        invitations.invite(user, MOTHER)
