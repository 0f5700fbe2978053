"""The start of a call: each human gate both ways; a machine's word stops one iPad at most."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.application import ContactConfirmed
from agent.domain.call import State, debts
from agent.domain.check import Category, Severity, Verdict
from agent.domain.contacts import COLUMNS
from agent.domain.in_call import Dropped, Precall, Reviewed, Started
from agent.domain.problems import Problem
from agent.domain.second_look import SecondLook
from agent.errors import BadInput, NotAllowed
from agent.schemes import load_scheme
from agent.services.call_book import Booking, move
from agent.services.call_case import How
from agent.services.call_day import missing, today
from agent.services.call_machine import doubted
from agent.services.call_office import Office
from agent.services.calls import Recorded, record
from agent.services.consents import device_named
from agent.services.devices import confirm_not_in_use, report_found, report_lost
from agent.services.people import import_contacts
from agent.services.register import import_register
from agent.services.residents import withdraw
from agent.store.findings import Findings
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from tests.support.calls import (
    CALL_AT,
    CODES,
    COMPACT,
    CONFIRMED,
    INFORMED,
    INFOSEC,
    NUMBER,
    PRECALL,
    STARTED,
    an_office,
    approved,
    asked_for,
    audited,
    authorised,
    by,
    finding,
    prepared,
    ready,
    refusal,
    swept,
)
from tests.support.estates import Clock
from tests.support.registers import as_file, contact_rows, register_rows
from tests.support.stores import NOON

TAMPERED, RECORDS = "device.untampered", "zoom.setting.recording.auto_recording"
DECIDED = How(override_by="S-MDI-GOV", why="minutes are left")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    found = an_office(tmp_path, clock)
    import_contacts(found.store, load_scheme(), as_file(contact_rows(CODES), COLUMNS), INFOSEC)
    yield found
    found.store.close()


@pytest.fixture
def call(office: Office) -> str:
    """All is stated that must be before the start."""
    found = asked_for(office)
    ready(office, found)
    return found


def started(office: Office, call: str, again: SecondLook | None = None) -> Recorded:
    return record(office, call, STARTED, by("SUP"), again=again)


def looked(office: Office, check: str, verdict: Verdict, tag: str = "K10003") -> SecondLook:
    """This was read again of this iPad just now."""
    return SecondLook(tag, office.store.clock(), {check: verdict})


def not_again(check: str) -> str:
    return f"{check} failed before, and could not be read again"


def test_with_all_stated_a_call_starts(office: Office, call: str) -> None:
    swept(office.store)
    assert missing(office, office.found(call)) == ()
    done = started(office, call)
    assert (done.call.state, done.notes) == (State.IN_CALL, ())


def test_with_nothing_stated_every_gap_is_named_at_once(office: Office) -> None:
    found = asked_for(office)
    approved(office, found)
    authorised(office.store, dated=NOON.date(), tags=("K10004",))
    told = refusal(
        office, found, Started(supervisor="S-MDI-SUP", chaplaincy="S-MDI-SUP"), "SUP"
    )
    for gap in (
        "no authorisation under s.40E lists this iPad (C1)", "(P3)",
        "compact (Annex B) not signed (P6)", "the family was not informed (K1)",
        "nobody confirmed that the contact is not a",
        "the family was not telephoned (K7)", "must not be recorded (K8)",
        "appropriate language (K8)", "film nobody else (K8)",
        "no non-contact person is present",
        "the legal text was not read", "(K9)", "the room is not residential (K10)",
        "two different members of staff", "S-MDI-SUP is not of the Chaplaincy (K11)",
        "who admitted the family (K12)", "no REC sign is shown (D4)",
    ):  # fmt: skip
        assert gap in told
    assert len(missing(office, office.found(found))) == 10


@pytest.mark.parametrize(
    ("field", "requirement"),
    [
        ("phoned_by", "K7"), ("told_no_recording", "K8"), ("told_language", "K8"),
        ("told_no_filming", "K8"), ("absence_confirmed", "K8"), ("read_to_acceptor", "K9"),
    ],
)  # fmt: skip
def test_each_part_of_the_telephone_call_is_a_gate(
    office: Office, field: str, requirement: str
) -> None:
    call = asked_for(office)
    prepared(office, call)
    left_out: Any = {field: "" if field == "phoned_by" else False}
    record(office, call, replace(PRECALL, **left_out), by("SUP"))
    told = refusal(office, call, STARTED, "SUP")
    assert told.count("(") == 1
    assert f"({requirement})" in told
    record(office, call, PRECALL, by("SUP"))
    started(office, call)


def test_a_text_that_was_not_read_is_no_text(office: Office) -> None:
    call = asked_for(office)
    prepared(office, call)
    record(office, call, replace(PRECALL, text="", read_by=""), by("SUP"))
    assert "(K9)" in refusal(office, call, STARTED, "SUP")


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"not_residential": False}, "nobody said that the room is not residential (K10)"),
        ({"chaplaincy": "S-MDI-SUP"}, "two different members of staff are needed (K11)"),
        ({"chaplaincy": "S-MDI-SEC"}, "S-MDI-SEC is not of the Chaplaincy (K11)"),
        ({"admitted_by": ""}, "nobody said who admitted the family (K12)"),
        ({"no_rec": False}, "nobody said that no REC sign is shown (D4)"),
        ({"supervisor": "S-LEI-SUP"}, "S-LEI-SUP is no member of staff of MDI (A8)"),
    ],
)
def test_each_word_of_the_start_is_a_gate(
    office: Office, call: str, change: dict[str, Any], gap: str
) -> None:
    assert gap in refusal(office, call, replace(STARTED, **change), "SUP")
    started(office, call)


def test_a_non_contact_person_is_seen_by_nobodys_decision(office: Office, call: str) -> None:
    """No override; only Offender Management's referenced correction."""
    listed = ContactConfirmed(confirmed_by="S-MDI-SEC", non_contact=True)
    record(office, call, listed, by("SPOC"))
    for how in (How(), DECIDED):
        told = refusal(office, call, STARTED, "GOV", how)
        assert told == "cannot start: the contact is a non-contact person (P3)"
    record(office, call, replace(CONFIRMED, correction="OM 9"), by("OMU"))
    started(office, call)


def test_another_contact_is_informed_confirmed_and_telephoned_anew(
    office: Office, call: str
) -> None:
    record(office, call, replace(INFORMED, email="sis@family.example"), by("SPOC"))
    told = refusal(office, call, STARTED, "SUP")
    assert "nobody confirmed that the contact" in told
    assert "(K7)" in told
    record(office, call, CONFIRMED, by("SPOC"))
    record(office, call, PRECALL, by("SUP"))
    started(office, call)


@pytest.mark.parametrize("gate", ["compact", "precall"])
def test_the_governor_does_not_decide_otherwise_about_the_protocols_own_steps(
    office: Office, gate: str
) -> None:
    call = asked_for(office)
    approved(office, call)
    for said in (COMPACT, INFORMED, CONFIRMED, PRECALL):
        if said.step != gate:
            record(office, call, said, by("SPOC"))
    assert "cannot start" in refusal(office, call, STARTED, "GOV", DECIDED)


def test_a_withdrawal_after_the_decision_needs_another_one(
    office: Office, call: str, clock: Clock
) -> None:
    """B2; one that was decided about before the call is not asked about again."""
    clock.now += timedelta(minutes=5)
    withdraw(office, NUMBER, "ADJ 1", by("SEC"))
    assert "withdrawn (B2)" in refusal(office, call, STARTED, "SUP")
    done = record(office, call, STARTED, by("GOV"), DECIDED)
    assert [note for note in done.notes if "(B2)" in note]
    assert today(office, "MDI").tasks == ()  # no machine was overruled


def test_what_machines_do_not_know_never_stops_a_call(office: Office, call: str) -> None:
    """DESIGN 6.3: a warning and a debt."""
    done = started(office, call)
    assert done.notes == ("no sweep has ended: nothing is known of this iPad",)
    assert debts(done.call) == (f"start: {done.notes[0]}",)


def test_old_partial_unknown_and_failing_machines_leave_debts(
    office: Office, call: str, clock: Clock
) -> None:
    unknown = [finding(f"check.{n}", Verdict.UNKNOWN) for n in (1, 2)]
    swept(office.store, finding(TAMPERED), *unknown, gaps=("Zoom: away",))
    clock.now += timedelta(hours=37)
    rows = register_rows(CODES)
    rows[2] |= {"establishment": "BXI", "local_id": "BXIBT001"}
    import_register(office.store, load_scheme(), as_file(rows), INFOSEC)
    assert started(office, call).notes == (
        "the last sweep began on 2026-11-20",
        "the last sweep could not read everything",
        "device.untampered: wrong",
        "2 checks of this iPad have no answer",
        not_again(TAMPERED),
        "the register has this iPad at another establishment (A8)",
        "authorisation: it lists K10003, which is not here (C2)",
        "it started after its time",
    )


def test_what_nobody_looked_at_on_the_ipad_is_a_debt(office: Office, call: str) -> None:
    """K5, K6, K12."""
    swept(office.store)
    bare = replace(PRECALL, signed_in=False, camera=False, microphone=False)
    record(office, call, bare, by("SUP"))
    done = record(office, call, replace(STARTED, name_matches=False), by("SUP"))
    assert done.notes == (
        "the name shown differs (K12)",
        "nobody checked that the iPad is signed in to Zoom (K5)",
        "nobody checked the camera (K6)",
        "nobody checked the microphone (K6)",
    )


@pytest.mark.parametrize(
    ("check", "gap"),
    [
        (TAMPERED, "the MDM calls it tampered with (E5)"),
        (RECORDS, "Zoom records its meetings by itself (D4)"),
        ("device.an-ipad", "the device with its serial is another one (A8)"),
        ("device.serial", "the MDM has another serial under its name or account (A8)"),
    ],
)
def test_what_fails_again_when_it_is_read_again_stops_this_ipad_and_offers_the_other(
    office: Office, call: str, clock: Clock, check: str, gap: str
) -> None:
    """However long ago the sweep was that failed first: bad news does not go stale."""
    swept(office.store, finding(check))
    clock.now += timedelta(hours=9)
    doubt = doubted(office, call)
    assert doubt is not None
    assert (doubt.asset.tag, doubt.checks) == ("K10003", (check,))
    assert missing(office, office.found(call)) == (
        f"{gap}: it is read again when the call starts",
    )
    with pytest.raises(NotAllowed) as refused:
        started(office, call, looked(office, check, Verdict.FAIL))
    assert str(refused.value) == f"cannot start: {gap}"
    assert refused.value.hint == (
        f"Use MDIBT002: callsteward call move {call}. Record what is missing, or the Governor"
        " or Deputy Governor decides otherwise."
    )
    other = Booking(
        device=device_named(office.store, "MDIBT002"), at=CALL_AT,
        until=CALL_AT + timedelta(hours=1), room="Chapel office",
    )  # fmt: skip
    move(office, call, other, by("SPOC"))
    assert doubted(office, call) is None
    assert started(office, call).call.device == "K10004"


def test_what_never_failed_or_is_not_on_the_short_list_is_not_even_read_again(
    office: Office, call: str
) -> None:
    swept(office.store, finding(TAMPERED, Verdict.UNKNOWN), finding("device.compliant"))
    assert doubted(office, call) is None
    failed = looked(office, TAMPERED, Verdict.FAIL)
    notes = started(office, call, failed).notes
    assert "device.compliant: wrong" in notes
    assert not [note for note in notes if "again" in note]


def test_what_does_not_fail_again_starts_with_a_note(office: Office, call: str) -> None:
    swept(office.store, finding(TAMPERED))
    assert started(office, call, looked(office, TAMPERED, Verdict.PASS)).notes == (
        "device.untampered: wrong",
        "device.untampered failed before, and not when it was read again",
    )


@pytest.mark.parametrize("what", ["nothing", "unknown", "another iPad", "another check", "old"])
def test_what_could_not_be_read_again_never_stops_a_call(
    office: Office, call: str, clock: Clock, what: str
) -> None:
    """DESIGN 6.2: read within 15 minutes, and at the refusal; UNKNOWN stops nothing."""
    swept(office.store, finding(TAMPERED))
    old = looked(office, TAMPERED, Verdict.FAIL)
    clock.now += timedelta(minutes=15)
    assert "tampered" in refusal_of(office, call, old)
    clock.now += timedelta(seconds=1)
    again = {
        "nothing": None,
        "unknown": looked(office, TAMPERED, Verdict.UNKNOWN),
        "another iPad": looked(office, TAMPERED, Verdict.FAIL, "K10004"),
        "another check": looked(office, RECORDS, Verdict.FAIL),
        "old": old,
    }[what]
    assert not_again(TAMPERED) in started(office, call, again).notes


def test_a_finding_that_stands_is_doubted_though_the_last_sweep_could_not_say(
    office: Office, call: str
) -> None:
    """Not knowing clears nothing."""
    with office.store.begin() as tx:
        wrong = Problem(
            type=TAMPERED, subject="K10003", establishment="MDI", reason="tampered",
            because="", value="", category=Category.LOSS, severity=Severity.HIGH,
        )  # fmt: skip
        Findings(tx).add("2026-11-19", wrong, Incidents(tx).raise_for(wrong).id)
    swept(office.store, finding(TAMPERED, Verdict.UNKNOWN))
    assert "tampered" in refusal_of(office, call, looked(office, TAMPERED, Verdict.FAIL))


def refusal_of(office: Office, call: str, again: SecondLook) -> str:
    with pytest.raises(NotAllowed) as refused:
        started(office, call, again)
    return str(refused.value)


def test_what_people_report_needs_no_second_look(office: Office, call: str) -> None:
    report_lost(office, device_named(office.store, "MDIBT001"), by("SUP"))
    assert doubted(office, call) is None
    assert "reported lost" in refusal(office, call, STARTED, "SUP")


def test_the_governor_decides_in_one_step_and_is_reviewed(
    office: Office, call: str, clock: Clock
) -> None:
    """DESIGN 6.2: who, when, reason, facts; Security and Infosec are told; review in 24 h."""
    swept(office.store, finding(TAMPERED))
    again = looked(office, TAMPERED, Verdict.FAIL)
    assert "cannot start" in refusal_of(office, call, again)
    done = record(office, call, STARTED, by("DUTY"), DECIDED, again)
    assert done.entry.said["override_by"] == "S-MDI-GOV"
    assert done.entry.said["overridden"] == ["the MDM calls it tampered with (E5)"]
    [review] = today(office, "MDI").tasks
    assert (review.kind, review.due) == ("review-override", NOON + timedelta(hours=24))
    with office.store.read() as tx:
        [incident] = Incidents(tx).open()
        told = {one.subject.split("/")[2] for one in Ledger(tx).open("mail")}
    assert (incident.type, incident.subject) == ("call.override", "K10003")
    assert told == {"security.MDI", "infosec", "provider-management"}
    said = Reviewed(decided_by="S-MDI-GOV")
    assert "not decided by" in refusal(office, call, Reviewed(decided_by="S-MDI-SEC"), "SEC")
    record(office, call, said, by("GOV"))
    assert today(office, "MDI").tasks == ()
    with office.store.read() as tx:
        assert [one.cleared_at for one in Incidents(tx).open()] == [NOON]


def test_a_call_that_starts_again_on_a_decision_is_reviewed_again(
    office: Office, call: str, clock: Clock
) -> None:
    report_lost(office, device_named(office.store, "MDIBT001"), by("SUP"))
    for _ in range(2):
        record(office, call, STARTED, by("DUTY"), DECIDED)
        [owed] = today(office, "MDI").tasks
        assert owed.kind == "review-override"
        record(office, call, Reviewed(decided_by="S-MDI-GOV"), by("GOV"))
        assert today(office, "MDI").tasks == ()
        clock.now += timedelta(minutes=2)
        record(office, call, Dropped(), by("SUP"))


def test_a_wrong_contact_found_while_a_call_is_interrupted_is_replaced(
    office: Office, call: str
) -> None:
    started(office, call)
    record(office, call, Dropped(), by("SUP"))
    record(office, call, replace(INFORMED, email="sis@family.example"), by("SPOC"))
    assert "(P3)" in refusal(office, call, STARTED, "SUP")
    record(office, call, CONFIRMED, by("SPOC"))
    record(office, call, PRECALL, by("SUP"))
    started(office, call)


def test_a_lost_ipad_is_told_of_at_once_and_stops_until_it_is_found(
    office: Office, call: str
) -> None:
    """E5."""
    asset = device_named(office.store, "MDIBT001")
    with pytest.raises(NotAllowed, match="no member of staff of MDI"):
        report_lost(office, asset, by("SPOC", "LEI"))
    assert not report_found(office, asset, by("SPOC"))
    assert [report_lost(office, asset, by("SUP")) for _ in range(2)] == [True, False]
    with office.store.read() as tx:
        told = {one.subject.split("/")[2] for one in Ledger(tx).open("mail")}
    assert told == {
        "security.MDI", "infosec", "provider-management", "regional-silver.North West",
    }  # fmt: skip
    assert [one.lost for one in today(office, "MDI").ipads] == [True, False]
    assert "reported lost on 20 Nov 12:00 (E5)" in refusal(office, call, STARTED, "SUP")
    assert report_found(office, asset, INFOSEC)
    with office.store.read() as tx:
        assert [one.cleared_at for one in Incidents(tx).open()] == [NOON]
    started(office, call)


def test_that_a_lost_ipad_is_not_in_use_two_people_of_the_place_say(office: Office) -> None:
    """E5: and only of one that is lost, and once."""
    asset = device_named(office.store, "MDIBT001")
    sup, chap = by("SUP"), by("CHAP")
    with pytest.raises(NotAllowed, match=r"MDIBT001 is not reported lost \(E5\)"):
        confirm_not_in_use(office, asset, sup, chap)
    report_lost(office, asset, sup)
    with pytest.raises(NotAllowed, match=r"two different people .* \(E5\)"):
        confirm_not_in_use(office, asset, sup, sup)
    for pair in ((sup, by("SPOC", "LEI")), (by("SPOC", "LEI"), sup)):
        with pytest.raises(NotAllowed, match="no member of staff of MDI"):
            confirm_not_in_use(office, asset, *pair)
    assert [confirm_not_in_use(office, asset, sup, chap) for _ in range(2)] == [True, False]
    [row] = [one for one in audited(office.store) if one["what"] == "DEVICE_NOT_IN_USE"]
    assert (row["who"], row["subjectId"]) == ("S-MDI-SUP", asset.tag)
    assert '"seen_by": "S-MDI-CHAP"' in json.dumps(row)
    report_found(office, asset, sup)
    with pytest.raises(NotAllowed, match="not reported lost"):
        confirm_not_in_use(office, asset, sup, chap)


def test_with_both_ipads_stopped_only_the_decision_is_offered(
    office: Office, call: str
) -> None:
    for name in ("MDIBT001", "MDIBT002"):
        report_lost(office, device_named(office.store, name), by("SUP"))
    with pytest.raises(NotAllowed) as refused:
        started(office, call)
    assert "call move" not in refused.value.hint
    assert "decides otherwise" in refused.value.hint


def test_an_override_again_tells_again(office: Office, call: str) -> None:
    asset = device_named(office.store, "MDIBT001")
    report_lost(office, asset, by("SUP"))
    record(office, call, STARTED, by("DUTY"), DECIDED)
    second = asked_for(office, number="B2222CD")
    ready(office, second)
    record(office, second, STARTED, by("DUTY"), DECIDED)
    with office.store.read() as tx:
        found = {one.type: one.revision for one in Incidents(tx).open()}
    assert found == {"device.reported-lost": 1, "call.override": 2}
    assert sum(row["what"] == "INCIDENT_RAISED" for row in audited(office.store)) == 3


def test_a_start_from_paper_is_recorded_with_its_gaps(office: Office, clock: Clock) -> None:
    """DESIGN 6.4: the call went on without us, and is entered later without penalty."""
    call = asked_for(office)
    approved(office, call)
    clock.now += timedelta(hours=6)
    night = How(at=clock.now - timedelta(hours=1), paper_by="S-MDI-SUP")
    done = record(office, call, STARTED, by("SPOC"), night)
    assert done.call.state is State.IN_CALL
    assert "compact (Annex B) not signed (P6)" in done.notes
    assert "start: compact (Annex B) not signed (P6)" in debts(done.call)


def test_what_was_stated_after_the_start_does_not_count_for_it(
    office: Office, call: str, clock: Clock
) -> None:
    """P6: signed before a call is made."""
    early = How(at=NOON - timedelta(minutes=1))
    told = refusal(office, call, STARTED, "SUP", early)
    assert "it was not decided by then (P4)" in told
    assert "compact (Annex B) not signed (P6)" in told


def test_what_a_precall_says_of_its_text_must_be_ours(office: Office) -> None:
    for said in (Precall(text="abc", read_by="S-MDI-SUP"), replace(PRECALL, read_by="")):
        with pytest.raises(BadInput, match="K9"):
            record(office, asked_for(office), said, by("SUP"))
