"""A call that runs: legs, staff, concerns, its end, the IR and the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.call import State, debts, legs
from agent.domain.in_call import (
    Closed,
    Concern,
    Dropped,
    Ended,
    Reported,
    StaffChanged,
    Started,
)
from agent.errors import BadInput, NotAllowed
from agent.services.call_case import How
from agent.services.call_day import show
from agent.services.call_erasure import erase
from agent.services.call_log import log
from agent.services.call_office import Office
from agent.services.calls import record
from tests.support.calls import (
    EMAIL,
    ENDED,
    NAME,
    STARTED,
    TEXT,
    an_office,
    asked_for,
    audited,
    by,
    ready,
    refusal,
    swept,
)
from tests.support.estates import Clock
from tests.support.stores import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    found = an_office(tmp_path, clock)
    swept(found.store)
    yield found
    found.store.close()


@pytest.fixture
def call(office: Office) -> str:
    """It runs since noon."""
    found = asked_for(office)
    ready(office, found)
    record(office, found, STARTED, by("SUP"))
    return found


def test_a_dropped_call_starts_again_two_legs_one_log(
    office: Office, call: str, clock: Clock
) -> None:
    clock.now += 10 * MINUTE
    record(office, call, Dropped(), by("SUP"))
    assert "it is interrupted" in refusal(office, call, Dropped(), "SUP", How(at=clock.now))
    clock.now += 2 * MINUTE
    again = record(office, call, STARTED, by("SUP"))
    assert (again.new, again.call.state) == (True, State.IN_CALL)
    assert not record(office, call, STARTED, by("SUP")).new  # a double click is no third leg
    clock.now += 5 * MINUTE
    done = record(office, call, ENDED, by("SUP"))
    assert not record(office, call, ENDED, by("SPOC")).new
    assert legs(done.call) == [
        (NOON, NOON + 10 * MINUTE), (NOON + 12 * MINUTE, NOON + 17 * MINUTE),
    ]  # fmt: skip
    found = log(office, call, by("SPOC"))
    assert (found.duration, found.name, found.email) == (15 * MINUTE, NAME, EMAIL)
    assert (found.staff, found.text) == (("S-MDI-SUP", "S-MDI-CHAP"), TEXT.version)
    assert audited(office.store)[-1]["what"] == "PERSONAL_DATA_READ"


def test_a_call_that_is_ended_while_it_is_interrupted_ran_until_it_dropped(
    office: Office, call: str, clock: Clock
) -> None:
    clock.now += MINUTE
    record(office, call, Dropped(), by("SUP"))
    clock.now += MINUTE
    done = record(office, call, replace(ENDED, reason="technical"), by("SUP"))
    assert legs(done.call) == [(NOON, NOON + MINUTE)]


def test_a_call_that_runs_has_no_end_and_no_duration_yet(office: Office, call: str) -> None:
    found = log(office, call, by("SPOC"))
    assert found.legs == ((NOON, None),)
    assert (found.duration, found.ended, found.ir) == (timedelta(0), "", "")


def test_who_takes_over_is_two_different_people_of_the_right_kind(
    office: Office, call: str
) -> None:
    """K11."""
    same = StaffChanged(supervisor="S-MDI-CHAP", chaplaincy="S-MDI-CHAP")
    assert "two different" in refusal(office, call, same, "SUP")
    other = StaffChanged(supervisor="S-MDI-SEC", chaplaincy="S-MDI-CHAP")
    record(office, call, other, by("SUP"))
    done = record(office, call, ENDED, by("SUP"))
    assert done.notes == ("S-MDI-SEC did not attest to have been there throughout (K11)",)
    assert log(office, call, by("SPOC")).staff == ("S-MDI-SEC", "S-MDI-CHAP")
    with pytest.raises(BadInput, match="K11"):
        record(office, call, Started(supervisor="S-MDI-SUP"), by("SUP"))


def test_a_concern_owes_an_ir_and_the_log_is_not_closed_without_it(
    office: Office, call: str, clock: Clock
) -> None:
    """D2, D8."""
    record(office, call, Concern(kind="recording"), by("SUP"))
    record(office, call, replace(ENDED, reason="concern"), by("SUP"))
    [owed] = show(office, call)[2]
    assert (owed.kind, owed.owner) == ("ir", "security")
    assert refusal(office, call, Closed(), "SPOC") == (
        "cannot close: a security issue without the number of its IR (D8)"
    )
    record(office, call, Reported(reference="IR 4711"), by("SEC"))
    [done] = show(office, call)[2]
    assert (done.done_by, done.reference) == ("S-MDI-SEC", "IR 4711")
    assert record(office, call, Closed(), by("SPOC")).call.state is State.CLOSED
    found = log(office, call, by("SPOC"))
    assert (found.concerns, found.security_issue, found.ir) == (("recording",), True, "IR 4711")
    erase(office, call, by("SPOC"), by("CHAP"))
    with pytest.raises(NotAllowed, match="was erased"):
        log(office, call, by("SPOC"))


def test_an_issue_told_at_the_end_owes_an_ir_too_and_an_ir_before_the_end_settles_it(
    office: Office, call: str
) -> None:
    record(office, call, Reported(reference="IR 1"), by("SEC"))
    record(office, call, replace(ENDED, security_issue=True), by("SUP"))
    assert show(office, call)[2] == ()
    record(office, call, Closed(), by("SPOC"))


def test_a_call_without_an_issue_is_closed_without_an_ir(office: Office, call: str) -> None:
    done = record(office, call, ENDED, by("SUP"))
    assert done.notes == ()
    record(office, call, Closed(), by("SPOC"))


def test_going_on_after_a_concern_records_who_and_is_a_debt(office: Office, call: str) -> None:
    """D3: the call is not ended by us."""
    on = Concern(kind="behaviour", going_on="S-MDI-SUP", why="a word was enough")
    done = record(office, call, on, by("SUP"))
    assert done.call.state is State.IN_CALL
    assert debts(done.call) == ("concern: S-MDI-SUP went on after a concern (D3)",)
    with pytest.raises(BadInput, match="who goes on, and why"):
        record(office, call, replace(on, why=""), by("SUP"))


def test_a_concern_twice_in_a_minute_is_a_double_click_and_later_another_one(
    office: Office, call: str, clock: Clock
) -> None:
    said = Concern(kind="security")
    for pause, new in ((0, True), (59, False), (1, True)):
        clock.now += timedelta(seconds=pause)
        assert record(office, call, said, by("SUP")).new is new
    assert len(office.found(call).of("concern")) == 2


def test_nobody_who_was_there_attests_and_the_call_ends_all_the_same(
    office: Office, call: str
) -> None:
    done = record(office, call, Ended(reason="technical"), by("SUP"))
    assert done.call.state is State.ENDED
    assert len(done.notes) == 2
    assert "it is ended" in refusal(office, call, Dropped(), "SUP")


def test_an_act_before_one_that_is_recorded_is_refused(office: Office, call: str) -> None:
    with pytest.raises(BadInput, match="before start, which is recorded"):
        record(office, call, ENDED, by("SUP"), How(at=NOON - MINUTE))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Concern(kind="boredom"), "a concern is one of"),
        (Ended(reason="tea"), "the reason is one of"),
        (Reported(), "the number of the IR"),
    ],
)
def test_a_statement_that_is_not_usable_says_what_is_wrong(
    office: Office, call: str, said: Concern | Ended | Reported, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        record(office, call, said, by("SUP"))
