"""A5, A8: what lines may not share, and what an import would change."""

from datetime import UTC, date, datetime

import pytest

from agent.domain.asset import Asset
from agent.domain.register import Against
from agent.domain.register_plan import Plan, plan
from agent.domain.sheet import Problem
from agent.schemes import load_scheme
from tests.support.registers import a_row, as_file, register_rows

CODES = ("BXI", "LEI", "MDI")
STAFF = tuple(f"S-{code}-SPOC" for code in CODES)
AGAINST = Against(
    load_scheme(), STAFF, datetime(2026, 11, 20, 12, tzinfo=UTC), date(2026, 11, 20)
)
Rows = list[dict[str, str]]


@pytest.fixture
def rows() -> Rows:
    return register_rows(CODES)


def held(rows: Rows) -> dict[str, Asset]:
    outcome = plan(as_file(rows), {}, AGAINST)
    assert outcome.problems == ()
    return {asset.tag: asset for asset in outcome.diff.added}


def places(outcome: Plan) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in outcome.problems]


def _problems(rows: Rows) -> tuple[Problem, ...]:
    return plan(as_file(rows), {}, AGAINST).problems


@pytest.mark.parametrize(
    "column",
    ["local_id", "serial", "dom1_address", "m365_user_id", "apple_user_id", "iccid"],
)
def test_two_ipads_cannot_share(rows: Rows, column: str) -> None:
    rows[1][column] = rows[0][column].lower()
    outcome = plan(as_file(rows), {}, AGAINST)
    assert places(outcome) == [(2, column), (3, column)]
    assert outcome.problems[0].cure.startswith("line 3 has it too")


def test_of_many_lines_that_share_at_most_three_others_are_named() -> None:
    """A column that was filled down has them all."""
    rows = register_rows(("BXI", "LEI", "MDI"))
    for row in rows:
        row["serial"] = rows[0]["serial"]
    told = [problem.cure.partition(" has it too")[0] for problem in _problems(rows)]
    assert told == [
        "line 3, 4, 5 and 2 more", "line 2, 4, 5 and 2 more", "line 2, 3, 5 and 2 more",
        "line 2, 3, 4 and 2 more", "line 2, 3, 4 and 2 more", "line 2, 3, 4 and 2 more",
    ]  # fmt: skip
    told = [problem.cure.partition(" has it too")[0] for problem in _problems(rows[:4])]
    assert told == ["line 3, 4, 5", "line 2, 4, 5", "line 2, 3, 5", "line 2, 3, 4"]


def test_one_tag_twice_is_said_on_both_lines(rows: Rows) -> None:
    rows[1]["asset_tag"] = rows[0]["asset_tag"]
    assert places(plan(as_file(rows), {}, AGAINST)) == [(2, "asset_tag"), (3, "asset_tag")]


def test_a_line_that_is_bad_elsewhere_still_counts_as_sharing(rows: Rows) -> None:
    rows[0]["sim_provider"] = "x" * 101
    rows[1]["serial"] = rows[0]["serial"]
    outcome = plan(as_file(rows), {}, AGAINST)
    assert places(outcome) == [(2, "sim_provider"), (2, "serial"), (3, "serial")]


def test_two_empty_sim_numbers_are_not_shared(rows: Rows) -> None:
    rows[0]["iccid"] = rows[1]["iccid"] = ""
    assert plan(as_file(rows), {}, AGAINST).problems == ()


def test_what_an_asset_outside_the_file_has_is_taken(rows: Rows) -> None:
    register = held(rows)
    changed = rows[0] | {"serial": rows[5]["serial"]}
    outcome = plan(as_file([changed]), register, AGAINST)
    assert places(outcome) == [(2, "serial")]
    assert outcome.problems[0].cure.startswith(f"{rows[5]['asset_tag']} has it on the register")


def test_a_third_ipad_is_more_than_the_policy(rows: Rows) -> None:
    third = a_row("MDI", 3, 99)
    assert places(plan(as_file([*rows, third]), {}, AGAINST)) == [
        (line, "establishment") for line in (6, 7, 8)
    ]
    outcome = plan(as_file([third]), held(rows), AGAINST)
    assert [problem.cure for problem in outcome.problems] == [
        "MDI would have 3 devices, the policy is 2 (A1)"
    ]


def test_the_diff_says_field_by_field_what_changes(rows: Rows) -> None:
    register = held(rows)
    new = a_row("LEI", 3, 99, asset_tag="K99")
    moved = rows[2] | {"establishment": "BXI", "local_id": "BXIBT003"}
    gone = rows[0] | {"establishment": "LEI", "local_id": "LEIBT004"}
    other = rows[3] | {"sim_provider": "EE", "iccid": ""}
    diff = plan(as_file([moved, gone, other, rows[4]]), register, AGAINST).diff
    assert [change.tag for change in diff.moved] == [rows[0]["asset_tag"], rows[2]["asset_tag"]]
    assert diff.moved[1].fields() == {
        "local_id": ("LEIBT001", "BXIBT003"),
        "establishment": ("LEI", "BXI"),
    }
    assert [change.fields() for change in diff.changed] == [
        {"sim_provider": ("O2", "EE"), "iccid": (rows[3]["iccid"], "")}
    ]
    assert diff.unchanged == (rows[4]["asset_tag"],)
    assert diff.kept == (rows[1]["asset_tag"], rows[5]["asset_tag"])
    assert not diff.nothing
    assert plan(as_file([new]), {}, AGAINST).diff.added[0].tag == "K99"


def test_an_asset_whose_line_is_bad_is_not_called_absent(rows: Rows) -> None:
    outcome = plan(as_file([rows[0] | {"serial": "?"}, *rows[1:]]), held(rows), AGAINST)
    assert outcome.diff.kept == ()
    assert not outcome.may_apply(skip_invalid=False)


def test_leaving_out_one_half_of_a_swap_leaves_out_the_other(rows: Rows) -> None:
    register = held(rows)
    rows[0]["serial"], rows[5]["serial"] = rows[5]["serial"], rows[0]["serial"]
    assert plan(as_file(rows), register, AGAINST).problems == ()
    rows[0]["sim_provider"] = "x" * 101
    strict = plan(as_file(rows), register, AGAINST)
    assert places(strict) == [(2, "sim_provider")]
    outcome = plan(as_file(rows), register, AGAINST, skip_invalid=True)
    assert places(outcome) == [(2, "sim_provider"), (7, "serial")]
    assert [(out.line, out.tag) for out in outcome.left_out] == [
        (2, rows[0]["asset_tag"]), (7, rows[5]["asset_tag"]),
    ]  # fmt: skip
    assert outcome.may_apply(skip_invalid=True)
    assert outcome.diff.nothing


def test_a_line_of_the_wrong_length_is_left_out_by_its_number(rows: Rows) -> None:
    outcome = plan(as_file(rows) + b"K1,MDI\r\n", {}, AGAINST, skip_invalid=True)
    assert [(out.line, out.tag) for out in outcome.left_out] == [(8, "")]
    assert len(outcome.diff.added) == 6


def test_a_line_without_a_readable_tag_is_not_measured_against_the_register(
    rows: Rows,
) -> None:
    register = held(rows)
    rows[0]["asset_tag"] = "X1"
    assert places(plan(as_file(rows), register, AGAINST)) == [(2, "asset_tag")]
