"""The life of an incident: each gate in both directions, and what leaves which state."""

from dataclasses import replace
from typing import Any

import pytest

from agent.domain.check import Category, Severity
from agent.domain.incident import Incident, State, incident_id, place_of
from agent.domain.incident_gates import CLOSER, Case
from agent.domain.incident_rules import OF_CALLS, rules_by_type
from agent.domain.incident_steps import EVER, STEPS
from agent.domain.people import Staff
from agent.domain.steps import take
from agent.errors import NotAllowed
from agent.schemes import load_incidents
from tests.support.cases import NOW, POLICY

SEC = Staff("S-MDI-SEC", "Sam Pock", "security", "MDI")
GOV = Staff("S-MDI-GOV", "Alex Pock", "governor", "MDI")
LEEDS = Staff("S-LEI-SEC", "Jo Pock", "security", "LEI")
ANALYST = Staff("INFOSEC-1", "A Analyst", "infosec", "")


def an_incident(**changes: Any) -> Incident:
    """Acknowledged, rung about, of one iPad; MEDIUM, so that one person closes it."""
    told: dict[str, Any] = {
        "id": "INC-2026-00042", "type": "device.supervised", "subject": "K10001",
        "establishment": "MDI", "reason": "not-supervised", "because": "not supervised",
        "category": Category.SECURITY, "severity": Severity.MEDIUM, "revision": 1,
        "opened_at": NOW, "changed_at": NOW, "state": State.ACKNOWLEDGED,
        "acknowledged_at": NOW, "acknowledged_by": SEC.id, "phone": "INFOSEC-77",
    }  # fmt: skip
    return Incident(**told | changes)


def refused(step: str, by: Staff | None = SEC, *, ir_missing: bool = False, **of: Any) -> str:
    """Why this step is refused; empty: it is not."""
    one = an_incident(**of)
    try:
        take(STEPS, step, one.state, Case(incident=one, by=by, ir_missing=ir_missing))
    except NotAllowed as err:
        return str(err)
    return ""


PEOPLES = [step.name for step in STEPS[:9]]


@pytest.mark.parametrize("step", PEOPLES)
def test_only_who_works_there_or_in_a_wider_role_takes_a_step(step: str) -> None:
    of: dict[str, Any] = {"state": State.CLOSED} if step == "reopen" else {"state": State.OPEN}
    assert refused(step, SEC, **of) == ""
    assert refused(step, ANALYST, **of) == ""
    neither = "S-LEI-SEC is neither staff of MDI nor of a wider role (A8)"
    assert neither in refused(step, LEEDS, **of)
    assert "nor of a wider role" in refused(step, replace(SEC, active=False), **of)


def test_an_incident_of_no_establishment_is_for_the_wider_roles() -> None:
    assert refused("acknowledge", ANALYST, establishment="", state=State.OPEN) == ""
    told = refused("acknowledge", SEC, establishment="", state=State.OPEN)
    assert "of no establishment, and S-MDI-SEC is not of a wider role (A8)" in told


@pytest.mark.parametrize("step", ["take", "ask-close", "close"])
def test_what_nobody_acknowledged_is_not_taken_nor_closed(step: str) -> None:
    nobody: dict[str, Any] = {"acknowledged_by": None, "state": State.OPEN}
    assert "nobody has acknowledged it (W1)" in refused(step, **nobody)
    assert refused(step) == ""


@pytest.mark.parametrize("category", [Category.SECURITY, Category.LOSS])
def test_security_and_loss_close_with_the_reference_of_the_call_to_infosec(
    category: Category,
) -> None:
    told = refused("close", category=category, phone=None)
    assert "the reference of the call to Infosec is not recorded (X9)" in told
    assert refused("close", category=category) == ""
    assert refused("close", category=category, phone=None, override_by=GOV.id) == ""


@pytest.mark.parametrize("category", [Category.UPKEEP, Category.OPERATIONAL])
def test_of_anything_else_infosec_is_not_rung(category: Category) -> None:
    assert refused("close", category=category, phone=None) == ""


def test_who_may_decides_otherwise_and_that_is_kept() -> None:
    one = an_incident(phone=None)
    case = Case(incident=one, by=SEC)
    taken = take(STEPS, "close", one.state, case, authority=CLOSER)
    assert [gap.requirement for gap in taken.overridden] == ["X9"]
    with pytest.raises(NotAllowed, match="W1"):  # nothing else is decided with it
        take(STEPS, "close", one.state, replace(case, incident=_unseen()), authority=CLOSER)


def _unseen() -> Incident:
    return an_incident(phone=None, acknowledged_by=None)


def test_of_a_call_with_a_security_issue_an_ir_is_there_or_owed() -> None:
    assert "(D8)" in refused("close", ir_missing=True)
    assert "(D8)" in refused("ask-close", ir_missing=True)
    assert refused("close", ir_missing=True, ir="IR 7") == ""
    assert refused("close", ir_missing=False) == ""


def test_what_is_high_is_closed_by_two_people() -> None:
    high: dict[str, Any] = {"severity": Severity.HIGH}
    assert refused("ask-close", **high) == ""
    assert "nobody has asked to close it yet" in refused("close", **high)
    assert f"another person than {SEC.id} confirms" in refused(
        "close", closing_by=SEC.id, **high
    )
    assert refused("close", GOV, closing_by=SEC.id, **high) == ""
    assert refused("close", severity=Severity.MEDIUM) == ""


def test_every_gap_is_named_at_once() -> None:
    told = refused(
        "close", LEEDS, ir_missing=True, phone=None, acknowledged_by=None,
        severity=Severity.HIGH,
    )  # fmt: skip
    assert all(f"({one})" in told for one in ("A8", "W1", "X9", "D8", "X13"))


@pytest.mark.parametrize("category", Category)
def test_the_machine_closes_upkeep_and_its_own_operation_and_nothing_else(
    category: Category,
) -> None:
    grave = category in (Category.SECURITY, Category.LOSS)
    told = refused("no-longer-found", None, category=category)
    assert told == ("cannot no-longer-found: only a person closes it (W1)" if grave else "")


def test_each_step_leaves_the_states_that_it_may() -> None:
    open_, acknowledged, in_hand, closed = State
    standing = {open_, acknowledged, in_hand}
    leaves = {step.name: set(step.leaves) for step in STEPS}
    assert leaves["acknowledge"] == {open_}
    for name in ("take", "ask-close", "close", "worsen", "no-longer-found"):
        assert leaves[name] == standing
    for name in ("reopen", "find-again"):
        assert leaves[name] == {closed}
    for name in ("note", "phone", "ir", "relate", "clear"):
        assert leaves[name] == set(EVER) == {*standing, closed}
    enters = {step.name: step.enters for step in STEPS if step.enters}
    assert {name for name, state in enters.items() if state is open_} == {
        "reopen", "worsen", "find-again",
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 42, 99999, 123456])
def test_an_id_is_its_year_and_number(number: int) -> None:
    assert place_of(incident_id(2026, number)) == (2026, number)


@pytest.mark.parametrize("text", ["", "INC-2026-42", "inc-2026-00042", "INC-2026-00042/1"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert place_of(text) is None


def test_each_type_that_letters_tell_of_has_its_rule() -> None:
    rules = rules_by_type(load_incidents(), POLICY.zoom)
    assert {one.name for one in OF_CALLS} == {
        "device.reported-lost", "call.override", "contact.left", "contact.not-removed",
        "contact.meeting-unlike", "call.recorded",
    }  # fmt: skip
    for name in ("device.supervised", "zoom.no-recordings", "call.recorded", "reported.damage"):
        assert rules[name].name == name
