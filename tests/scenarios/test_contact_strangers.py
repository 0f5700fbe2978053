"""Who is left on an iPad after a call, where it is not simply the contact that was invited."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled
from agent.domain.contact import State
from agent.domain.contact_words import Invite
from tests.support.calls import EMAIL
from tests.support.families import REMOVED, Family, a_family

STRANGER = "somebody.else@family.example"


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def left(moorland: Family) -> list[str]:
    return [one.type for one in moorland.standing() if one.type == "contact.left"]


def test_a_stranger_who_accepted_is_left_behind_and_not_called_gone(moorland: Family) -> None:
    """The invitation was accepted with another account (E2)."""
    call = moorland.invited()
    assert moorland.zoom.contacts.accept(
        moorland.user(), EMAIL, moorland.clock.now, by=STRANGER
    )
    moorland.say(call, _cancelled())
    moorland.later(minutes=1)
    moorland.say(call, REMOVED)
    moorland.later(seconds=5)
    assert moorland.state(call) is State.CLOSED
    assert left(moorland)
    moorland.zoom.contacts.remove(moorland.user(), STRANGER, moorland.clock.now)
    moorland.later(minutes=2)
    moorland.say(call, REMOVED)
    moorland.later(seconds=5)
    assert moorland.state(call) is State.VERIFIED
    assert not left(moorland)


def test_the_same_contact_of_the_next_call_is_not_the_last_ones(moorland: Family) -> None:
    """Nobody is told to remove whom the next call on this iPad needs."""
    first = moorland.started()
    moorland.ends(first)
    moorland.later(minutes=1)
    moorland.zoom.contacts.remove(moorland.user(), EMAIL, moorland.clock.now)
    second = moorland.prepared(at=moorland.clock.now + timedelta(hours=3))
    moorland.say(second, Invite())
    moorland.settle()
    moorland.accepts()
    moorland.say(first, REMOVED)
    moorland.later(minutes=5)
    assert moorland.state(first) is State.ATTESTED
    assert not left(moorland)
    moorland.say(second, _cancelled())
    moorland.zoom.contacts.remove(moorland.user(), EMAIL, moorland.clock.now)
    moorland.later(hours=1, minutes=1)
    assert moorland.state(first) is State.VERIFIED


def test_who_is_left_behind_is_told_also_while_another_call_is_prepared(
    moorland: Family,
) -> None:
    """The next call's contact is another one: it explains nothing."""
    first = moorland.started()
    moorland.ends(first)
    moorland.later(minutes=1)
    at = moorland.clock.now + timedelta(hours=3)
    second = moorland.prepared(at=at, email="aunt@family.example")
    moorland.say(second, Invite())
    moorland.settle()
    moorland.say(first, REMOVED)
    moorland.later(seconds=5)
    assert moorland.state(first) is State.CLOSED
    assert left(moorland)


def _cancelled() -> Cancelled:
    return Cancelled(reason="not-needed")
