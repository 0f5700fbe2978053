"""A process that dies between Zoom's answer and our commit: taken up again after its lease, and
nothing is done twice that Zoom does not need twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled
from agent.domain.contact import Mode, State, Window
from agent.domain.contact_words import Invite
from agent.store.ledger import Claim, Ledger
from agent.store.windows import ALLOW_LIST, ARRANGE, CLOSE, INVITE, MEETING_GONE, VERIFY, WATCH
from connectors.sandbox.failures import Failure
from tests.support.calls import EMAIL
from tests.support.families import LEASE, Family, a_family

SET, SENT = ("zoom.changeGroupSettings", 204), ("zoom.invite", 204)
MADE, DELETED = ("zoom.createMeeting", 201), ("zoom.deleteMeeting", 204)
OVER = LEASE / timedelta(seconds=1) + 1


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def dies(family: Family, kind: str, subject: str) -> Claim:
    """Claimed, and Zoom has answered: then the process is gone."""
    effect = family.worker.effects[kind]
    with family.store.begin() as tx:
        claim = Ledger(tx).claim(f"{kind}/{subject}", effect.lease)
    assert claim is not None
    effect.act(claim, family.clock.now)
    return claim


def does(family: Family, *kinds: str) -> None:
    """Only what is owed of these kinds is done."""
    for kind in kinds:
        for owed in family.owed(kind):
            family.worker.perform(owed.key)


def requested(family: Family, mode: Mode = Mode.CONTACT) -> tuple[str, Window]:
    """Asked for, and nothing of it is done yet."""
    call = family.prepared()
    family.say(call, Invite(mode=mode.value))
    return call, family.windows(call)[0]


def cancelled(family: Family, call: str) -> None:
    family.say(call, Cancelled(reason="not-needed"))


def owed(family: Family, kind: str) -> list[str]:
    return [one.key for one in family.owed(kind)]


def test_lists_that_were_set_are_not_set_again(moorland: Family) -> None:
    call, window = requested(moorland)
    dies(moorland, ALLOW_LIST, window.group)
    assert moorland.listed() == {EMAIL}
    moorland.settle()
    assert moorland.state(call) is State.REQUESTED  # its lease runs
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.INVITED
    assert moorland.zoom.calls[SET] == 1


def test_an_invitation_that_was_sent_is_sent_once_more_at_most(moorland: Family) -> None:
    call, window = requested(moorland)
    does(moorland, ALLOW_LIST)
    dies(moorland, INVITE, window.id)
    assert moorland.zoom.calls[SENT] == 1
    moorland.later(seconds=OVER)
    moorland.later(minutes=10)
    assert moorland.zoom.calls[SENT] == 2
    told = moorland.windows(call)[0]
    assert (told.state, told.sent) == (State.INVITED, 1)


def test_who_took_the_invitation_of_a_dead_process_gets_no_other(moorland: Family) -> None:
    call, window = requested(moorland)
    does(moorland, ALLOW_LIST)
    dies(moorland, INVITE, window.id)
    assert moorland.zoom.contacts.accept(moorland.user(), EMAIL, moorland.clock.now)
    moorland.later(seconds=OVER)
    assert moorland.zoom.calls[SENT] == 1
    moorland.later(seconds=20)
    assert moorland.state(call) is State.ACCEPTED


def test_a_window_whose_closing_died_closes_after_the_lease(moorland: Family) -> None:
    call = moorland.invited()
    window = moorland.windows(call)[0]
    cancelled(moorland, call)
    dies(moorland, CLOSE, window.id)
    moorland.settle()
    assert moorland.state(call) is State.INVITED
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.CLOSED
    assert not moorland.listed()


def test_lists_that_were_closed_are_not_set_again(moorland: Family) -> None:
    call = moorland.invited()
    window = moorland.windows(call)[0]
    cancelled(moorland, call)
    does(moorland, CLOSE)
    before = moorland.zoom.calls[SET]
    dies(moorland, ALLOW_LIST, window.group)
    assert not moorland.listed()
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.CLOSED
    assert moorland.zoom.calls[SET] == before + 1


def test_a_claim_of_the_dead_writes_nothing_after_another_took_over(moorland: Family) -> None:
    """Its process was only asleep."""
    call, window = requested(moorland)
    old = dies(moorland, ALLOW_LIST, window.group)
    moorland.later(seconds=OVER)
    cancelled(moorland, call)
    moorland.settle()
    assert moorland.state(call) is State.CLOSED
    moorland.worker.carry_out(old, moorland.clock.now)
    assert moorland.state(call) is State.CLOSED
    assert not moorland.listed()


def test_a_meeting_that_was_arranged_is_found_and_not_made_twice(moorland: Family) -> None:
    call, window = requested(moorland, Mode.MEETING)
    dies(moorland, ARRANGE, window.id)
    moorland.later(seconds=OVER)
    told = moorland.windows(call)[0]
    assert (told.state, moorland.zoom.calls[MADE]) == (State.INVITED, 1)
    assert moorland.zoom.meetings.arranged(told.meeting)[1]["topic"] == window.id


def test_a_meeting_that_was_made_for_a_window_that_is_over_is_deleted(moorland: Family) -> None:
    call, window = requested(moorland, Mode.MEETING)
    dies(moorland, ARRANGE, window.id)
    cancelled(moorland, call)
    moorland.later(seconds=OVER)
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.CLOSED
    assert moorland.zoom.calls[MADE] == moorland.zoom.calls[DELETED] == 1


def test_a_meeting_that_was_deleted_is_read_to_be_gone(moorland: Family) -> None:
    call, window = requested(moorland, Mode.MEETING)
    moorland.settle()
    cancelled(moorland, call)
    does(moorland, CLOSE)
    dies(moorland, MEETING_GONE, window.id)
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.CLOSED
    assert moorland.zoom.calls[DELETED] == 1


def test_what_was_only_read_is_read_again(moorland: Family) -> None:
    call = moorland.invited()
    window = moorland.windows(call)[0]
    assert moorland.zoom.contacts.accept(moorland.user(), EMAIL, moorland.clock.now)
    moorland.clock.now += timedelta(seconds=20)
    dies(moorland, WATCH, window.id)
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.ACCEPTED
    cancelled(moorland, call)
    moorland.settle()
    moorland.attested(call)
    dies(moorland, VERIFY, window.id)
    moorland.settle()
    assert moorland.state(call) is State.ATTESTED
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.VERIFIED


@pytest.mark.parametrize("endpoint", ["zoom.changeGroupSettings", "zoom.invite"])
def test_an_answer_that_was_lost_on_its_way_changes_nothing_in_the_end(
    moorland: Family, endpoint: str
) -> None:
    """Zoom has done it, and the line is cut before a word of it."""
    moorland.fails(Failure(endpoint, fault="lost", times=1))
    call, _ = requested(moorland)
    moorland.settle()
    moorland.later(seconds=4)
    moorland.later(seconds=OVER)
    assert moorland.state(call) is State.INVITED
    assert moorland.listed() == {EMAIL}
    assert moorland.zoom.calls[SENT] <= 2
    assert not owed(moorland, INVITE)
