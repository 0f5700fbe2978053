"""A family member is invited for one call, and gone after it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled, Moved
from agent.domain.contact import State
from agent.domain.contact_words import Invite
from agent.domain.in_call import Dropped
from agent.domain.zoom import LiveMeeting
from agent.errors import BadInput, NotAllowed
from agent.services.call_book import Booking, move
from agent.services.consents import device_named
from agent.store.call_erasure import holds
from agent.store.calls import Calls
from agent.store.legs import Legs
from connectors.sandbox.failures import Failure
from connectors.sandbox.zoom.wire import Refused
from tests.support import calls as said
from tests.support.calls import EMAIL, by
from tests.support.families import LINGER, REMOVED, WITHIN, Family, a_family
from tests.support.incidents import closed, incident_desk

OTHER = "jo.the.second@family.example"
ONLY = frozenset({EMAIL})


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def test_a_contact_is_invited_for_one_call_and_gone_after_it(moorland: Family) -> None:
    call = moorland.prepared()
    assert not moorland.listed()
    moorland.say(call, Invite())
    moorland.settle()
    assert (moorland.state(call), moorland.listed()) == (State.INVITED, ONLY)
    moorland.accepts()
    assert moorland.state(call) is State.ACCEPTED
    moorland.say(call, said.PRECALL, "SUP")
    moorland.say(call, said.STARTED, "SUP")
    moorland.ends(call)
    moorland.settle()
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED
    moorland.later(hours=24)
    assert moorland.state(call) is State.VERIFIED
    assert not moorland.incidents()
    assert EMAIL not in str(moorland.audited())


def test_while_its_meeting_runs_nothing_is_changed(moorland: Family) -> None:
    """DESIGN 6.5: not after its time, and not after an End that was said too early."""
    call = moorland.started()
    moorland.later(hours=8)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    moorland.say(call, said.ENDED, "SUP")
    moorland.later(minutes=5)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    assert not moorland.owed("mail")
    moorland.hang_up()
    moorland.later(seconds=4)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_a_dropped_call_goes_on_in_the_same_window(moorland: Family) -> None:
    call = moorland.started()
    moorland.hang_up()
    moorland.say(call, Dropped(), "SUP")
    moorland.later(minutes=3)
    assert (moorland.state(call), moorland.listed()) == (State.IN_CALL, ONLY)
    moorland.say(call, said.STARTED, "SUP")
    assert len(moorland.windows(call)) == 1


def test_a_call_that_nobody_ended_is_closed_ten_minutes_after_its_time(
    moorland: Family,
) -> None:
    call = moorland.started()
    moorland.hang_up()
    moorland.later(hours=3)
    moorland.later(minutes=LINGER / timedelta(minutes=1) - 1)
    assert moorland.state(call) is State.IN_CALL
    moorland.later(minutes=2)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())


def test_ten_minutes_count_from_the_last_leg_that_was_seen(moorland: Family) -> None:
    """W5, where nobody stated a start, nor an end."""
    call = moorland.invited()
    moorland.later(hours=3, minutes=5)
    with moorland.store.begin() as tx:
        leg = Legs(tx).saw(call, LiveMeeting("81", "u=="), "h", tx.now)
        Legs(tx).ended(leg, tx.now)
    moorland.later(minutes=9)
    assert moorland.state(call) is State.INVITED
    moorland.later(minutes=2)
    assert moorland.state(call) is State.CLOSED


def test_whoever_never_comes_is_not_left_behind(moorland: Family) -> None:
    call = moorland.invited()
    moorland.later(hours=3)
    assert moorland.state(call) is State.INVITED
    moorland.later(minutes=11)
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    assert moorland.windows(call)[-1].reason == "expired"


def test_a_cancelled_call_closes_at_once(moorland: Family) -> None:
    call = moorland.invited()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    assert (moorland.state(call), moorland.listed()) == (State.CLOSED, frozenset())
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED


def test_a_wrong_address_is_replaced_and_the_old_one_is_gone(moorland: Family) -> None:
    call = moorland.invited()
    moorland.say(call, replace(said.INFORMED, email=OTHER))
    moorland.settle()
    assert moorland.listed() == frozenset()
    moorland.say(call, said.CONFIRMED)
    moorland.say(call, Invite())
    moorland.settle()
    assert moorland.listed() == {OTHER}
    first, second = moorland.windows(call)
    assert (first.state, first.reason, second.state) == (
        State.CLOSED, "replaced", State.INVITED,
    )  # fmt: skip


def test_the_same_contact_told_anew_keeps_its_window(moorland: Family) -> None:
    call = moorland.invited()
    moorland.say(call, replace(said.INFORMED, phone="07700 900124"))
    moorland.settle()
    assert (len(moorland.windows(call)), moorland.state(call)) == (1, State.INVITED)


def on_the_other(moorland: Family) -> Booking:
    at = moorland.clock.now + timedelta(hours=2)
    return Booking(
        device=device_named(moorland.store, "MDIBT002"),
        at=at,
        until=at + timedelta(hours=1),
        room="Chapel office",
    )


def test_another_ipad_is_another_window(moorland: Family) -> None:
    call = moorland.invited()
    move(moorland.office, call, on_the_other(moorland), said.by("SPOC"))
    moorland.settle()
    assert not moorland.listed()
    moorland.say(call, Invite())
    moorland.settle()
    assert moorland.listed("MDIBT002") == {EMAIL}
    assert [one.reason for one in moorland.windows(call)] == ["moved", ""]


def test_who_is_invited_at_once_after_a_move_is_invited_to_the_other_ipad(
    moorland: Family,
) -> None:
    """The end of the old window is asked for, and nobody has had time to close it."""
    call = moorland.invited()
    move(moorland.office, call, on_the_other(moorland), said.by("SPOC"))
    moorland.say(call, Invite())
    moorland.settle()
    moorland.later(seconds=10)
    first, second = moorland.windows(call)
    assert (first.state, second.state) == (State.CLOSED, State.INVITED)
    assert second.device == moorland.named("MDIBT002").asset_tag
    assert not moorland.listed("MDIBT001")
    assert moorland.listed("MDIBT002") == {EMAIL}


@pytest.mark.parametrize("hours", [1, 5])
def test_another_time_is_the_same_window_with_another_end(moorland: Family, hours: int) -> None:
    call = moorland.invited()
    at = moorland.clock.now + timedelta(hours=hours)
    same = Moved(
        device=moorland.windows(call)[0].device,
        at=at.isoformat(),
        until=(at + timedelta(hours=1)).isoformat(),
        room="Chapel office",
    )
    moorland.say(call, same)
    moorland.later(hours=hours + 1, minutes=9)
    assert moorland.state(call) is State.INVITED
    moorland.later(minutes=2)
    assert moorland.state(call) is State.CLOSED


def test_two_spocs_at_once_and_a_double_click_are_one_window(moorland: Family) -> None:
    call = moorland.prepared()
    assert moorland.say(call, Invite()).new
    assert not moorland.say(call, Invite()).new
    moorland.clock.now += timedelta(minutes=2)
    with pytest.raises(NotAllowed, match="being opened already"):
        moorland.say(call, Invite(), "SUP")
    moorland.settle()
    assert len(moorland.windows(call)) == 1


def test_it_is_sent_again_when_asked_and_not_more_often_without_a_reason(
    moorland: Family,
) -> None:
    """K3, journey 5.1: resent at most twice, unless the SPOC says why."""
    call = moorland.invited()
    for _ in range(2):
        moorland.clock.now += timedelta(minutes=2)
        moorland.say(call, Invite())
        moorland.settle()
    assert moorland.windows(call)[0].sent == 3
    moorland.clock.now += timedelta(minutes=2)
    with pytest.raises(NotAllowed, match="sent 3 times"):
        moorland.say(call, Invite())
    moorland.say(call, Invite(despite="she lost the mail"))
    moorland.settle()
    assert moorland.windows(call)[0].sent == 4


def test_more_windows_than_is_usual_on_one_ipad_need_a_reason(moorland: Family) -> None:
    many = said.RULES.windows_a_day
    for number in range(many):
        call = moorland.invited(number=f"A{1000 + number}BC")
        moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    call = moorland.prepared(number="A2000BC")
    with pytest.raises(NotAllowed, match="were invited on this iPad today"):
        moorland.say(call, Invite())
    moorland.say(call, Invite(despite="a busy day"))


def test_two_calls_on_one_ipad_are_both_reached(moorland: Family) -> None:
    """And the end of the first closes nothing of the second."""
    first = moorland.invited()
    moorland.invited(number="A2222BC", email=OTHER)
    assert moorland.listed() == {EMAIL, OTHER}
    moorland.say(first, Cancelled(reason="not-needed"))
    moorland.settle()
    assert moorland.listed() == {OTHER}


def test_an_end_waits_while_the_next_call_runs_on_the_same_ipad(moorland: Family) -> None:
    first = moorland.invited()
    second = moorland.invited(number="A2222BC", email=OTHER)
    moorland.say(second, said.PRECALL, "SUP")
    moorland.say(second, said.STARTED, "SUP")
    moorland.zoom.meetings.start(moorland.user(), "the second", moorland.clock.now)
    moorland.say(first, Cancelled(reason="not-needed"))
    moorland.later(minutes=3)
    assert (moorland.state(first), moorland.listed()) == (State.INVITED, ONLY | {OTHER})
    moorland.ends(second)
    moorland.later(seconds=4)
    assert moorland.listed() == frozenset()


def test_where_the_agent_can_invite_nobody_it_says_so_and_names_the_card(
    moorland: Family,
) -> None:
    """DESIGN 6.4: the call is made all the same."""
    call = moorland.prepared()
    moorland.office = replace(moorland.office, invites=False)
    with pytest.raises(NotAllowed, match=r"no app that acts in Zoom.*callsteward call card"):
        moorland.say(call, Invite())
    assert not moorland.windows(call)
    moorland.say(call, said.PRECALL, "SUP")
    moorland.say(call, said.STARTED, "SUP")


# removal


def test_a_removal_is_attested_by_two_and_of_every_place(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    with pytest.raises(NotAllowed, match="two different people"):
        moorland.say(call, replace(REMOVED, seen_by="S-MDI-SUP"))
    with pytest.raises(BadInput, match="mailbox"):
        moorland.say(call, replace(REMOVED, mailbox=False))
    assert moorland.state(call) is State.CLOSED


def test_nothing_is_attested_before_a_window_closes(moorland: Family) -> None:
    call = moorland.started()
    with pytest.raises(NotAllowed, match="nothing is to be removed"):
        moorland.say(call, REMOVED)


def test_staff_may_attest_while_zoom_is_away(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.fails(Failure("zoom.groupSettings", 503))
    moorland.later(seconds=4)
    assert moorland.state(call) is State.CLOSING
    moorland.attested(call)
    moorland.fails()
    moorland.later(seconds=4)
    assert moorland.state(call) is State.VERIFIED


def test_a_removal_that_nobody_attests_is_an_incident(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    moorland.later(minutes=WITHIN / timedelta(minutes=1) + 1)
    assert [one.type for one in moorland.incidents()] == ["contact.not-removed"]
    assert moorland.told()
    moorland.later(hours=3)
    assert not moorland.told()
    moorland.attested(call)
    moorland.settle()
    assert not moorland.standing()


def test_a_removal_that_is_still_owed_opens_again_what_somebody_closed(
    moorland: Family,
) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    moorland.later(minutes=WITHIN / timedelta(minutes=1) + 1)
    [incident] = moorland.incidents()
    closed(incident_desk(moorland.store), incident.id, by("SEC"), by("GOV"))
    moorland.told()
    moorland.later(hours=1)
    assert [(i.id, i.revision) for i in moorland.incidents()] == [(incident.id, 2)]
    assert moorland.told()


def test_a_contact_that_was_attested_and_is_there_is_an_incident(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    moorland.say(call, REMOVED)
    moorland.settle()
    assert moorland.state(call) is State.CLOSED
    assert [one.type for one in moorland.incidents()] == ["contact.left"]
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED
    assert not moorland.standing()
    assert [one.type for one in moorland.incidents()] == ["contact.left"]  # people close it


def test_a_contact_that_comes_back_is_found_the_next_night(moorland: Family) -> None:
    call = moorland.started()
    moorland.ends(call)
    moorland.settle()
    moorland.attested(call)
    moorland.settle()
    moorland.zoom.contacts.come_back(moorland.user(), EMAIL, moorland.clock.now)
    moorland.later(hours=24)
    assert moorland.state(call) is State.CLOSED
    assert "contact.left" in [one.type for one in moorland.incidents()]


def test_without_a_consent_it_ends_not_verified_and_never_green(tmp_path: Path) -> None:
    moorland = a_family(tmp_path, consents=False)
    call = moorland.invited()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    moorland.say(call, REMOVED)
    moorland.settle()
    assert moorland.state(call) is State.NOT_VERIFIED
    moorland.later(hours=24)
    assert moorland.state(call) is State.NOT_VERIFIED


def test_a_call_is_not_erased_before_it_was_looked_whether_its_contact_is_gone(
    moorland: Family,
) -> None:
    call = moorland.invited()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    with moorland.store.read() as tx:
        assert "its contact window is closed" in holds(tx, Calls(tx).get(call))
    moorland.attested(call)
    moorland.settle()
    with moorland.store.read() as tx:
        assert holds(tx, Calls(tx).get(call)) == ()


# one-off meetings


def test_a_meeting_for_one_call_leaves_nothing_to_remove_by_zoom(moorland: Family) -> None:
    call = moorland.prepared()
    moorland.say(call, Invite(mode="meeting"))
    moorland.settle()
    window = moorland.windows(call)[0]
    assert window.state is State.INVITED
    assert moorland.zoom.meetings.arranged(window.meeting)[1]["topic"] == window.id
    assert not moorland.listed()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    assert moorland.state(call) is State.CLOSED
    with pytest.raises(Exception, match="does not exist"):
        moorland.zoom.meetings.arranged(window.meeting)
    moorland.attested(call)
    moorland.settle()
    assert moorland.state(call) is State.VERIFIED


# what Zoom does not tell


def test_who_is_to_be_reached_is_added_also_where_nobody_can_tell_whether_a_meeting_runs(
    moorland: Family,
) -> None:
    """A last call is never lost to a machine's doubt; and nothing closes in doubt."""
    first = moorland.invited()
    moorland.say(first, Cancelled(reason="not-needed"))
    moorland.fails(
        Failure("zoom.presence", 503),
        Failure("zoom.meetings", 503),
        Failure("zoom.dashboard", 503),
    )
    call = moorland.prepared(number="A2222BC", email=OTHER)
    moorland.say(call, Invite())
    moorland.later(seconds=4)
    moorland.later(seconds=4)
    assert moorland.listed() == {EMAIL, OTHER}
    assert (moorland.state(first), moorland.state(call)) == (State.INVITED, State.INVITED)
    moorland.fails()
    moorland.later(seconds=4)
    assert moorland.listed() == {OTHER}


def test_a_meeting_that_is_hinted_at_and_cannot_be_read_is_no_doubt(moorland: Family) -> None:
    """DESIGN 6.5: the iPad's user is shown as in a meeting, so nothing is changed."""
    moorland.started()
    moorland.fails(
        *(Failure(endpoint, 503) for endpoint in ("zoom.meetings", "zoom.dashboard"))
    )
    other = moorland.prepared(number="A2222BC", email=OTHER)
    moorland.say(other, Invite())
    moorland.later(seconds=4)
    assert (moorland.state(other), moorland.listed()) == (State.REQUESTED, ONLY)
    moorland.fails()
    moorland.hang_up()
    moorland.later(seconds=4)
    assert moorland.listed() == ONLY | {OTHER}  # now it was read that none runs


def test_the_sweep_expects_who_is_invited_and_nobody_else(moorland: Family) -> None:
    call = moorland.invited()
    moorland.accepts()
    at = moorland.clock.now.replace(hour=1) + timedelta(days=1)
    same = Moved(
        device=moorland.windows(call)[0].device,
        at=at.isoformat(),
        until=(at + timedelta(hours=3)).isoformat(),
        room="Chapel office",
    )
    moorland.say(call, same)
    tag = moorland.named("MDIBT001").asset_tag
    moorland.night()
    assert {"zoom.no-contacts", "zoom.allow-lists"} <= moorland.passes(tag)
    moorland.zoom.contacts.come_back(moorland.user(), OTHER, moorland.clock.now)
    moorland.nights(1, first=moorland.clock.now.date() + timedelta(days=1))
    assert "zoom.no-contacts" not in moorland.passes(tag, moorland.clock.now.date())


def test_nothing_is_verified_while_a_list_holds_an_address_again(moorland: Family) -> None:
    """A request that landed late, or a hand in Zoom's portal."""
    call = moorland.started()
    moorland.ends(call)
    moorland.later(seconds=30)
    moorland.attested(call)
    moorland.ports.control.set_allowed(
        moorland.named("MDIBT001").zoom_group, frozenset({EMAIL})
    )
    moorland.settle()
    assert moorland.state(call) is State.ATTESTED
    assert not moorland.listed()
    moorland.later(minutes=1)
    assert moorland.state(call) is State.VERIFIED


@pytest.mark.parametrize("opened", [True, False])
def test_another_address_has_a_window_of_its_own_before_the_wrong_one_is_closed(
    moorland: Family, opened: bool
) -> None:
    call = moorland.invited() if opened else moorland.prepared()
    if not opened:
        moorland.say(call, Invite())
    moorland.say(call, replace(said.INFORMED, email=OTHER))
    moorland.say(call, said.CONFIRMED)
    moorland.say(call, Invite())
    wrong, right = moorland.windows(call)
    assert (wrong.reason, right.reason) == ("replaced", "")
    assert wrong.contact != right.contact
    moorland.later(seconds=3)
    assert moorland.listed() == {OTHER}
    assert [one.state for one in moorland.windows(call)] == [State.CLOSED, State.INVITED]


def test_the_meeting_of_a_call_that_is_over_is_left_while_another_call_runs(
    moorland: Family,
) -> None:
    call = moorland.prepared()
    moorland.say(call, Invite(mode="meeting"))
    moorland.settle()
    moorland.say(call, said.PRECALL, "SUP")
    moorland.say(call, said.STARTED, "SUP")
    number = moorland.windows(call)[0].meeting
    moorland.core.failures = [Failure("zoom.deleteMeeting", 503)]
    moorland.say(call, said.ENDED, "SUP")
    moorland.settle()
    moorland.zoom.meetings.start(moorland.user(), "another call", moorland.clock.now)
    moorland.core.failures = []
    moorland.later(minutes=1)
    assert moorland.zoom.meetings.arranged(number)
    assert moorland.state(call) is State.CLOSING
    moorland.hang_up()
    moorland.later(minutes=1)
    assert moorland.state(call) is State.CLOSED
    with pytest.raises(Refused):
        moorland.zoom.meetings.arranged(number)
