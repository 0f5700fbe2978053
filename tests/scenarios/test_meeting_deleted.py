"""The one-off meeting of a call is deleted once it is not needed, and never during a call."""

from pathlib import Path

import pytest

from agent.domain.contact_words import Invite
from agent.store.ledger import Ledger
from agent.store.windows import MEETING_GONE
from connectors.sandbox.zoom.wire import Refused
from tests.support.families import a_family


def test_no_meeting_is_deleted_while_another_runs_on_the_ipad(tmp_path: Path) -> None:
    """As where it was arranged just when its window had closed, and the next call has begun."""
    moorland = a_family(tmp_path)
    call = moorland.prepared()
    moorland.say(call, Invite(mode="meeting"))
    moorland.settle()
    window = moorland.windows(call)[-1]
    moorland.zoom.meetings.start(moorland.user(), "the next call", moorland.clock.now)
    with moorland.store.begin() as tx:
        Ledger(tx).owe(MEETING_GONE, window.id, due=tx.now)
    moorland.settle()
    moorland.later(minutes=3)
    assert moorland.zoom.meetings.arranged(window.meeting)
    moorland.hang_up()
    moorland.later(minutes=1)
    assert not moorland.owed(MEETING_GONE)
    with pytest.raises(Refused):
        moorland.zoom.meetings.arranged(window.meeting)
