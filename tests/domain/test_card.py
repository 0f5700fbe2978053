"""The card for a call without us: its lines, and the blank card that late entry takes."""

from datetime import date

import pytest

from agent.domain.card import WIDTH, Card, Part, blank_entry, pages, words_of
from agent.domain.late_entry import KINDS, statement
from agent.errors import BadInput
from agent.schemes import load_calls

RULES = load_calls()
TEXT = RULES.text("section-170", date(2026, 11, 22))
WORDS = words_of(RULES, TEXT, "0203 334 0324")


def test_a_blank_fills_its_line_and_a_choice_has_none() -> None:
    part = Part("Heading", ("ring {infosec}",), ("By   at", "Signed  yes / no"))
    [page] = pages(Card("CARD", ("read it",), (part,)), RULES, WORDS, "MDI")
    lines = page.splitlines()
    assert lines[:4] == ["CARD   MDI", "read it", "", "Heading"]
    assert lines[4] == "  ring 0203 334 0324"
    assert lines[5].startswith("  By ____")
    assert WIDTH - 4 <= len(lines[5]) <= WIDTH
    assert lines[6] == "  Signed  yes / no"


def test_a_part_may_begin_another_page_and_a_department_has_its_own_line() -> None:
    parts = (Part("One"), Part("Two", write=("{departments}",), page=True))
    first, second = pages(Card("CARD", (), parts), RULES, WORDS, "MDI", ("known",))
    assert first == "CARD   MDI\n\nOne\n"
    assert second.startswith("CARD   MDI   page 2\n\nTwo\n")
    for name in RULES.departments.values():
        assert f"  {name}  no concern / concern / unreachable ___" in second
    assert second.endswith("\n\nKnown when it was printed\n  known\n")


def test_the_blank_card_has_every_field_and_the_text_that_is_read() -> None:
    blank = blank_entry(RULES, TEXT)
    steps = {line["step"]: line for line in blank["steps"]}
    assert set(steps) == set(KINDS)
    assert steps["precall"]["text"] == TEXT.version
    assert steps["end"] == {
        "step": "end", "at": "", "reason": "finished", "present": (), "security_issue": False,
    }  # fmt: skip
    departments = [x["department"] for x in blank["steps"] if x["step"] == "comment"]
    assert departments == list(RULES.departments)


@pytest.mark.parametrize("step", ["decide", "confirm-contact"])
def test_what_must_be_said_is_not_said_beforehand(step: str) -> None:
    [line] = [x for x in blank_entry(RULES, TEXT)["steps"] if x["step"] == step]
    told = {name: value for name, value in line.items() if name not in ("step", "at")}
    with pytest.raises(BadInput, match="is not true or false"):
        statement(step, told)
