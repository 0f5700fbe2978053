"""The scopes that we ask for are those that our calls need: all of them, and no more."""

from collections.abc import Callable

import pytest

from agent.domain.facts import Known
from agent.domain.zoom import Scopes
from agent.errors import Refused
from connectors.sandbox.identity import Identity
from connectors.zoom.acting import ACTOR, ARRANGING, INVITING, LISTS
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.meetings import READING, ZoomMeetingControl, ZoomMeetings
from connectors.zoom.past_meetings import PAST, ZoomPastMeetings
from tests.connectors.zoom.lists_contract import MOTHER
from tests.connectors.zoom.meetings_contract import WANTED
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    return sandboxed(application)


def opened(there: Sandboxed) -> None:
    control = ZoomListControl(there.line(), there.app("actor"))
    control.set_allowed(there.group(0), frozenset({MOTHER}))


def everything(there: Sandboxed) -> None:
    opened(there)
    ZoomInvitations(there.line(), there.app("actor")).invite(there.id(0), MOTHER)
    control = ZoomMeetingControl(there.line(), there.app("actor"))
    control.delete(control.arrange(there.id(0), WANTED).id)


def test_the_acting_app_can_do_all_of_it_with_just_these_scopes(there: Sandboxed) -> None:
    there.core.zoom.apps.known["actor"].scopes = tuple(ACTOR)
    everything(there)
    fact = ZoomListControl(there.line(), there.app("actor")).scopes()
    assert isinstance(fact, Known)
    assert fact.value == Scopes(frozenset(), frozenset())


@pytest.mark.parametrize("scope", [*LISTS, *INVITING, *ARRANGING])
def test_it_needs_each_of_them(there: Sandboxed, scope: str) -> None:
    opened(there)
    there.core.zoom.apps.known["actor"].scopes = tuple(set(ACTOR) - {scope})
    with pytest.raises(Refused, match=scope):
        everything(there)


@pytest.mark.parametrize("scopes", [READING, PAST])
def test_the_reading_app_can_read_all_of_it_with_just_these(
    there: Sandboxed, scopes: dict[str, str]
) -> None:
    there.core.zoom.apps.known["reader"].scopes = tuple(scopes)
    meetings = ZoomMeetings(there.line(), there.app("reader"))
    past = ZoomPastMeetings(there.line(), there.app("reader"))
    reads: dict[int, tuple[Callable[[], object], ...]] = {
        id(READING): (lambda: meetings.meeting("1"), lambda: meetings.arranged(there.id(0))),
        id(PAST): (lambda: past.past("u=="),),
    }
    for read in reads[id(scopes)]:
        assert isinstance(read(), Known)
