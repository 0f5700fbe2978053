"""The text that people get: the same bytes on a repeat, and nothing that it must not hold."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.annex_e import QUESTIONS
from agent.domain.authorisation import Authorisation
from agent.domain.authorisation import Letter as Annex
from agent.domain.check import Case, Category, Finding, Rule, Severity, Verdict
from agent.domain.checks import CHECKS, RULES
from agent.domain.checks.letter import LETTER_RULES, of_the_letter
from agent.domain.checks.serial import serial
from agent.domain.checks.tenant import of_the_tenant
from agent.domain.delivery import FAILED, UNDELIVERED, undelivered
from agent.domain.device import (
    App,
    Compliance,
    Device,
    Management,
    Profile,
    ProfileState,
    Tenant,
)
from agent.domain.facts import NEVER, Seen, Unknown
from agent.domain.incident import Incident
from agent.domain.lateness import LATE_AFTER, late
from agent.domain.mail import OPERATIONS, WIDTH, Letter, letter, rendered
from agent.domain.problems import (
    NOT_KNOWN,
    SWEEP_PARTIAL,
    Problem,
    partial,
    platforms,
    problems,
)
from agent.domain.quiet_types import MAINTENANCE_DECLARED
from agent.domain.routes import Place, Recipient, Revision, recipients
from tests.support.cases import (
    BASELINE,
    DAY,
    NOT_TOLD,
    NOW,
    POLICY,
    SINGLE_APP,
    a_device,
    all_unknown,
    an_asset,
    facts_of,
    known,
    verdicts,
)

LETTERS = {rule.name for rule in LETTER_RULES}
PHONE = "0203 334 0324"
MDI = Place(code="MDI", region="North West")
TO = Recipient("establishment", "MDI", "security")
SUBJECT = re.compile(r"INC-2026-\d{5} (LOW|MEDIUM|HIGH)( [A-Z]{3}( K\d+)?)?")


def incident_of(problem: Problem, **changes: object) -> Incident:
    """As the store opens it for a problem."""
    opened = Incident(
        id="INC-2026-00042",
        type=problem.type,
        subject=problem.subject,
        establishment=problem.establishment,
        reason=problem.reason,
        because=problem.because,
        category=problem.category,
        severity=problem.severity,
        revision=1,
        opened_at=NOW,
        changed_at=NOW,
    )
    return replace(opened, **changes)  # type: ignore[arg-type]


def _letter(problem: Problem, to: Recipient = TO, **changes: object) -> Letter:
    incident = incident_of(problem, **changes)
    return letter(incident, to, RULES.get(incident.type), ["MDIBT001"], PHONE)


def _parsed(item: Letter) -> EmailMessage:
    raw = rendered(item, "agent@hq.example", "inbox@hq.example", NOW)
    return message_from_bytes(raw, policy=policy.default)


def _problem(**changes: object) -> Problem:
    (found,) = problems(verdicts(a_device(supervised=known(False))).values(), RULES)
    return replace(found, **changes)  # type: ignore[arg-type]


RULE = Rule(
    name="device.supervised", says="supervised", requirement="A7", question=2,
    category=Category.SECURITY, severity=Severity.HIGH,
    remedy="Leave the iPad in the safe. Ask the region to wipe it and to enrol it again.",
)  # fmt: skip
ORDINARY = """\
Incident INC-2026-00042, severity HIGH

Establishment: MDI
iPad: MDIBT001, asset tag K10001
What is wrong: not supervised (device.supervised)
Since: 22 November 2026 02:30, UK time

What must hold: supervised (A7)
Annex E question 2: No unauthorised devices connected
Please: Leave the iPad in the safe. Ask the region to wipe it and to
enrol it again.

Say that you have seen it, with your own staff id:
callsteward incident acknowledge INC-2026-00042 --by YOUR-ID

HMPPS Information Security (Infosec) & Services Team: 0203 334 0324
"""


def test_a_letter_says_what_is_wrong_where_since_when_and_what_to_do() -> None:
    item = letter(incident_of(_problem()), TO, RULE, ["MDIBT001"], PHONE)
    assert item.body == ORDINARY
    assert item.subject == "INC-2026-00042 HIGH MDI K10001"
    assert item.message_id == "<INC-2026-00042.1.security.MDI@callsteward.invalid>"


def test_a_time_is_the_uks_own_in_summer_too() -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert "Since: 02 July 2026 00:30, UK time\n" in _letter(_problem(), opened_at=summer).body


def test_a_later_message_says_that_and_when_it_changed() -> None:
    item = _letter(_problem(), revision=3, changed_at=NOW + DAY)
    assert "Changed: 23 November 2026 02:30, UK time (message 3)\n" in item.body
    assert item.message_id.startswith("<INC-2026-00042.3.")
    assert "Changed" not in _letter(_problem()).body


def test_a_message_says_that_it_was_opened_again() -> None:
    again = NOW + DAY
    item = _letter(_problem(), revision=2, changed_at=again, reopened_at=again)
    assert "Opened again: 23 November 2026 02:30, UK time (message 2)\n" in item.body
    later = _letter(_problem(), revision=3, changed_at=again + DAY, reopened_at=again)
    assert "Changed: 24 November 2026 02:30, UK time (message 3)\n" in later.body


def _anything_wrong(mark: str) -> Iterator[Device]:
    """Devices that fail or hide each check in each way, marked wherever words are free."""
    app, odd = App(mark, mark), Unknown("unknown-value", f"the MDM says {mark}")
    old_zoom, false_zoom = App("Zoom Workplace", f"1.0 ({mark})"), App("Zoom for Intune", mark)
    name = SINGLE_APP.name
    yield a_device(
        account=known(mark.lower()), iccid=known(mark), os_version=known(f"1 {mark}")
    )
    yield a_device(apps=known((app, old_zoom)), tampered=known(True), supervised=known(False))
    yield a_device(apps=known((app, false_zoom)), management=known(Management.LEAVING))
    yield a_device(apps=known(()), model=known(mark))
    yield a_device(apps=known((App("Settings", mark),)))
    yield a_device(profiles=known((Profile(mark, known(ProfileState.FAILED)),)))
    yield a_device(policies=known((Profile(mark, known(ProfileState.FAILED)),)))
    yield a_device(policies=known((Profile(mark, odd),)))
    yield a_device(os_version=known(mark), apps=known((App("Zoom Workplace", mark),)))
    yield a_device(profiles=known((Profile(name, known(ProfileState.FAILED)),)), name=mark)
    yield a_device(compliance=known(Compliance.ERROR), policies=known(()), account=known(""))
    yield a_device(policies=known(()), seen=NOW - 20 * DAY, enrolled_at=known(NOW))
    yield a_device(seen=NEVER, certificate_expires=known(NOW - DAY), enrolment_profile=mark)
    yield a_device(seen=NOW - 40 * DAY, certificate_expires=known(NOW + DAY))
    yield all_unknown(a_device(), odd)
    yield all_unknown(a_device(), NOT_TOLD)


def _findings(mark: str) -> list[Finding]:
    asset = an_asset(
        dom1_address=f"{mark}@dom1.example", apple_user_id=f"{mark}@apple.example",
        sim_provider=mark, received_by=mark, storage_location=mark,
    )  # fmt: skip
    found = [
        f for device in _anything_wrong(mark) for f in verdicts(device, asset=asset).values()
    ]
    found += verdicts(asset=asset).values()
    found += verdicts(a_device(id=mark), a_device(id="2"), asset=asset).values()
    odd = Unknown("unknown-value", mark)
    for others in (known(Seen((a_device(id="3", serial=mark, name=mark),))), odd):
        facts = replace(facts_of(a_device(), asset=asset), namesakes=others)
        found.append(serial.judge(facts, Case(asset, BASELINE, NOW)))
    for letter_of_40e in (None, _of_40e(mark)):
        found += of_the_letter("MDI", letter_of_40e, [asset], NOW.date())
    for tenant in (Tenant(odd, odd), Tenant(known(True), known(1)), Tenant(odd, known(0))):
        found += of_the_tenant(tenant)
    return found


def _of_40e(mark: str) -> Authorisation:
    """It lists another iPad, and its review has passed."""
    told = Annex(
        establishment="MDI", grantor="governor", to_whom="description", persons=mark,
        terms=mark, dated=NOW.date() - 2 * DAY, review_on=NOW.date() - DAY, reference=mark,
        tags=(mark,),
    )  # fmt: skip
    return Authorisation(id="40E-MDI-1", letter=told, recorded_by=mark)


def _problems(mark: str) -> list[Problem]:
    """Of each iPad alone, of many at once, of the agent itself."""
    found: list[Problem] = []
    for finding in _findings(mark):
        found += problems([finding], RULES)
    many = [replace(p, subject=f"K{n}") for p in found if p.establishment for n in range(5)]
    found += platforms(many, 10000, POLICY.limits).values()
    found += platforms(many, 10, POLICY.limits).values()
    late_ones = [p for kind in LATE_AFTER for p in late(kind, {"all": [NOW - 3 * DAY]}, NOW)]
    lost = [undelivered("duty-phone.MDI", status) for status in FAILED]
    return [*found, partial((mark, f"{mark} again")), *late_ones, *lost]


def _letters(mark: str) -> Iterator[tuple[Problem, Letter]]:
    for problem in _problems(mark):
        place = MDI if problem.establishment or "/" in problem.subject else Place()
        for to in (TO, *recipients(problem, place, POLICY.routes, Revision(NOW))):
            yield problem, _letter(problem, to)


def test_the_cases_below_hold_a_failure_and_a_gap_of_every_check() -> None:
    found = _findings("markword")
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        names = {finding.check for finding in found if finding.verdict is verdict}
        missing = {*RULES, "register.listed"} - names - {"register.listed"}
        spared = LETTERS if verdict is Verdict.UNKNOWN else set()
        assert missing <= {"device.one-record", "device.enrolled", *spared}
    reasons = {f.reason for f in found if f.verdict is Verdict.FAIL}
    assert len(reasons) >= 20
    assert any("markword" in f.value for f in found)
    assert any("markword" in f.because for f in found)


@settings(max_examples=6, deadline=None)
@given(st.text(st.sampled_from("QXZJVKW"), min_size=8, max_size=12))
def test_no_app_account_sim_or_free_text_of_a_finding_is_in_any_mail(mark: str) -> None:
    for _, item in _letters(mark):
        raw = rendered(item, "agent@hq.example", "inbox@hq.example", NOW).decode().lower()
        shown = " ".join([item.message_id, item.subject, item.body, raw]).lower()
        assert mark.lower() not in shown
        assert mark.lower() not in re.sub(r"\s", "", shown)


def test_no_sentence_of_a_failure_and_no_account_or_number_of_the_register_is_in_a_mail() -> (
    None
):
    asset = an_asset()
    secrets = [
        asset.dom1_address, asset.m365_user_id, asset.apple_user_id, asset.iccid, asset.serial,
    ]  # fmt: skip
    failures = [f.because for f in _findings("markword") if f.verdict is Verdict.FAIL]
    for _, item in _letters("markword"):
        text = " ".join(item.body.split())
        assert not [s for s in secrets if s in text or s in item.subject]
        assert not [because for because in failures if because in text]


def test_a_subject_holds_only_id_severity_establishment_and_tag() -> None:
    for problem, item in _letters("markword"):
        assert SUBJECT.fullmatch(item.subject)
        assert ("MDI" in item.subject) == bool(problem.establishment)


def test_every_mail_of_security_and_loss_has_the_number_of_infosec_and_no_other_has() -> None:
    categories = set()
    for problem, item in _letters("markword"):
        grave = problem.category in (Category.SECURITY, Category.LOSS)
        assert (PHONE in item.body) == grave
        categories.add(problem.category)
    assert categories == set(Category)


def test_lines_are_at_most_72_wide_where_their_words_allow() -> None:
    for _, item in _letters("markword"):
        assert item.body.endswith("\n")
        for line in item.body.splitlines():
            assert len(line) <= WIDTH or " " not in line.strip()


def test_every_letter_says_what_must_hold_and_what_to_do() -> None:
    for problem, item in _letters("markword"):
        text = " ".join(item.body.split())
        assert re.search(r"What must hold: \w", text)
        assert re.search(r"Please: [A-Z].*\.", text)
        assert ",." not in text
        assert "iPad: ," not in text
        rule = RULES.get(problem.type)
        if rule is not None:
            assert f"Annex E question {rule.question}: {QUESTIONS[rule.question]}" in text


def test_the_same_letter_has_the_same_bytes_each_time_and_the_date_of_its_writing() -> None:
    item, again = _letter(_problem()), _letter(_problem())
    assert item == again
    sent = [rendered(each, "a@hq.example", "b@hq.example", NOW) for each in (item, again)]
    assert sent[0] == sent[1]
    assert b"Date: Sun, 22 Nov 2026 02:30:00 +0000\r\n" in sent[0]
    assert b"Message-ID: <INC-2026-00042.1.security.MDI@callsteward.invalid>\r\n" in sent[0]
    assert b"Auto-Submitted: auto-generated\r\n" in sent[0]
    assert sent[0].isascii()
    assert b"\n" not in sent[0].replace(b"\r\n", b"")


def test_the_body_comes_out_as_it_went_in() -> None:
    for _, item in _letters("markword"):
        mail = _parsed(item)
        assert mail.get_content().splitlines() == item.body.splitlines()
        assert mail["Subject"] == item.subject


def test_the_clock_of_the_machine_does_not_change_a_letter() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert _letter(_problem(), opened_at=elsewhere) == _letter(_problem())


codes = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["North West", "Kent, Surrey & Sussex", "Wales (Cymru)", "Ynys Môn", "A_B", "A B",
         "St.", "..", "a@b", '"', "<>", "x" * 300, "\r\nBcc: a@b.example"]
    ),
)  # fmt: skip


@given(codes)
def test_a_message_id_is_whole_whatever_a_region_is_called(code: str) -> None:
    item = _letter(_problem(), Recipient("region", code, "regional-silver"))
    assert re.fullmatch(
        r"<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*@callsteward\.invalid>", item.message_id
    )
    mail = _parsed(item)
    assert mail["Message-ID"].strip() == item.message_id
    assert mail["Bcc"] is None
    assert not mail.defects


@given(
    st.lists(st.tuples(st.sampled_from(["security", "spoc"]), codes), unique=True, max_size=6)
)
def test_every_recipient_and_revision_has_a_message_id_of_its_own(
    places: list[tuple[str, str]],
) -> None:
    ids = [
        _letter(_problem(), Recipient("region", code, role), revision=revision).message_id
        for role, code in places
        for revision in (1, 2)
    ]
    assert len(set(ids)) == len(ids)


def test_a_cause_of_many_names_the_readers_own_ipads_and_no_others() -> None:
    problem = _problem(subject="platform/x", establishment="", because="9 iPads of 5 places")
    rule = RULES[problem.type]
    incident = incident_of(problem)
    local = letter(incident, TO, rule, ["MDIBT001", "MDIBT002"], PHONE).body
    assert "Where: 9 iPads of 5 places\nYours: MDIBT001, MDIBT002\n" in local
    national = letter(incident, Recipient("national", "", "infosec"), rule, [], PHONE).body
    assert "Where: 9 iPads of 5 places\nWhat is wrong" in national


def test_a_device_that_nobody_registered_is_named_by_its_serial_alone() -> None:
    problem = _problem(type="register.listed", subject="serial/DMPX000009", establishment="")
    item = _letter(problem)
    assert "Where: serial/DMPX000009, of no establishment" in item.body
    assert item.subject == "INC-2026-00042 HIGH"


def _tenants(tenant: Tenant) -> str:
    (problem,) = problems(of_the_tenant(tenant), RULES)
    return " ".join(_letter(problem, Recipient("national", "", "infosec")).body.split())


def test_what_is_wrong_with_the_mdm_itself_sends_nobody_to_a_safe() -> None:
    failed = _tenants(Tenant(known(True), known(1)))
    silent = _tenants(Tenant(NOT_TOLD, known(1)))
    for text in (failed, silent):
        assert "Where: the MDM itself" in text
        assert "safe" not in text
    assert "Ask the MDM's provider why it does not tell its own settings." in silent


def test_missing_answers_are_named_by_their_checks_but_not_those_of_many() -> None:
    (problem,) = problems(verdicts(a_device(iccid=NOT_TOLD)).values(), RULES)
    text = " ".join(_letter(problem).body.split())
    assert "every check has an answer; none for sim.registered (not-told) Please:" in text
    many = replace(
        problem, subject="platform/x", establishment="", because="7 iPads of 4 places"
    )
    text = " ".join(_letter(many).body.split())
    assert "Where: 7 iPads of 4 places" in text
    assert "every check has an answer Please:" in text


def test_the_agents_own_duties_each_have_their_text() -> None:
    late_ones = (f"{kind}.late" for kind in LATE_AFTER)
    declared = MAINTENANCE_DECLARED
    assert OPERATIONS.keys() == {SWEEP_PARTIAL, UNDELIVERED, declared, *late_ones}
    for problem in _problems("markword"):
        if problem.type in OPERATIONS:
            body = _letter(problem, Recipient("national", "", "infosec")).body
            lost = problem.type == UNDELIVERED
            where = "letters to duty-phone.MDI" if lost else "the agent itself"
            assert f"Where: {where}" in body
            assert OPERATIONS[problem.type][0] in " ".join(body.split())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.name))
def test_the_remedy_of_every_rule_is_in_its_letter(rule: Rule) -> None:
    problem = _problem(type=rule.name, category=rule.category, severity=Severity.LOW)
    assert rule.remedy in " ".join(_letter(problem).body.split())


def test_every_type_of_problem_has_a_letter() -> None:
    types = {problem.type for problem in _problems("markword")}
    checks = {check.name for check in CHECKS} | LETTERS
    assert types | {MAINTENANCE_DECLARED} == checks | {"mdm.strict", NOT_KNOWN, *OPERATIONS}


def test_a_serial_that_is_no_serial_is_in_no_mail() -> None:
    problem = _problem(
        type="register.listed", subject="serial/<b>ring 0123</b>", establishment=""
    )
    assert "ring 0123" not in _letter(problem).body
