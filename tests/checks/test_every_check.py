"""What holds for every check: a gap never passes, good news goes stale, bad news does not."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.checks import page
from agent.domain.annex_e import PEOPLE_ONLY, QUESTIONS
from agent.domain.check import AssetFacts, Case, Category, Rule, Severity, Verdict
from agent.domain.checks import CHECKS, RULES
from agent.domain.checks.letter import LETTER_RULES
from agent.domain.checks.sim import sim
from agent.domain.checks.supervised import supervised
from agent.domain.device import (
    App,
    Compliance,
    Management,
    ProfileState,
)
from agent.domain.facts import NEVER, Unknown
from agent.schemes import config_folder
from tests.support.cases import (
    BASELINE,
    DAY,
    MDM,
    NOT_READ,
    NOT_TOLD,
    NOW,
    SECOND,
    a_device,
    all_unknown,
    an_asset,
    judged,
    known,
    reasons,
    state,
    verdicts,
)

NAMES = {check.name for check in CHECKS}
ABOUT_RECORDS = {"device.enrolled", "device.one-record", "device.serial"}
OF_LETTERS = {rule.name for rule in LETTER_RULES}
DEVICE_TOLD = {
    "device.supervised", "device.untampered", "os.minimum", "policy.compliant",
    "device.single-app", "apps.only-ours", "app.zoom", "sim.registered",
}  # fmt: skip
FRESH = BASELINE.fresh

BAD = {
    "model": "iPhone 15",
    "management": Management.LEAVING,
    "supervised": False,
    "enrolled_at": NOW - DAY,
    "os_version": "17.6.9",
    "tampered": True,
    "account": "mdibt999@ipads.example",
    "compliance": Compliance.NONCOMPLIANT,
    "certificate_expires": NOW + DAY,
    "apps": (App("Solitaire", "1.0"),),
    "profiles": (state(ProfileState.FAILED),),
    "iccid": "894411000000009999999",
}


def test_every_check_of_a_well_ipad_passes_and_says_its_source() -> None:
    told = verdicts(a_device())
    assert reasons(told) == {}
    assert set(told) == NAMES
    for finding in told.values():
        assert finding.because.startswith(f"{MDM}, 22 Nov 2026 0")
        assert (finding.subject, finding.establishment) == ("K10001", "MDI")
        assert (finding.reason, finding.value) == ("", "")


def test_which_checks_go_stale() -> None:
    assert {check.name for check in CHECKS if check.goes_stale} == DEVICE_TOLD


@pytest.mark.parametrize("gap", [NOT_TOLD, NOT_READ, Unknown("any-word", "any sentence")])
def test_no_check_passes_or_fails_what_it_was_not_told(gap: Unknown) -> None:
    told = verdicts(all_unknown(a_device(), gap))
    assert reasons(told) == dict.fromkeys(NAMES - ABOUT_RECORDS, gap.reason)
    for name in NAMES - ABOUT_RECORDS:
        assert told[name].verdict is Verdict.UNKNOWN
        assert told[name].because == gap.why


def test_an_ipad_that_could_not_be_read_at_all_has_no_answer_of_any_check() -> None:
    facts = AssetFacts(
        asset=an_asset(), baseline=BASELINE, seen=NOT_READ, records=NOT_READ, device=NOT_READ,
        namesakes=NOT_READ,
    )  # fmt: skip
    case = Case(facts.asset, BASELINE, NOW)
    told = {check.name: check.judge(facts, case) for check in CHECKS}
    assert reasons(told) == dict.fromkeys(NAMES, "not-read")


def test_without_a_record_all_but_the_enrolment_is_unknown() -> None:
    told = verdicts()
    hidden = dict.fromkeys(NAMES - ABOUT_RECORDS, "not-enrolled")
    assert reasons(told) == hidden | {"device.enrolled": "not-enrolled"}
    assert told["device.enrolled"].verdict is Verdict.FAIL
    assert {told[name].verdict for name in hidden} == {Verdict.UNKNOWN}


def test_without_a_record_it_does_not_matter_what_the_register_leaves_out() -> None:
    bare = an_asset(iccid="", enrolled_at=None)
    told = verdicts(asset=bare)
    assert {told[name].reason for name in NAMES - ABOUT_RECORDS} == {"not-enrolled"}


def test_of_two_records_that_contradict_each_other_nothing_is_judged() -> None:
    one = a_device(enrolled_at=known(NOW - 3 * DAY), last_seen=known(NOW - 2 * DAY))
    told = verdicts(one, a_device())
    hidden = dict.fromkeys(NAMES - ABOUT_RECORDS, "several-records")
    assert reasons(told) == hidden | {"device.one-record": "duplicate-serial"}


def test_of_two_records_the_clearly_newer_is_judged() -> None:
    old = a_device(seen=NOW - 9 * DAY, supervised=known(False))
    new = a_device(enrolled_at=known(NOW - 3 * DAY))
    assert reasons(verdicts(old, new)) == {
        "device.one-record": "duplicate-serial",
        "device.same-enrolment": "enrolled-again",
    }


def test_good_news_is_good_for_thirty_days_to_the_second() -> None:
    on_time = reasons(verdicts(a_device(seen=NOW - FRESH)))
    assert on_time == {"device.checked-in": "stale"}
    late = verdicts(a_device(seen=NOW - FRESH - SECOND))
    assert reasons(late) == dict.fromkeys(DEVICE_TOLD | {"device.checked-in"}, "stale")
    assert {late[name].verdict for name in DEVICE_TOLD} == {Verdict.UNKNOWN}
    assert late["device.supervised"].because == "last told on 23 Oct 2026"


def test_what_was_never_told_is_stale() -> None:
    told = verdicts(a_device(seen=NEVER))
    assert {told[name].reason for name in DEVICE_TOLD} == {"stale"}
    assert told["device.supervised"].because == "the iPad has never told"


def test_bad_news_does_not_go_stale() -> None:
    old = NOW - 400 * DAY
    bad: dict[str, Any] = {name: known(value, old) for name, value in BAD.items()}
    told = verdicts(a_device(seen=old, **bad))
    failed = {name for name, finding in told.items() if finding.verdict is Verdict.FAIL}
    assert failed == NAMES - ABOUT_RECORDS


def test_a_gap_keeps_its_own_reason_when_all_else_is_stale() -> None:
    told = verdicts(a_device(seen=NOW - 31 * DAY, tampered=NOT_TOLD))
    assert told["device.untampered"].reason == "not-told"


GAPS = st.sampled_from([NOT_TOLD, NOT_READ])


@given(st.dictionaries(st.sampled_from(sorted(BAD)), GAPS))
def test_what_is_hidden_never_passes_whatever_else_is_hidden(gaps: dict[str, Any]) -> None:
    told = verdicts(a_device(**gaps))
    reads = {
        "model": {"device.an-ipad"},
        "management": {"device.managed"}, "supervised": {"device.supervised"},
        "enrolled_at": {"device.same-enrolment"}, "os_version": {"os.minimum"},
        "tampered": {"device.untampered"}, "account": {"account.assigned"},
        "compliance": {"policy.compliant"}, "certificate_expires": {"certificate.management"},
        "apps": {"apps.only-ours", "app.zoom"}, "profiles": {"device.single-app"},
        "iccid": {"sim.registered"},
    }  # fmt: skip
    hidden = {check: gap.reason for name, gap in gaps.items() for check in reads[name]}
    assert reasons(told) == hidden


def test_a_failure_is_as_grave_as_its_rule_says_where_it_does_not_say_itself() -> None:
    finding = judged(supervised, a_device(supervised=known(False)))
    assert finding.severity is supervised.severity is Severity.HIGH
    assert judged(sim, a_device()).severity is Severity.LOW


REQUIREMENT = re.compile(r"[ACPKDEXT]\d{1,2}")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.name))
def test_every_rule_says_what_people_and_routes_need(rule: Rule) -> None:
    assert REQUIREMENT.fullmatch(rule.requirement)
    assert rule.question in QUESTIONS
    assert rule.question not in PEOPLE_ONLY
    assert rule.category in (Category.SECURITY, Category.LOSS, Category.UPKEEP)
    assert rule.says
    assert rule.remedy.endswith(".")
    assert re.fullmatch(r"[a-z]+\.[a-z-]+", rule.name)


def test_the_rules_are_named_once_and_none_is_left_out() -> None:
    assert RULES.keys() == NAMES | {"register.listed", "mdm.strict"} | OF_LETTERS
    assert len(CHECKS) == len(NAMES) == 17
    assert all(RULES[name].name == name for name in RULES)


def test_every_question_that_a_machine_can_answer_is_answered_by_a_rule() -> None:
    assert {rule.question for rule in RULES.values()} == {2, 5, 6, 7}


def test_tampering_alone_is_loss_or_compromise() -> None:
    """E5: Regional Silver hears of it."""
    loss = {rule.name for rule in RULES.values() if rule.category is Category.LOSS}
    assert loss == {"device.untampered"}


def test_the_page_of_all_checks_is_what_the_code_says() -> None:
    """To mend: callsteward checks --markdown > docs/checks.md"""
    shown = config_folder().parent / "docs" / "checks.md"
    assert shown.read_text(encoding="utf-8") == page()
