"""A call from the application to the confirmed contact: gates both ways, once, and audited."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.application import (
    Asked,
    Cancelled,
    Comment,
    Compact,
    ContactConfirmed,
    Decision,
    DecisionConfirmed,
    Expired,
)
from agent.domain.call import OVER, State, comments, debts
from agent.domain.people import at_the_command_line
from agent.errors import BadInput, NotAllowed
from agent.services.authorisations import standings
from agent.services.call_book import Booking, ask, move
from agent.services.call_case import How
from agent.services.call_day import show, today
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named
from agent.services.residents import reinstate, withdraw
from agent.store.calls import Calls
from tests.support.calls import (
    CALL_AT,
    COMPACT,
    CONFIRMED,
    GRANTED,
    INFORMED,
    INFOSEC,
    NUMBER,
    an_office,
    approved,
    asked_for,
    audited,
    authorised,
    by,
    commented,
    prepared,
    refusal,
)
from tests.support.estates import Clock
from tests.support.stores import NOON


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    found = an_office(tmp_path, clock)
    yield found
    found.store.close()


def booking(office: Office, device: str = "MDIBT001", room: str = "Chapel office") -> Booking:
    return Booking(
        device=device_named(office.store, device), at=CALL_AT,
        until=CALL_AT + timedelta(hours=1), room=room,
    )  # fmt: skip


def test_an_application_becomes_an_approved_call_with_a_confirmed_contact(
    office: Office,
) -> None:
    call = asked_for(office)
    assert call == "C-2026-00001"
    prepared(office, call)
    found = office.found(call)
    assert found.state is State.APPROVED
    assert [one.step for one in found.entries] == [
        "ask", *["comment"] * 4, "approve", "compact", "inform", "confirm-contact",
    ]  # fmt: skip
    assert found.version == 9
    assert debts(found) == ()


def test_the_decision_waits_for_four_comments_and_names_each_that_is_missing(
    office: Office,
) -> None:
    """P2."""
    call = asked_for(office)
    assert refusal(office, call, GRANTED, "GOV") == (
        "cannot approve: Chaplaincy comment not recorded (P2); Security comment not recorded"
        " (P2); Police liaison comment not recorded (P2); Offender supervisor comment not"
        " recorded (P2)"
    )
    commented(office, call)
    record(office, call, GRANTED, by("GOV"))


def test_an_unreachable_department_is_a_comment_and_owes_one_within_24_hours(
    office: Office,
) -> None:
    call = asked_for(office)
    commented(office, call)
    away = Comment(
        department="police-liaison", outcome="unreachable", asked_by="S-MDI-SPOC",
        governor_told=True,
    )  # fmt: skip
    record(office, call, away, by("SPOC"))
    assert comments(office.found(call))["police-liaison"]["outcome"] == "unreachable"
    record(office, call, GRANTED, by("GOV"))
    [owed] = show(office, call)[2]
    assert (owed.owner, owed.due) == ("police-liaison", NOON + timedelta(hours=24))
    late = Comment(department="police-liaison", outcome="no-concern", person="A Officer")
    record(office, call, late, by("SPOC"))
    [done] = show(office, call)[2]
    assert (done.done_at, done.done_by) == (NOON, "S-MDI-SPOC")


@pytest.mark.parametrize("word", ["SPOC", "SEC", "DUTY"])
def test_only_the_governor_or_deputy_decides(office: Office, word: str) -> None:
    """P4."""
    call = asked_for(office)
    commented(office, call)
    said = Decision(granted=True, decided_by=f"S-MDI-{word}")
    assert "not decided by the Governor" in refusal(office, call, said, word)
    said = Decision(granted=False, decided_by=f"S-MDI-{word}")
    assert "not decided by the Governor" in refusal(office, call, said, word)
    deputy = Decision(granted=False, decided_by="S-MDI-DEP")
    assert record(office, call, deputy, by("DEP")).call.state is State.REFUSED


def test_who_asks_cannot_decide(office: Office) -> None:
    asked = ask(office, booking(office), _asked(), by("GOV")).call.id
    commented(office, asked)
    assert "who asks for a call cannot decide" in refusal(office, asked, GRANTED, "GOV")
    record(office, asked, Decision(granted=True, decided_by="S-MDI-DEP"), by("DEP"))


def _asked(resident: str = NUMBER) -> Asked:
    return Asked(reason="dying-relative", resident=resident)


def test_a_decision_is_made_here_or_says_where_it_was_taken_from(office: Office) -> None:
    call = asked_for(office)
    commented(office, call)
    assert "not decided here" in refusal(office, call, GRANTED, "SPOC")
    done = record(office, call, replace(GRANTED, form="VDR 12"), by("SPOC"))
    assert done.entry.said["authorisation"] == "40E-MDI-1"  # P5
    assert done.entry.said["form"] == "VDR 12"


def test_a_decision_by_telephone_is_entered_by_the_duty_governor_and_confirmed(
    office: Office, clock: Clock
) -> None:
    """Q27: and once confirmed, nothing is owed."""
    call = asked_for(office)
    commented(office, call)
    verbal = replace(GRANTED, verbal=True)
    assert "entered by the duty governor" in refusal(office, call, verbal, "SPOC")
    record(office, call, verbal, by("DUTY"))
    [owed] = today(office, "mdi").tasks
    assert (owed.kind, owed.due) == ("confirm-decision", NOON + timedelta(hours=24))
    assert today(office, "MDI").overdue == ()
    clock.now += timedelta(hours=24)
    assert today(office, "MDI").overdue == (owed,)
    other = DecisionConfirmed(confirmed_by="S-MDI-DEP")
    assert "only who decided by telephone" in refusal(office, call, other, "DEP")
    record(office, call, Expired(), by("SPOC"))  # what is owed of it can still be done
    own = DecisionConfirmed(confirmed_by="S-MDI-GOV")
    assert "confirmed by who decided" in refusal(office, call, own, "SPOC")
    record(office, call, own, by("GOV"))
    assert today(office, "MDI").tasks == ()


def test_what_was_decided_in_writing_needs_no_confirmation(office: Office) -> None:
    call = asked_for(office)
    approved(office, call)
    said = DecisionConfirmed(confirmed_by="S-MDI-GOV", form="VDR 12")
    assert "only who decided by telephone" in refusal(office, call, said, "SPOC")


def test_a_withdrawn_resident_has_a_call_only_if_the_governor_decides(office: Office) -> None:
    """B2: with a reason, for ever beside the decision."""
    assert withdraw(office, NUMBER, "ADJ 77", by("SEC"))
    assert not withdraw(office, NUMBER, "ADJ 77", by("SEC"))
    call = asked_for(office)
    commented(office, call)
    assert "the resident's access is withdrawn (B2)" in refusal(office, call, GRANTED, "GOV")
    why = How(override_by="S-MDI-GOV", why="her last days")
    done = record(office, call, GRANTED, by("GOV"), why)
    assert done.notes == ("the resident's access is withdrawn (B2)",)
    assert debts(done.call) == ("approve: the resident's access is withdrawn (B2)",)
    assert done.entry.said["override_by"] == "S-MDI-GOV"
    assert "last days" not in str(done.entry.said)


def test_an_override_is_the_governors_with_a_reason_entered_by_the_duty_governor(
    office: Office,
) -> None:
    withdraw(office, NUMBER, "ADJ 77", by("SEC"))
    call = asked_for(office)
    commented(office, call)
    form = replace(GRANTED, form="VDR 12")
    not_theirs = How(override_by="S-MDI-SEC", why="x")
    assert "only the Governor" in refusal(office, call, form, "SPOC", not_theirs)
    by_spoc = How(override_by="S-MDI-GOV", why="x")
    assert "entered by the duty governor" in refusal(office, call, form, "SPOC", by_spoc)
    with pytest.raises(BadInput, match="nobody said why"):
        record(office, call, form, by("DUTY"), How(override_by="S-MDI-GOV"))
    assert record(office, call, form, by("DUTY"), by_spoc).call.state is State.APPROVED


def test_reinstated_by_the_governor_alone(office: Office) -> None:
    withdraw(office, NUMBER, "ADJ 77", by("SEC"))
    with pytest.raises(NotAllowed, match="only the Governor"):
        reinstate(office, NUMBER, "ADJ 78", by("SEC"))
    assert reinstate(office, NUMBER, "ADJ 78", by("GOV"))
    assert not reinstate(office, NUMBER, "ADJ 78", by("GOV"))
    approved(office, asked_for(office))


@pytest.mark.parametrize(("number", "reference"), [("1234", "ADJ 1"), (NUMBER, "Jo")])
def test_a_number_or_reference_that_is_none_is_refused(
    office: Office, number: str, reference: str
) -> None:
    with pytest.raises(BadInput):
        withdraw(office, number, reference, by("SEC"))
    with pytest.raises(NotAllowed, match="staff of an establishment"):
        withdraw(office, NUMBER, "ADJ 1", INFOSEC)


def test_no_contact_is_set_up_without_an_authorisation_that_lists_the_ipad(
    office: Office,
) -> None:
    """C1."""
    call = asked_for(office)
    approved(office, call)
    authorised(office.store, dated=NOON.date(), tags=("K10004",))
    assert "no authorisation under s.40E lists this iPad (C1)" in refusal(
        office, call, INFORMED, "SPOC"
    )
    assert standings(office.store, "MDI")[0].findings == (
        "it does not list MDIBT001 K10003 (C2)",
    )
    authorised(office.store, dated=NOON.date())
    record(office, call, INFORMED, by("SPOC"))


def test_the_contact_is_told_only_after_the_decision(office: Office) -> None:
    """K1."""
    call = asked_for(office)
    assert refusal(office, call, INFORMED, "SPOC") == "cannot inform: it is requested"


def test_only_offender_management_corrects_that_a_contact_is_non_contact(
    office: Office,
) -> None:
    call = asked_for(office)
    approved(office, call)
    record(office, call, INFORMED, by("SPOC"))
    listed = ContactConfirmed(confirmed_by="S-MDI-SEC", non_contact=True)
    record(office, call, listed, by("SPOC"))
    assert "only Offender Management" in refusal(office, call, CONFIRMED, "SPOC")
    by_security = ContactConfirmed(
        confirmed_by="S-MDI-SEC", non_contact=False, read_back=True, correction="OM 9"
    )
    assert "only Offender Management" in refusal(office, call, by_security, "SPOC")
    record(office, call, replace(CONFIRMED, correction="OM 9"), by("SPOC"))
    record(office, call, replace(INFORMED, email="other@family.example"), by("SPOC"))
    record(office, call, CONFIRMED, by("SPOC"))  # another contact, asked anew


def test_the_same_step_twice_is_one_row(office: Office) -> None:
    """A double click, and two SPOCs who enter the same."""
    call = asked_for(office)
    assert asked_for(office) == call
    approved(office, call)
    for _ in range(2):
        done = record(office, call, COMPACT, by("SPOC"))
    again = record(office, call, COMPACT, by("CHAP"))
    assert (done.new, again.new) == (False, False)
    assert again.entry.by == "S-MDI-SPOC"
    assert not record(office, call, GRANTED, by("GOV")).new
    steps = [one.step for one in office.found(call).entries]
    assert (steps.count("compact"), steps.count("approve")) == (1, 1)
    assert sum(row["what"] == "CALL_COMPACT" for row in audited(office.store)) == 1
    assert len(list(office.keys.folder.glob("*.key"))) == 2  # the call's, and the pseudonyms'


def test_a_statement_that_was_changed_and_changed_back_is_recorded_each_time(
    office: Office,
) -> None:
    call = asked_for(office)
    for language in ("English", "Polish", "English"):
        record(office, call, Compact(explained_by="S-MDI-CHAP", language=language), by("SPOC"))
    assert [one.said["language"] for one in office.found(call).of("compact")] == [
        "English", "Polish", "English",
    ]  # fmt: skip


def test_the_second_of_two_decisions_is_refused_with_the_state(office: Office) -> None:
    call = asked_for(office)
    approved(office, call)
    deputy = Decision(granted=False, decided_by="S-MDI-DEP")
    assert refusal(office, call, deputy, "DEP") == "cannot refuse: it is approved"


def test_who_read_an_older_version_writes_nothing(office: Office) -> None:
    """Two at once: the version of the row decides."""
    call = asked_for(office)
    old = office.found(call)
    record(office, call, COMPACT, by("SPOC"))
    with pytest.raises(NotAllowed, match="somebody else"), office.store.begin() as tx:
        Calls(tx).append(old, replace(old.entries[0], number=2), None, {})
    assert office.found(call).version == 2


def test_who_is_not_of_the_establishment_does_nothing(office: Office) -> None:
    call = asked_for(office)
    for stranger in (by("SPOC", "LEI"), INFOSEC):
        with pytest.raises(NotAllowed, match="no member of staff of MDI"):
            record(office, call, COMPACT, stranger)
    with pytest.raises(BadInput, match="S-NOBODY"):
        record(office, call, COMPACT, at_the_command_line("S-NOBODY", "alex"))
    elsewhere = Compact(explained_by="S-LEI-CHAP")
    assert "S-LEI-CHAP is no member of staff of MDI" in refusal(office, call, elsewhere, "SPOC")


def test_what_comes_from_paper_has_its_own_time_and_writer(
    office: Office, clock: Clock
) -> None:
    call = asked_for(office)
    night = NOON - timedelta(hours=9)
    done = record(office, call, COMPACT, by("SPOC"), How(at=night, paper_by="S-MDI-SUP"))
    assert (done.entry.at, done.entry.entered_at) == (night, NOON)
    assert done.entry.said["paper_by"] == "S-MDI-SUP"
    with pytest.raises(BadInput, match="has not come"):
        record(office, call, COMPACT, by("SPOC"), How(at=NOON + timedelta(minutes=1)))
    with pytest.raises(BadInput, match="S-LEI-SUP"):
        record(office, call, COMPACT, by("SPOC"), How(at=night, paper_by="S-LEI-SUP"))


def test_a_decision_from_paper_keeps_its_gates(office: Office) -> None:
    call = asked_for(office)
    how = How(at=NOON - timedelta(hours=9), paper_by="S-MDI-GOV")
    assert "comment not recorded" in refusal(office, call, GRANTED, "GOV", how)


def test_a_cancelled_call_is_over_and_may_be_asked_for_anew(office: Office) -> None:
    call = asked_for(office)
    record(office, call, Cancelled(reason="resident-declined"), by("SPOC"))
    assert office.found(call).state in OVER
    assert "it is cancelled" in refusal(office, call, COMPACT, "SPOC")
    assert asked_for(office) == "C-2026-00002"


def test_a_transferred_residents_call_is_decided_anew_at_the_new_establishment(
    office: Office,
) -> None:
    """Q25: cancelled here, and an iPad of another establishment cannot take it over."""
    call = asked_for(office)
    approved(office, call)
    with pytest.raises(NotAllowed, match="another establishment"):
        move(office, call, booking(office, "LEIBT001"), by("SPOC"))
    record(office, call, Cancelled(reason="transferred"), by("SPOC"))
    there = ask(office, booking(office, "LEIBT001"), _asked(), by("SPOC", "LEI")).call
    assert (there.state, there.establishment) == (State.REQUESTED, "LEI")
    assert there.resident == office.found(call).resident


def test_a_call_expires_after_its_time_and_comes_back_with_its_decision(
    office: Office, clock: Clock
) -> None:
    call = asked_for(office)
    approved(office, call)
    assert "its time has not passed yet" in refusal(office, call, Expired(), "SPOC")
    clock.now = CALL_AT + timedelta(hours=1)
    record(office, call, Expired(), by("SPOC"))
    later = replace(
        booking(office), at=clock.now + timedelta(hours=1), until=clock.now + timedelta(hours=2)
    )
    assert move(office, call, later, by("SPOC")).call.state is State.APPROVED
    assert office.found(call).at == later.at


def test_a_call_that_came_back_may_expire_again(office: Office, clock: Clock) -> None:
    call = asked_for(office)
    approved(office, call)
    clock.now = CALL_AT + timedelta(hours=1)
    record(office, call, Expired(), by("SPOC"))
    assert not record(office, call, Expired(), by("SPOC")).new
    later = replace(
        booking(office), at=clock.now + timedelta(hours=1), until=clock.now + timedelta(hours=2)
    )
    move(office, call, later, by("SPOC"))
    clock.now = later.until
    assert record(office, call, Expired(), by("SPOC")).call.state is State.EXPIRED


def test_a_call_that_will_not_be_made_owes_nothing(office: Office) -> None:
    call = asked_for(office)
    for department in ("security", "police-liaison"):
        away = Comment(
            department=department, outcome="unreachable", asked_by="S-MDI-SPOC",
            governor_told=True,
        )  # fmt: skip
        record(office, call, away, by("SPOC"))
    assert len(today(office, "MDI").tasks) == 2
    record(office, call, Cancelled(reason="not-needed"), by("SPOC"))
    assert today(office, "MDI").tasks == ()


def test_two_calls_on_one_ipad_at_one_time_are_booked_and_told(office: Office) -> None:
    """A booking is no reason to refuse somebody a last call."""
    first = asked_for(office)
    done = ask(office, booking(office), _asked("B2222CD"), by("SPOC"))
    assert done.notes == (f"{first} is booked on this iPad at that time too",)
    other = move(office, done.call.id, booking(office, "MDIBT002"), by("SPOC"))
    assert other.notes == ()
    assert other.call.device == "K10004"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"room": "B wing"}, "residential"),
        ({"until": CALL_AT}, "up to four hours"),
        ({"until": CALL_AT + timedelta(hours=5)}, "up to four hours"),
        ({"language": ""}, "a word or two"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(
    office: Office, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        ask(office, replace(booking(office), **changes), _asked(), by("SPOC"))  # type: ignore[arg-type]


def test_a_withdrawn_resident_is_told_at_booking(office: Office) -> None:
    withdraw(office, NUMBER, "ADJ 1", by("SEC"))
    done = ask(office, booking(office), _asked(), by("SPOC"))
    assert done.notes == ("the resident's access is withdrawn: the Governor decides (B2)",)


def test_today_has_the_ipads_the_calls_of_the_day_and_what_is_not_over(
    office: Office, clock: Clock
) -> None:
    call = asked_for(office)
    found = today(office, "MDI")
    assert [one.asset.local_id for one in found.ipads] == ["MDIBT001", "MDIBT002"]
    assert (found.swept_at, found.letter) == (None, ())
    assert [one.id for one in found.calls] == [call]
    assert today(office, "MDI", NOON.date() - timedelta(days=1)).calls == ()
    clock.now += timedelta(days=2)
    assert [one.id for one in today(office, "MDI").calls] == [call]
    record(office, call, Cancelled(reason="not-needed"), by("SPOC"))
    assert today(office, "MDI").calls == ()
    with pytest.raises(BadInput, match="no iPad"):
        today(office, "BXI")


def test_a_call_that_is_not_there_is_named(office: Office) -> None:
    with pytest.raises(BadInput, match="no call with this id"):
        record(office, "C-2026-00009", COMPACT, by("SPOC"))
