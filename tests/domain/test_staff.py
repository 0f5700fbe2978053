"""Who works with the devices; who leaves stays known."""

import pytest

from agent.domain.people import Staff
from agent.domain.staff import COLUMNS, StaffPlan, gone, plan_staff, write_staff
from agent.schemes import load_scheme
from tests.support.registers import as_file

SCHEME = load_scheme()
SPOC = Staff("S-MDI-SPOC", "Sam Pock", "spoc", "MDI")
ANALYST = Staff("I-1", "=A Analyst", "infosec", "")


def planned(text: str, *held: Staff) -> StaffPlan:
    data = f"{','.join(COLUMNS)}\n{text}\n".encode()
    return plan_staff(data, {person.id: person for person in held}, SCHEME)


def test_new_changed_and_leaving_staff_are_told_apart() -> None:
    plan = planned("S-MDI-SPOC,Sam Pock,governor,MDI\nN-1,New,Chaplaincy,lei", SPOC, ANALYST)
    assert plan.added == (Staff("N-1", "New", "chaplaincy", "LEI"),)
    assert plan.changed == (Staff("S-MDI-SPOC", "Sam Pock", "governor", "MDI"),)
    assert plan.left == ("I-1",)
    assert plan.ids == {"S-MDI-SPOC", "N-1"}
    assert not plan.nothing


def test_who_has_left_leaves_once_and_may_come_back() -> None:
    assert planned("I-1,=A Analyst,infosec,", ANALYST, gone(SPOC)).nothing
    assert planned("S-MDI-SPOC,Sam Pock,spoc,MDI", gone(SPOC)).changed == (SPOC,)


def test_what_is_written_imports_again_without_a_change() -> None:
    file = write_staff([SPOC, ANALYST, gone(Staff("X", "Gone", "spoc", "MDI"))])
    held = {person.id: person for person in (SPOC, ANALYST)}
    assert plan_staff(file.encode(), held, SCHEME).nothing


@pytest.mark.parametrize(
    ("line", "column", "cure"),
    [
        ("Agent,Sam,spoc,MDI", "id", "not on the list"),
        ("os-user,Sam,spoc,MDI", "id", "not on the list"),
        ("sam@hq.example,Sam,spoc,MDI", "id", "no e-mail address"),
        (",Sam,spoc,MDI", "id", "empty"),
        ("S,,spoc,MDI", "name", "empty"),
        ("S,Sam,cook,MDI", "role", "one of"),
        ("S,Sam,spoc,", "establishment", "empty"),
        ("S,Sam,spoc,XXX", "establishment", "no such"),
        ("S,Sam,infosec,MDI", "establishment", "not of one establishment"),
    ],
)
def test_a_bad_cell_names_its_cure(line: str, column: str, cure: str) -> None:
    plan = planned(line)
    assert [problem.column for problem in plan.problems] == [column]
    assert cure in plan.problems[0].cure
    assert plan.added == ()


def test_an_id_is_one_persons() -> None:
    plan = planned("S-1,Sam,spoc,MDI\ns-1,Max,spoc,LEI\nS-2,Kim,spoc,LEI")
    assert [(problem.line, problem.column) for problem in plan.problems] == [
        (2, "id"), (3, "id"),
    ]  # fmt: skip


def test_a_file_without_an_id_column_says_so_once() -> None:
    rows = [{"name": "Sam", "role": "spoc", "establishment": "MDI"}] * 2
    plan = plan_staff(as_file(rows, ("name", "role", "establishment")), {}, SCHEME)
    assert [problem.column for problem in plan.problems] == ["id"]
