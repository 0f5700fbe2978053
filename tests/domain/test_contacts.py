"""Q9, Q10: the inboxes, and who could not be told."""

import pytest

from agent.domain.contacts import COLUMNS, NEWER, Entries, Place, plan_contacts
from agent.domain.contacts import write_contacts as written
from agent.schemes import load_scheme
from tests.support.registers import REGION, as_file, contact_rows

SCHEME = load_scheme()
CODES = ("LEI", "MDI")


def entries(*rows: dict[str, str]) -> Entries:
    plan = plan_contacts(as_file(rows, COLUMNS), {}, SCHEME)
    assert plan.problems == ()
    return plan.entries


def wrong(row: int, **changes: str) -> list[tuple[int, str, str]]:
    rows = contact_rows(CODES)
    rows[row] |= changes
    plan = plan_contacts(as_file(rows, COLUMNS), {}, SCHEME)
    return [(problem.line, problem.column, problem.cure) for problem in plan.problems]


def test_every_inbox_has_its_place() -> None:
    found = entries(*contact_rows(["MDI"]))
    assert found == {
        Place("establishment", "MDI", "region"): REGION,
        Place("establishment", "MDI", "security"): "security@mdi.example",
        Place("establishment", "MDI", "spoc"): "spoc@mdi.example",
        Place("establishment", "MDI", "governor"): "governor@mdi.example",
        Place("establishment", "MDI", "deputy"): "deputy@mdi.example",
        Place("establishment", "MDI", "duty-phone"): "+447700900000",
        Place("region", REGION, "regional-silver"): "nw@silver.example",
        Place("national", "", "infosec"): "infosec@hq.example",
        Place("national", "", "provider-management"): "duty@provider.example",
        Place("national", "", "duty-phone"): "+442079460999",
    }


def test_what_is_written_imports_again_without_a_change() -> None:
    found = entries(*contact_rows(CODES))
    again = plan_contacts(written(found).encode(), found, SCHEME)
    assert again.nothing
    assert again.warnings == again.problems == ()


@pytest.mark.parametrize(
    ("row", "changes", "line", "column", "cure"),
    [
        (0, {"scope": "prison"}, 2, "scope", "one of"),
        (0, {"scope": ""}, 2, "scope", "empty"),
        (0, {"code": "XXX"}, 2, "code", "no such establishment"),
        (0, {"code": ""}, 2, "code", "empty"),
        (0, {"security": "the office"}, 2, "security", "name@organisation"),
        (0, {"infosec": "a@b.example"}, 2, "infosec", "scope establishment"),
        (2, {"security": "a@b.example"}, 4, "security", "scope region"),
        (2, {"code": ""}, 4, "code", "empty"),
        (3, {"code": "UK"}, 5, "code", "scope national"),
        (0, {"duty_phone": "ring the gate"}, 2, "duty_phone", "+44 7700 900123"),
        (2, {"deputy": "+447700900123"}, 4, "deputy", "name@organisation"),
    ],
)
def test_a_bad_cell_names_its_cure(
    row: int, changes: dict[str, str], line: int, column: str, cure: str
) -> None:
    ((found_line, found_column, found_cure),) = wrong(row, **changes)
    assert (found_line, found_column) == (line, column)
    assert cure in found_cure


def test_a_place_has_one_line() -> None:
    rows = [*contact_rows(CODES), contact_rows(["MDI"])[0] | {"code": "mdi"}]
    plan = plan_contacts(as_file(rows, COLUMNS), {}, SCHEME)
    assert [(problem.line, problem.column) for problem in plan.problems] == [
        (3, "code"), (6, "code"),
    ]  # fmt: skip


def test_there_is_one_national_line() -> None:
    rows = contact_rows(CODES)
    plan = plan_contacts(as_file([*rows, rows[-1]], COLUMNS), {}, SCHEME)
    assert [(problem.line, problem.column) for problem in plan.problems] == [
        (5, "code"), (6, "code"),
    ]  # fmt: skip


def test_the_diff_names_places_and_a_file_replaces_everything() -> None:
    rows = contact_rows(CODES)
    held = entries(*rows)
    rows[1]["security"] = "other@mdi.example"
    rows[1]["provider_management"] = "operator@mdi.example"
    plan = plan_contacts(as_file(rows[1:], COLUMNS), held, SCHEME)
    assert plan.changed == (Place("establishment", "MDI", "security"),)
    assert plan.added == (Place("establishment", "MDI", "provider-management"),)
    assert {place.code for place in plan.removed} == {"LEI"}
    assert not plan.nothing


def test_a_region_that_is_named_on_one_side_only_is_a_warning() -> None:
    rows = contact_rows(CODES)
    rows[0]["region"] = "North Wset"
    rows.append(dict.fromkeys(COLUMNS, ""))
    rows[-1] |= {"scope": "region", "code": "Wales", "regional_silver": "w@silver.example"}
    plan = plan_contacts(as_file(rows, COLUMNS), {}, SCHEME)
    assert [(one.column, one.value) for one in plan.warnings] == [
        ("region", "North Wset"), ("code", "Wales"),
    ]  # fmt: skip


def test_a_file_from_before_deputies_and_phones_imports_with_none() -> None:
    older = tuple(name for name in COLUMNS if name not in NEWER)
    rows = [{name: row[name] for name in older} for row in contact_rows(CODES)]
    plan = plan_contacts(as_file(rows, older), {}, SCHEME)
    assert plan.problems == ()
    assert not {place.role for place in plan.entries} & {"deputy", "duty-phone"}
    again = plan_contacts(written(plan.entries).encode(), plan.entries, SCHEME)
    assert again.nothing


def test_every_scope_may_have_a_deputy_and_a_duty_phone() -> None:
    rows = contact_rows(CODES)
    for row in rows:
        row |= {"deputy": "deputy@x.example", "duty_phone": "07700 900123"}
    found = entries(*rows)
    for place in (("establishment", "MDI"), ("region", REGION), ("national", "")):
        assert found[Place(*place, "deputy")] == "deputy@x.example"
        assert found[Place(*place, "duty-phone")] == "+447700900123"


def test_a_telephone_number_survives_a_spreadsheet() -> None:
    found = entries(*contact_rows(CODES))
    text = written(found)
    assert "'+447700900000" in text  # a cell that begins with + would be run
    assert plan_contacts(text.encode(), found, SCHEME).nothing
