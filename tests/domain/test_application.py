"""What is stated before a call is usable, or every fault of it is named."""

from typing import Any

import pytest

from agent.domain.application import (
    Asked,
    Cancelled,
    Comment,
    Compact,
    ContactConfirmed,
    Decision,
    Expired,
    Informed,
)
from agent.domain.rooms import wrong_room
from agent.domain.statement import Statement
from agent.errors import BadInput
from tests.support.calls import RULES

INFORMED: dict[str, Any] = {
    "informed_by": "S-MDI-CHAP", "told_of_call": True, "told_to_install": True,
    "name_of_contact": "Jo", "email": "jo@family.example", "phone": "07700 900123",
}  # fmt: skip
GIVEN: dict[str, Any] = {"department": "security", "outcome": "no-concern", "given_by": "S-1"}
AWAY: dict[str, Any] = {
    "department": "security", "outcome": "unreachable", "asked_by": "S-1",
    "governor_told": True,
}  # fmt: skip
CONFIRMED: dict[str, Any] = {"confirmed_by": "S-1", "non_contact": False, "read_back": True}
GOOD: list[Statement] = [
    Asked(reason="funeral-after", resident="A1234BC"),
    Asked(reason="other", resident="A1234BC", other="a birth"),
    Comment(**GIVEN),
    Comment(**AWAY),
    Comment(department="police-liaison", outcome="concern", person="PC Plod", reference="F 1"),
    Decision(granted=True, decided_by="S-1"),
    Decision(granted=False, decided_by="S-1", form="VDR 12"),
    Compact(explained_by="S-1"),
    Compact(explained_by="S-1", language="British Sign"),
    Compact(explained_by="S-1", signed=False, witnesses=("S-1", "S-2")),
    Informed(**INFORMED),
    ContactConfirmed(**CONFIRMED),
    ContactConfirmed(confirmed_by="S-1", non_contact=True),
    Cancelled(reason="transferred"),
    Expired(),
]
BAD: list[tuple[Statement, str]] = [
    (Asked(reason="whim", resident="A1234BC"), "the reason is one of"),
    (Asked(reason="other", resident="A1234BC"), "what the Governor calls the need"),
    (Asked(reason="funeral-after", resident="A1234BC", other="x"), "for “other” only"),
    (Asked(reason="funeral-after", resident="1234"), "of the form A1234AA"),
    (Comment(**GIVEN | {"department": "kitchen"}), "the department is one of"),
    (Comment(**GIVEN | {"outcome": "fine"}), "the outcome is one of"),
    (Comment(**GIVEN | {"given_by": ""}), "say who gave the comment"),
    (Comment(**AWAY | {"asked_by": ""}), "say who asked"),
    (Comment(**AWAY | {"governor_told": False}), "the Governor was told"),
    (Comment(**GIVEN | {"reference": "see Jo"}), "with a digit in it"),
    (Comment(**GIVEN | {"given_by": "", "person": "x" * 401}), "at most 400"),
    (Comment(**GIVEN | {"given_by": "", "person": "a\nb"}), "on one line"),
    (Decision(granted=True), "say who decided"),
    (Decision(granted=True, decided_by="S", form="V 1", verbal=True), "not both"),
    (Compact(), "say who explained it"),
    (Compact(explained_by="Sam Pock"), "never by name"),
    (Compact(explained_by="S", language="Polish, for Jo"), "a word or two"),
    (Compact(explained_by="S", signed=False, witnesses=("A", "Jo B")), "never by name"),
    (Compact(explained_by="S", signed=False, witnesses=("A", "A")), "two different"),
    (Compact(explained_by="S", witnesses=("A", "B")), "needs no witnesses"),
    (Informed(**INFORMED | {"informed_by": ""}), "say who told them"),
    (Informed(**INFORMED | {"told_of_call": False}), "tell them of the call"),
    (Informed(**INFORMED | {"told_to_install": False}), "install Zoom"),
    (Informed(**INFORMED | {"name_of_contact": ""}), "name is needed"),
    (Informed(**INFORMED | {"email": "jo"}), "not of the form"),
    (Informed(**INFORMED | {"phone": "ring me"}), "digits and spaces"),
    (ContactConfirmed(**CONFIRMED | {"confirmed_by": ""}), "say who confirms"),
    (ContactConfirmed(**CONFIRMED | {"read_back": False}), "read the address back"),
    (Cancelled(reason="bored"), "the reason is one of"),
]


@pytest.mark.parametrize("said", GOOD, ids=lambda said: said.name)
def test_a_statement_that_is_whole_is_taken(said: Statement) -> None:
    said.check(RULES)


@pytest.mark.parametrize(("said", "says"), BAD)
def test_a_statement_that_is_not_says_what_is_wrong(said: Statement, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        said.check(RULES)
    assert says in str(refused.value)


def test_what_is_personal_is_apart_from_what_is_kept_in_the_clear() -> None:
    said = Informed(**INFORMED)
    assert said.words() == {
        "name_of_contact": "Jo", "email": "jo@family.example", "phone": "07700 900123",
    }  # fmt: skip
    assert said.facts() == {
        "slot": "inform", "informed_by": "S-MDI-CHAP", "told_of_call": True,
        "told_to_install": True,
    }  # fmt: skip
    assert "family" not in repr(said)


def test_each_department_has_a_slot_and_both_decisions_share_one() -> None:
    assert Comment(**GIVEN).slot == "comment/security"
    assert Decision(granted=True).slot == Decision(granted=False).slot == "decision"
    assert (Decision(granted=True).name, Decision(granted=False).name) == ("approve", "refuse")


def test_the_staff_that_a_statement_names_are_those_of_its_fields() -> None:
    assert Comment(**AWAY).people() == ("S-1",)
    compact = Compact(explained_by="S-1", signed=False, witnesses=("S-2", "S-3"))
    assert compact.people() == ("S-1", "S-2", "S-3")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Chapel office", ""),
        ("Swing room", ""),
        ("B wing office", "residential"),
        ("Cells", "residential"),
        ("Houseblock 3", "residential"),
        ("?", "2 to 40 letters"),
    ],
)
def test_a_room_on_a_residential_unit_is_refused(name: str, wrong: str) -> None:
    found = wrong_room(name, RULES.residential)
    assert wrong in found
    assert bool(wrong) == bool(found)
