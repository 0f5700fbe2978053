"""A group's lists over the sandbox: the contract, what is sent, what Zoom ignores."""

import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.errors import NotThere, Refused, TryAgain, UnknownReply
from agent.ports.zoom_windows import ListControl, ListReading
from connectors.sandbox.identity import Identity
from connectors.sandbox.zoom.baseline import ADDING, CHATTING
from connectors.sandbox.zoom.healthy import GROUP_SETTINGS
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import AppTokens, Client
from connectors.zoom.settings import ZoomSettings
from tests.connectors.zoom.acts_contract import Acts, RemoteActs
from tests.connectors.zoom.canned import only, refusal
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.faulty import breaking
from tests.connectors.zoom.lists_contract import AUNT, MOTHER, NOBODY, ListsContract, held
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed

ONE = frozenset({MOTHER})


def reader(there: Sandboxed, base: str = "") -> ListReading:
    line = there.line(base)
    return ZoomSettings(Client(line, AppTokens(line, there.app("reader"))))


class OverTheSandbox(ListsContract, RemoteActs):
    @pytest.fixture
    def control(self, there: Sandboxed, base: str) -> ListControl:
        return ZoomListControl(there.line(base), there.app("actor"))

    @pytest.fixture
    def reading(self, there: Sandboxed, base: str) -> ListReading:
        return reader(there, base)

    @pytest.fixture
    def acts(self, control: ListControl, group: str) -> Acts:
        return lambda: control.set_allowed(group, ONE)

    @pytest.fixture
    def scopes(self, control: ListControl) -> Fact[Scopes]:
        return control.scopes()

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
    def there(self, served: tuple[Sandboxed, str]) -> Sandboxed:
        return served[0]

    @pytest.fixture
    def base(self, served: tuple[Sandboxed, str]) -> str:
        return served[1]


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    return sandboxed(application)


@pytest.fixture
def group(there: Sandboxed) -> str:
    return there.group(0)


@pytest.fixture
def sent(there: Sandboxed) -> Callable[[], int]:
    return lambda: sum(request.method == "PATCH" for request in there.asked)


@pytest.fixture
def control(there: Sandboxed) -> ListControl:
    return ZoomListControl(there.line(), there.app("actor"))


@pytest.fixture
def reading(there: Sandboxed) -> ListReading:
    return reader(there)


# What is sent


@pytest.mark.parametrize(
    ("wanted", "enabled", "listed"),
    [({AUNT, MOTHER}, True, f"{MOTHER},{AUNT}"), (set[str](), False, "")],
)
def test_every_field_of_both_lists_is_sent(
    there: Sandboxed,
    control: ListControl,
    group: str,
    wanted: set[str],
    enabled: bool,
    listed: str,
) -> None:
    control.set_allowed(group, frozenset(wanted))
    [request] = [one for one in there.asked if one.method == "PATCH"]
    told = {"enable": enabled, "selected_option": 4, "user_email_addresses": listed}
    lists = {"allow_users_to_add_contacts": told, "allow_users_to_chat_with_others": told}
    assert json.loads(request.content) == {"chat": lists}
    assert request.url.path.endswith(f"/v2/groups/{group}/settings")


def test_the_acting_app_acts_and_what_zoom_calls_the_request_is_kept(
    there: Sandboxed, control: ListControl, reading: ListReading, group: str
) -> None:
    done = control.set_allowed(group, ONE)
    reading.allow_lists(group)
    assert len(done.request) > 20
    assert done.at.tzinfo is not None
    assert there.core.zoom.callers == {
        ("actor", "zoom.changeGroupSettings"): 1,
        ("reader", "zoom.groupSettings"): 1,
    }


@pytest.mark.parametrize("given", ["", "a b", "mother@family.example", "x" * 201])
def test_an_odd_request_id_is_not_taken_over(
    there: Sandboxed, control: ListControl, group: str, given: str
) -> None:
    there.odd = only(
        "/settings", lambda _: httpx.Response(204, headers={"x-zm-trackingid": given})
    )
    assert control.set_allowed(group, ONE).request == ""


def test_the_reader_could_not_open_a_list(there: Sandboxed, group: str) -> None:
    with pytest.raises(Refused, match="group:update:settings:admin") as refused:
        ZoomListControl(there.line(), there.app("reader")).set_allowed(group, ONE)
    assert "scopes" in refused.value.hint


# What Zoom does with it


def test_a_204_may_be_forgotten_and_the_reading_tells(
    there: Sandboxed, control: ListControl, reading: ListReading, group: str
) -> None:
    control.set_allowed(group, ONE)
    there.core.zoom.settings.forgetful = True
    control.set_allowed(group, NOBODY)
    assert held(reading, group, ONE)
    assert not held(reading, group, NOBODY)


@pytest.mark.parametrize("path", [ADDING, CHATTING])
def test_one_list_that_was_left_open_is_told(
    there: Sandboxed, control: ListControl, reading: ListReading, group: str, path: str
) -> None:
    control.set_allowed(group, ONE)
    there.core.zoom.settings.forgets = (path,)
    control.set_allowed(group, NOBODY)
    assert not held(reading, group, NOBODY)
    there.core.zoom.settings.forgets = ()
    control.set_allowed(group, NOBODY)
    assert held(reading, group, NOBODY)


def test_a_list_that_is_opened_to_everybody_is_none_of_ours(
    there: Sandboxed, control: ListControl, reading: ListReading, group: str
) -> None:
    control.set_allowed(group, ONE)
    there.edit(GROUP_SETTINGS, group, **{f"{CHATTING}.selected_option": 1})
    assert not held(reading, group, ONE)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 4130, NotThere),
        (404, 2300, Refused),
        (400, 4130, Refused),
        (400, 200, Refused),
        (403, 200, Refused),
        (200, 200, Refused),
        (429, 4001, TryAgain),
        (500, 500, TryAgain),
    ],
)
def test_a_refusal_is_told_apart_from_a_group_that_is_gone(
    there: Sandboxed,
    control: ListControl,
    group: str,
    status: int,
    code: int,
    kind: type[Exception],
) -> None:
    there.odd = only("/settings", lambda _: refusal(status, code))
    with pytest.raises(kind) as told:
        control.set_allowed(group, ONE)
    assert isinstance(told.value, NotThere) is (kind is NotThere)
    if kind is Refused:
        assert isinstance(told.value, Refused)
        assert "group" in told.value.hint


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200), httpx.Response(202), httpx.Response(200, html="<p>Sign in</p>")],
)
def test_only_the_answer_that_we_know_is_taken_for_done(
    there: Sandboxed, control: ListControl, group: str, answer: httpx.Response
) -> None:
    there.odd = only("/settings", lambda _: answer)
    with pytest.raises(UnknownReply):
        control.set_allowed(group, ONE)
