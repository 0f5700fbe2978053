"""A life cycle as a table: every gap is named, and who may decide otherwise may."""

from enum import Enum

import pytest

from agent.domain.steps import Gap, Gate, Step, find, take, unless
from agent.errors import NotAllowed


class Door(Enum):
    SHUT = "shut"
    OPEN = "open"


key: Gate[set[str]] = Gate("A1", unless(lambda has: "key" in has, "no key"))
leave: Gate[set[str]] = Gate("B2", unless(lambda has: "leave" in has, "no leave"), "the owner")
papers: Gate[set[str]] = Gate(
    "C3", lambda has: [f"no {name}" for name in ("pass", "badge") if name not in has]
)
STEPS: tuple[Step[set[str]], ...] = (
    Step("open", (Door.SHUT,), Door.OPEN, (key, leave, papers)),
    Step("break", (Door.SHUT,), Door.OPEN, (key, leave), act=True),
    Step("ask", (Door.SHUT,), Door.OPEN, (leave,)),
    Step("knock", (Door.SHUT, Door.OPEN)),
)
NOTHING: set[str] = set()
ALL = {"key", "leave", "pass", "badge"}


def test_with_nothing_missing_the_step_is_taken() -> None:
    taken = take(STEPS, "open", Door.SHUT, ALL)
    assert (taken.step.enters, taken.overridden, taken.recorded) == (Door.OPEN, (), ())
    assert take(STEPS, "knock", Door.OPEN, NOTHING).step.enters is None


def test_a_refusal_names_every_gap_with_its_requirement() -> None:
    with pytest.raises(NotAllowed) as refused:
        take(STEPS, "open", Door.SHUT, NOTHING)
    assert str(refused.value) == (
        "cannot open: no key (A1); no leave (B2); no pass (C3); no badge (C3)"
    )
    assert refused.value.hint == "Record what is missing."


def test_a_step_of_another_state_is_refused_with_the_state() -> None:
    with pytest.raises(NotAllowed, match="cannot open: it is open"):
        take(STEPS, "open", Door.OPEN, ALL)
    with pytest.raises(NotAllowed, match="cannot fly: it is shut"):
        find(STEPS, "fly", Door.SHUT)


def test_only_what_its_authority_may_decide_is_overridden() -> None:
    with pytest.raises(NotAllowed) as refused:
        take(STEPS, "ask", Door.SHUT, NOTHING)
    assert refused.value.hint == "Record what is missing, or the owner decides otherwise."
    with pytest.raises(NotAllowed, match="no leave"):
        take(STEPS, "ask", Door.SHUT, NOTHING, authority="a lodger")
    taken = take(STEPS, "ask", Door.SHUT, NOTHING, authority="the owner")
    assert taken.overridden == (Gap("B2", "no leave", "the owner"),)


def test_a_gate_without_an_authority_is_opened_by_nobody() -> None:
    with pytest.raises(NotAllowed) as refused:
        take(STEPS, "break", Door.SHUT, NOTHING, authority="the owner")
    assert str(refused.value) == "cannot break: no key (A1)"
    with pytest.raises(NotAllowed, match="no key"):
        take(STEPS, "break", Door.SHUT, {"leave"}, authority="")


def test_what_happened_is_recorded_with_its_gaps_but_a_decision_on_paper_needs_its_gates() -> (
    None
):
    taken = take(STEPS, "break", Door.SHUT, NOTHING, from_paper=True)
    assert [str(gap) for gap in taken.recorded] == ["no key (A1)", "no leave (B2)"]
    with pytest.raises(NotAllowed, match="no leave"):
        take(STEPS, "ask", Door.SHUT, NOTHING, from_paper=True)
