"""What people must hear of, and what of it is one cause (DESIGN 8)."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.check import Category, Finding, Severity, Verdict
from agent.domain.checks import CHECKS, RULES
from agent.domain.facts import NEVER
from agent.domain.problems import (
    EXPLAINED_BY,
    NOT_KNOWN,
    SWEEP_PARTIAL,
    Limits,
    Problem,
    cause,
    partial,
    platform_of,
    platforms,
    problems,
)
from tests.support.cases import (
    DAY,
    NOT_READ,
    NOT_TOLD,
    NOW,
    POLICY,
    a_device,
    all_unknown,
    known,
    verdicts,
)

LIMITS = POLICY.limits


def _found(findings: dict[str, Finding]) -> dict[str, Problem]:
    found = problems(findings.values(), RULES)
    assert len({(p.subject, p.type) for p in found}) == len(found)
    return {problem.type: problem for problem in found}


def test_what_passes_is_no_problem() -> None:
    assert _found(verdicts(a_device())) == {}


def test_a_failure_is_a_problem_with_the_category_of_its_rule() -> None:
    device = a_device(tampered=known(True), supervised=known(False), os_version=known("9"))
    found = _found(verdicts(device))
    assert {name: p.category for name, p in found.items()} == {
        "device.untampered": Category.LOSS,
        "device.supervised": Category.SECURITY,
        "os.minimum": Category.UPKEEP,
    }
    assert found["os.minimum"] == Problem(
        type="os.minimum", subject="K10001", establishment="MDI", reason="os-too-old",
        because="iPadOS 9, at least 17.7 is needed", value="9", category=Category.UPKEEP,
        severity=Severity.MEDIUM,
    )  # fmt: skip


@pytest.mark.parametrize("seen", [NOW - 31 * DAY, NEVER])
def test_evidence_that_is_stale_is_explained_by_the_check_in(seen: datetime) -> None:
    assert list(_found(verdicts(a_device(seen=seen)))) == ["device.checked-in"]


def test_an_ipad_that_is_not_enrolled_is_one_problem() -> None:
    assert list(_found(verdicts())) == ["device.enrolled"]


def test_an_ipad_with_two_records_is_one_problem() -> None:
    one = a_device(enrolled_at=known(NOW - 3 * DAY), last_seen=known(NOW - 2 * DAY))
    assert list(_found(verdicts(one, a_device()))) == ["device.one-record"]


def test_every_explanation_names_a_check_that_there_is() -> None:
    assert set(EXPLAINED_BY.values()) <= {check.name for check in CHECKS}


def test_stale_evidence_without_a_failed_check_in_is_a_problem_of_its_own() -> None:
    device = replace(a_device(seen=NEVER), last_seen=NOT_TOLD)
    found = _found(verdicts(device))
    assert list(found) == [NOT_KNOWN]
    assert "not-told, stale" in found[NOT_KNOWN].because


def test_answers_that_are_missing_are_one_problem_of_the_ipad() -> None:
    found = _found(verdicts(a_device(supervised=NOT_TOLD, iccid=NOT_TOLD)))
    assert list(found) == [NOT_KNOWN]
    gap = found[NOT_KNOWN]
    assert gap.because == "none for device.supervised, sim.registered (not-told)"
    assert (gap.subject, gap.establishment) == ("K10001", "MDI")
    assert (gap.category, gap.severity) == (Category.UPKEEP, Severity.MEDIUM)


def test_missing_answers_are_the_same_cause_in_whatever_order_they_came() -> None:
    findings = list(verdicts(a_device(supervised=NOT_TOLD, iccid=NOT_TOLD)).values())
    assert problems(findings, RULES) == problems(findings[::-1], RULES)


def test_only_the_answers_that_nothing_explains_are_named() -> None:
    device = a_device(seen=NOW - 31 * DAY, account=NOT_TOLD)
    found = _found(verdicts(device))
    assert set(found) == {"device.checked-in", NOT_KNOWN}
    assert found[NOT_KNOWN].because == "none for account.assigned (not-told)"


def test_one_ipads_failure_explains_nothing_of_another() -> None:
    gone = verdicts().values()
    other = [replace(f, subject="K2") for f in gone if f.check != "device.enrolled"]
    found = problems([*gone, *other], RULES)
    assert sorted((p.subject, p.type) for p in found) == [
        ("K10001", "device.enrolled"), ("K2", NOT_KNOWN),
    ]  # fmt: skip


def test_what_the_sweep_did_not_read_is_no_problem_of_the_ipad() -> None:
    assert _found(verdicts(all_unknown(a_device(), NOT_READ))) == {}
    mixed = a_device(supervised=NOT_READ, account=NOT_TOLD)
    assert _found(verdicts(mixed))[NOT_KNOWN].because == (
        "none for account.assigned (not-told)"
    )


def test_a_question_that_the_mdm_itself_leaves_open_is_told_to_those_who_keep_it() -> None:
    """A SPOC cannot answer it, and no SPOC is there: it belongs to no establishment."""
    gap = Finding("mdm", "", "mdm.strict", Verdict.UNKNOWN, "not-told", "it does not say")
    (found,) = problems([gap], RULES)
    assert (found.type, found.category) == (NOT_KNOWN, Category.OPERATIONAL)


def test_a_partial_sweep_is_one_problem_with_every_gap() -> None:
    problem = partial(("page 2", "apps"))
    assert (problem.type, problem.subject, problem.establishment) == (
        SWEEP_PARTIAL, "sweep", "",
    )  # fmt: skip
    assert problem.because == "page 2; apps"
    assert (problem.category, problem.severity) == (Category.OPERATIONAL, Severity.HIGH)


def a_problem(number: int, **changes: object) -> Problem:
    told: dict[str, object] = {
        "type": "os.minimum", "subject": f"K{number}", "establishment": f"E{number // 2:02}",
        "reason": "os-too-old", "because": "too old", "value": "17.1",
        "category": Category.UPKEEP, "severity": Severity.MEDIUM,
    }  # fmt: skip
    return Problem(**(told | changes))  # type: ignore[arg-type]


def _many(count: int, **changes: object) -> list[Problem]:
    return [a_problem(number, **changes) for number in range(count)]


def test_four_alike_are_four_and_five_alike_are_one() -> None:
    assert platforms(_many(4), 1000, LIMITS) == {}
    found = _many(5)
    many = platforms(found, 1000, LIMITS)
    (shared,) = many.values()
    assert {id(platform_of(problem, many)) for problem in found} == {id(shared)}
    assert shared.subject == f"platform/{cause(found[0])}"
    assert (shared.type, shared.establishment) == ("os.minimum", "")
    assert (shared.reason, shared.because) == ("os-too-old", "5 iPads of 3 establishments")


@pytest.mark.parametrize("what", ["value", "reason", "type"])
def test_five_that_differ_are_five(what: str) -> None:
    found = [*_many(4), a_problem(9, **{what: "another"})]
    many = platforms(found, 1000, LIMITS)
    assert many == {}


def test_only_those_that_share_the_cause_belong_to_it() -> None:
    other = a_problem(9, value="16.0")
    many = platforms([*_many(5), other], 1000, LIMITS)
    assert platform_of(other, many) is None


@pytest.mark.parametrize(
    ("count", "estate", "one"),
    [(2, 6, False), (3, 14, True), (3, 15, False), (4, 20, False), (4, 19, True)],
)
def test_more_than_a_fifth_of_the_estate_is_one_whatever_the_values_but_never_two(
    count: int, estate: int, one: bool
) -> None:
    found = [a_problem(number, value=str(number)) for number in range(count)]
    many = platforms(found, estate, LIMITS)
    assert list(many) == (["os.minimum"] if one else [])
    assert all((platform_of(problem, many) is not None) == one for problem in found)


@given(st.integers(1, 2000))
def test_exactly_a_fifth_is_not_more_than_a_fifth(fifth: int) -> None:
    found = [a_problem(number, value=str(number)) for number in range(fifth)]
    assert platforms(found, 5 * fifth, LIMITS) == {}


def test_a_check_that_fails_for_many_reasons_says_so() -> None:
    found = [
        a_problem(1, reason="noncompliant"),
        a_problem(2, reason="no-policy", severity=Severity.HIGH),
        a_problem(3, reason="no-policy", severity=Severity.LOW),
    ]
    (shared,) = platforms(found, 10, LIMITS).values()
    assert (shared.reason, shared.severity) == ("several-reasons", Severity.HIGH)
    (same,) = platforms(_many(3), 10, LIMITS).values()
    assert same.reason == "os-too-old"


def test_the_share_of_the_estate_wins_over_a_value_that_some_of_it_share() -> None:
    found = [*_many(5), a_problem(9, value="16.0")]
    many = platforms(found, 10, LIMITS)
    assert {platform_of(problem, many) for problem in found} == {many["os.minimum"]}
    assert many["os.minimum"].because.startswith("6 iPads")


def test_many_strangers_belong_to_no_establishment() -> None:
    found = _many(4, type="register.listed", establishment="", reason="not-on-register")
    (shared,) = platforms(found, 10, LIMITS).values()
    assert shared.because == "4 iPads of no establishments"


def test_what_a_sweep_decided_holds_for_a_problem_that_comes_later() -> None:
    """A resumed sweep reads again: one iPad fewer must not tell everybody anew."""
    decided = platforms(_many(5), 1000, LIMITS)
    read_again = _many(4)
    assert platforms(read_again, 1000, LIMITS) == {}
    assert all(platform_of(problem, decided) for problem in read_again)


@given(
    st.lists(st.builds(a_problem, st.integers(0, 40), value=st.sampled_from("ab")), max_size=30)
)
def test_the_order_of_the_findings_decides_nothing(found: list[Problem]) -> None:
    limits = Limits(3, 0.5, 2)
    there, back = (platforms(each, 40, limits) for each in (found, found[::-1]))
    assert there.keys() == back.keys()
    assert {k: p.because for k, p in there.items()} == {k: p.because for k, p in back.items()}


def test_the_key_of_a_cause_shows_no_value() -> None:
    """It is kept in incidents and in the audit."""
    assert "Solitaire" not in cause(a_problem(1, value="Solitaire"))
    assert cause(a_problem(1, value="a")) != cause(a_problem(1, value="b"))


def test_many_letters_that_do_not_fit_are_counted_by_their_places() -> None:
    one = Problem(
        type="authorisation.fits", subject="authorisation/MDI", establishment="MDI",
        reason="letter-differs", because="", value="", category=Category.UPKEEP,
        severity=Severity.MEDIUM,
    )  # fmt: skip
    many = [
        replace(one, establishment=f"M{n}I", subject=f"authorisation/M{n}I") for n in "ABCDE"
    ]
    [shared] = platforms(many, 1000, LIMITS).values()
    assert shared.because == "5 establishments"
