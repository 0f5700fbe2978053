"""A family member is invited for one call, and gone after it."""

from pathlib import Path

import pytest

from agent.domain.contact import State
from agent.domain.contact_words import Invite
from tests.support.calls import EMAIL
from tests.support.families import Family, a_family


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def test_a_contact_is_invited_for_one_call_and_gone_after_it(moorland: Family) -> None:
    call = moorland.prepared()
    assert not moorland.listed()
    moorland.say(call, Invite())
    moorland.settle()
    assert moorland.state(call) is State.INVITED
    assert moorland.listed() == {EMAIL}
    moorland.accepts()
    assert moorland.state(call) is State.ACCEPTED
