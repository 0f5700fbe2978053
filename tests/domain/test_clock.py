"""W1, W2: when nobody acknowledges."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.clocks import load_clock
from agent.domain.check import Category, Severity
from agent.domain.clock import Clock, Step, clock_of, next_look, reminder, told_at
from agent.domain.incident import Incident
from agent.domain.mail import Letter
from agent.domain.routes import Place, Recipient
from tests.support.cases import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEPS = (Step(15 * MINUTE, ("deputy",), ("infosec",)), Step(HOUR, ("governor",), ("infosec",)))
CLOCK = Clock(frozenset({Category.SECURITY}), Severity.LOW, STEPS, 4 * HOUR)
MDI = Place(code="MDI", region="Yorkshire")


def an_incident(category: Category = Category.SECURITY, **changes: object) -> Incident:
    one = Incident(
        id="INC-2026-00007", type="device.supervised", subject="K10001", establishment="MDI",
        reason="wrong", because="wrong", category=category, severity=Severity.HIGH, revision=2,
        opened_at=NOW, changed_at=NOW,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("passed", "came", "then"),
    [
        (14 * MINUTE, 0, 15 * MINUTE),
        (15 * MINUTE, 1, HOUR),
        (HOUR - timedelta(seconds=1), 1, HOUR),
        (HOUR, 2, 5 * HOUR),
        (5 * HOUR, 3, 9 * HOUR),
        (100 * HOUR, 26, 101 * HOUR),
    ],
)
def test_the_steps_come_in_turn_and_the_last_one_again_and_again(
    passed: timedelta, came: int, then: timedelta
) -> None:
    assert CLOCK.came(passed) == came
    assert next_look(CLOCK, NOW, came) == NOW + then


def test_without_a_repeat_it_ends() -> None:
    once = replace(CLOCK, repeat=None)
    assert (once.came(100 * HOUR), next_look(once, NOW, 2)) == (2, None)


def test_the_last_step_is_that_of_each_repeat() -> None:
    assert [CLOCK.step(number).after for number in (1, 2, 3, 9)] == [
        15 * MINUTE, HOUR, HOUR, HOUR,
    ]  # fmt: skip


def test_what_is_of_no_one_place_is_told_once_for_the_country() -> None:
    [to] = told_at(STEPS[0], an_incident(), MDI)
    assert to == Recipient("establishment", "MDI", "deputy")
    [to] = told_at(STEPS[0], an_incident(establishment=""), Place())
    assert to == Recipient("national", "", "infosec")
    step = Step(HOUR, ("regional-silver", "deputy"), ())
    assert [str(one) for one in told_at(step, an_incident(), MDI)] == [
        "deputy.MDI", "regional-silver.Yorkshire",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("passed", "says", "over"),
    [(15 * MINUTE, "for 15 minutes", False), (90 * MINUTE, "for 90 minutes", True),
     (5 * HOUR, "for 5 hours", True)],
)  # fmt: skip
def test_a_reminder_is_the_letter_with_the_time_that_passed(
    passed: timedelta, says: str, *, over: bool
) -> None:
    first = Letter("<a@b>", "INC-2026-00007 HIGH MDI K10001", "What is wrong\n")
    to = Recipient("establishment", "MDI", "deputy")
    one = reminder(first, an_incident(), to, passed, 3)
    assert (one.subject, one.body.endswith("\n\nWhat is wrong\n")) == (first.subject, True)
    assert says in one.body
    assert ("The hour" in one.body) is over
    assert one.message_id == "<INC-2026-00007.2.deputy.MDI.clock-3@callsteward.invalid>"


def test_the_scheme_knows_what_must_be_acknowledged_at_once() -> None:
    """W1: fifteen minutes, then the hour; upkeep waits for the digest."""
    clocks = load_clock().clocks
    for category in (Category.SECURITY, Category.LOSS):
        found = clock_of(an_incident(category, severity=Severity.LOW), clocks)
        assert found is not None
        assert [step.after for step in found.steps] == [15 * MINUTE, HOUR]
        assert {"deputy", "duty-phone"} <= set(found.steps[0].tell)
    assert clock_of(an_incident(Category.UPKEEP), clocks) is None
    operational = an_incident(Category.OPERATIONAL)
    assert clock_of(operational, clocks) is not None
    assert clock_of(replace(operational, severity=Severity.LOW), clocks) is None
