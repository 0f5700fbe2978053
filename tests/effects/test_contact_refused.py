"""What a contact window meets when Zoom says no, or when we lack what it needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.application import Cancelled
from agent.domain.contact import Mode, State
from agent.domain.contact_words import Invite
from agent.store.calls import Calls
from agent.store.ledger import Ledger
from agent.store.windows import (
    ALLOW_LIST,
    ARRANGE,
    CLOSE,
    INVITE,
    KINDS,
    VERIFY,
    WATCH,
    Windows,
)
from connectors.sandbox.failures import Failure
from tests.support.calls import EMAIL
from tests.support.families import REMOVED, Family, a_family

NO = {"code": 403, "message": "No permission to add new contact."}
SET, SENT = ("zoom.changeGroupSettings", 204), ("zoom.invite", 204)
OTHER = "sam@family.example"


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def asked(family: Family, mode: Mode = Mode.CONTACT, **more: Any) -> str:
    call = family.prepared(**more)
    family.say(call, Invite(mode=mode.value))
    family.settle()
    return call


def ends(family: Family, call: str) -> None:
    family.say(call, Cancelled(reason="not-needed"))
    family.settle()


def why(family: Family, kind: str) -> str:
    [owed] = family.owed(kind)
    return str(owed.error)


def without(family: Family) -> Mapping[str, object]:
    """The effects as they were; from now on no app that acts is configured."""
    before = family.worker.effects
    lacking: Any = {kind: replace(before[kind], zoom=None) for kind in KINDS}  # type: ignore[type-var]
    family.worker = replace(family.worker, effects={**before, **lacking})
    return before


@pytest.mark.parametrize(
    ("endpoint", "kind", "state", "mode"),
    [
        ("zoom.changeGroupSettings", ALLOW_LIST, State.REQUESTED, Mode.CONTACT),
        ("zoom.invite", INVITE, State.OPEN, Mode.CONTACT),
        ("zoom.createMeeting", ARRANGE, State.REQUESTED, Mode.MEETING),
    ],
)
def test_a_no_of_zooms_is_told_and_it_goes_on_once_it_is_a_yes(
    moorland: Family, endpoint: str, kind: str, state: State, mode: Mode
) -> None:
    moorland.fails(Failure(endpoint, 403, body=NO))
    call = asked(moorland, mode)
    assert moorland.state(call) is state
    assert why(moorland, kind)
    moorland.fails()
    moorland.later(minutes=11)
    assert moorland.state(call) is State.INVITED
    assert not moorland.owed(kind)


def test_a_closing_that_zoom_refuses_is_never_given_up(moorland: Family) -> None:
    call = asked(moorland)
    moorland.fails(Failure("zoom.changeGroupSettings", 403, body=NO))
    ends(moorland, call)
    for _ in range(20):
        moorland.later(seconds=30)
    assert moorland.state(call) is State.CLOSING
    assert moorland.listed() == {EMAIL}
    moorland.fails()
    moorland.later(seconds=31)
    assert moorland.state(call) is State.CLOSED
    assert not moorland.listed()


def test_lists_that_zoom_has_not_taken_are_not_believed(moorland: Family) -> None:
    """A yes, and nothing has changed."""
    moorland.fails(Failure("zoom.changeGroupSettings", 204, body="", times=2))
    call = asked(moorland)
    assert moorland.state(call) is State.REQUESTED
    assert why(moorland, ALLOW_LIST) == "Zoom has not taken the lists yet"
    assert moorland.zoom.calls[SENT] == 0
    for _ in range(3):
        moorland.later(seconds=2)
    assert moorland.state(call) is State.INVITED
    moorland.fails(Failure("zoom.changeGroupSettings", 204, body="", times=1))
    ends(moorland, call)
    assert moorland.state(call) is State.CLOSING
    moorland.later(seconds=2)
    assert moorland.state(call) is State.CLOSED
    assert not moorland.listed()


def lose_key(family: Family, call: str) -> Path:
    with family.store.read() as tx:
        name = Calls(tx).get(call).key
    file = family.office.keys.folder / f"{name}.key"
    return file.rename(file.with_suffix(".lost"))


def test_nobody_is_invited_without_the_key_of_the_call(moorland: Family) -> None:
    call = moorland.prepared()
    moorland.say(call, Invite())
    lost = lose_key(moorland, call)
    moorland.settle()
    assert moorland.state(call) is State.REQUESTED
    assert "missing" in why(moorland, ALLOW_LIST)
    assert "Restore the folder" in why(moorland, ALLOW_LIST)
    lost.rename(lost.with_suffix(".key"))
    moorland.later(minutes=1)
    assert moorland.state(call) is State.INVITED


def test_a_window_closes_without_the_key_of_its_call(moorland: Family) -> None:
    """And another window of the same group keeps its address."""
    other = asked(moorland, number="A2222BC", email=OTHER)
    call = asked(moorland)
    moorland.say(call, Cancelled(reason="not-needed"))
    lose_key(moorland, call)
    moorland.settle()
    assert moorland.state(call) is State.CLOSED
    assert moorland.listed() == {OTHER}
    assert moorland.state(other) is State.INVITED


@pytest.mark.parametrize(
    ("accepts", "ends_as"), [(False, State.VERIFIED), (True, State.NOT_VERIFIED)]
)
def test_without_the_key_only_an_empty_list_of_contacts_is_proof(
    moorland: Family, accepts: bool, ends_as: State
) -> None:
    call = asked(moorland)
    if accepts:
        moorland.accepts()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    moorland.say(call, REMOVED)
    lose_key(moorland, call)
    moorland.settle()
    assert moorland.state(call) is ends_as


def test_in_doubt_nothing_closes_where_a_key_is_lost(moorland: Family) -> None:
    """The address of what is closing is not known: the lists stay as they are."""
    call = asked(moorland)
    moorland.fails(
        Failure("zoom.presence", 503), Failure("zoom.meetings", 503),
        Failure("zoom.dashboard", 503),
    )  # fmt: skip
    with moorland.store.begin() as tx:
        Windows(tx).take(Windows(tx).of(call)[0], "close", reason="cancelled")
        group = Windows(tx).of(call)[0].group
        Ledger(tx).owe(ALLOW_LIST, group, due=tx.now)
    lose_key(moorland, call)
    moorland.settle()
    assert moorland.state(call) is State.CLOSING
    assert moorland.listed() == {EMAIL}
    assert "missing" in why(moorland, ALLOW_LIST)


def test_without_an_app_that_acts_all_stays_owed_and_says_why(moorland: Family) -> None:
    before = without(moorland)
    call = asked(moorland)
    assert moorland.state(call) is State.REQUESTED
    assert "no app that acts in Zoom is configured" in why(moorland, ALLOW_LIST)
    assert "ZOOM_ACTOR_CLIENT_ID" in why(moorland, ALLOW_LIST)
    moorland.worker = replace(moorland.worker, effects=before)  # type: ignore[arg-type]
    moorland.later(minutes=11)
    assert moorland.state(call) is State.INVITED
    without(moorland)
    ends(moorland, call)
    assert moorland.state(call) is State.INVITED
    assert "no app that acts" in why(moorland, CLOSE)
    moorland.worker = replace(moorland.worker, effects=before)  # type: ignore[arg-type]
    moorland.later(minutes=11)
    assert moorland.state(call) is State.CLOSED


def test_whoever_takes_the_invitation_with_another_account_is_not_accepted(
    moorland: Family,
) -> None:
    call = asked(moorland)
    moorland.accepts(by="stranger@elsewhere.example")
    moorland.later(minutes=1)
    assert moorland.state(call) is State.INVITED
    assert why(moorland, WATCH) == "somebody else accepted"


def test_a_consent_that_lapsed_leaves_it_not_verified_and_never_green(
    moorland: Family,
) -> None:
    """Also where it was verified before: the next night nobody can read it."""
    first, second = asked(moorland), asked(moorland, number="A2222BC", email=OTHER)
    ends(moorland, first)
    moorland.say(first, REMOVED)
    moorland.settle()
    assert moorland.state(first) is State.VERIFIED
    moorland.zoom.tokens.forget(moorland.user())
    moorland.later(hours=2)
    ends(moorland, second)
    moorland.say(second, REMOVED)
    moorland.settle()
    assert moorland.state(second) is State.NOT_VERIFIED
    moorland.later(hours=24)
    assert moorland.state(first) is State.NOT_VERIFIED


def test_a_contact_that_is_back_is_asked_for_again_and_gone_again(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    moorland.attested(call)
    moorland.settle()
    moorland.zoom.contacts.come_back(moorland.user(), EMAIL, moorland.clock.now)
    moorland.later(hours=24)
    assert moorland.state(call) is State.CLOSED
    assert [one.kind for one in moorland.owed(VERIFY)]
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED
    assert not moorland.standing()


def test_an_overdue_removal_is_told_once_an_incident_and_looked_at_each_hour(
    moorland: Family,
) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    for _ in range(5):
        moorland.later(hours=1)
    assert [one.type for one in moorland.incidents()] == ["contact.not-removed"]
    assert moorland.owed(VERIFY)[0].due - moorland.clock.now <= timedelta(hours=1)
    assert moorland.state(call) is State.CLOSED
