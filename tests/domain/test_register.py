"""A5, A8-A12: a line of the register is good, or each of its cells says what to do."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.asset import Asset
from agent.domain.register import Against, Line, cells_of, write_register
from agent.domain.register_plan import Plan, plan
from agent.schemes import load_scheme
from tests.support.registers import a_row, as_file, register_rows

SCHEME = load_scheme()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STAFF = ("S-MDI-SPOC", "S-LEI-SPOC", "S-BXI-SPOC")
AGAINST = Against(SCHEME, STAFF, NOW, date(2026, 11, 20))
NO_RECEIPT = {"received_by": "", "received_on": "", "storage_location": ""}


def planned(*rows: dict[str, str]) -> Plan:
    return plan(as_file(rows), {}, AGAINST)


def read(**changes: str) -> Asset:
    outcome = planned(a_row("MDI", 1, 1, **changes))
    assert outcome.problems == ()
    return outcome.diff.added[0]


def wrong(**changes: str) -> dict[str, str]:
    """Column -> cure."""
    outcome = planned(a_row("MDI", 1, 1, **changes))
    assert outcome.diff.added == ()
    return {problem.column: problem.cure for problem in outcome.problems}


def test_a_good_line_becomes_an_asset() -> None:
    assert read() == Asset(
        tag="K10001",
        local_id="MDIBT001",
        establishment="MDI",
        serial="DMPX000001",
        dom1_address="mdibt001@dom1.example",
        m365_user_id="mdibt001@ipads.example",
        apple_user_id="mdibt001@apple.example",
        sim_provider="O2",
        iccid="8944110000000000001",
        enrolled_at=datetime(2026, 9, 1, 9, 30, tzinfo=UTC),
        distributed_on=date(2026, 9, 3),
        received_by="S-MDI-SPOC",
        received_on=date(2026, 9, 4),
        storage_location="Governor's safe",
        zoom_group="Zg000001",
    )


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("local_id", "MDI BT1", "MDIBT001"),
        ("local_id", "mdi-bt01", "MDIBT001"),
        ("asset_tag", "k 10001", "K10001"),
        ("establishment", "mdi", "MDI"),
        ("serial", "dmpx 0000 01", "DMPX000001"),
        ("m365_user_id", "MDIBT001@iPads.Example", "mdibt001@ipads.example"),
        ("iccid", "8944 1100 0000 0000 001", "8944110000000000001"),
        ("enrolled_at", "2026-09-01T10:30:00+01:00", "2026-09-01T09:30:00Z"),
        ("enrolled_at", "", ""),
        ("distributed_on", "", ""),
        ("sim_provider", "", ""),
        ("iccid", "", ""),
        ("storage_location", "governor’s Safe", "Governor's safe"),
    ],
)
def test_harmless_differences_are_put_right(column: str, typed: str, kept: str) -> None:
    assert cells_of(read(**{column: typed}))[column] == kept


@pytest.mark.parametrize(
    ("column", "typed", "cure"),
    [
        ("local_id", "MDIXX001", "BT001 (A10)"),
        ("local_id", "MDIBT0001", "BT001 (A10)"),
        ("local_id", "LEIBT001", "another code"),
        ("local_id", "", "empty"),
        ("asset_tag", "X10001", "starts with K"),
        ("asset_tag", "", "empty"),
        ("establishment", "XXX", "no such establishment"),
        ("establishment", "ＭＤＩ", "no such establishment"),
        ("serial", "1.2E+10", "letters and digits"),
        ("serial", "DMPX\u200b000001", "invisible"),
        ("serial", "DMPX\n000001", "line break"),
        ("dom1_address", "mdibt001", "name@organisation"),
        ("dom1_address", "x" * 250 + "@a.example", "name@organisation"),
        ("apple_user_id", "=cmd@apple.example", "name@organisation"),
        ("sim_provider", "x" * 101, "100"),
        ("iccid", "8.94411E+18", "spreadsheet"),
        ("iccid", "8,94411E18", "spreadsheet"),
        ("iccid", "89441", "18 to 22"),
        ("enrolled_at", "2026-09-01T09:30:00", "zone"),
        ("enrolled_at", "01/09/2026 09:30", "zone"),
        ("enrolled_at", "0001-01-01T00:00:00+14:00", "zone"),
        ("enrolled_at", "0001-01-01T00:00:00Z", "zone"),
        ("enrolled_at", "2026-11-20T12:00:01Z", "future"),
        ("distributed_on", "03/09/2026", "2026-09-03"),
        ("distributed_on", "2026-02-30", "2026-09-03"),
        ("distributed_on", "20260903", "2026-09-03"),
        ("distributed_on", "0026-09-03", "2026-09-03"),
        ("received_by", "S-NOBODY", "no such member of staff"),
        ("received_by", "", "receipt"),
        ("received_on", "", "receipt"),
        ("received_on", "2026-09-02", "before it was distributed"),
        ("received_on", "2026-11-21", "future"),
        ("storage_location", "", "receipt"),
        ("storage_location", "the office", "one of"),
    ],
)
def test_a_bad_cell_names_its_cure(column: str, typed: str, cure: str) -> None:
    found = wrong(**{column: typed})
    assert list(found) == [column]
    assert cure in found[column]


def test_a_problem_shows_the_value_as_it_was_typed() -> None:
    (problem,) = planned(a_row("MDI", 1, 1, asset_tag="x 1")).problems
    assert (problem.line, problem.column, problem.value) == (2, "asset_tag", "x 1")


def test_every_fault_of_every_line_is_told_at_once() -> None:
    bad = {"serial": "?", "iccid": "1E9", "received_on": ""}
    outcome = planned(a_row("MDI", 1, 1, **bad), a_row("LEI", 1, 2, **bad))
    assert [(problem.line, problem.column) for problem in outcome.problems] == [
        (line, column) for line in (2, 3) for column in ("serial", "iccid", "received_on")
    ]


def test_an_ipad_that_was_not_received_yet_has_no_receipt() -> None:
    assert read(**NO_RECEIPT).received_on is None


def test_an_undistributed_ipad_may_have_been_received() -> None:
    assert read(distributed_on="").distributed_on is None


def test_enrolled_after_the_receipt_is_a_warning_and_not_a_problem() -> None:
    outcome = planned(a_row("MDI", 1, 1, enrolled_at="2026-09-05T00:00:00Z"))
    assert outcome.problems == ()
    assert outcome.warnings[0].column == "enrolled_at"
    assert "A3" in outcome.warnings[0].cure


def test_the_same_day_and_this_very_moment_are_in_order() -> None:
    same_day = {"distributed_on": "2026-09-04", "enrolled_at": "2026-09-04T23:00:00Z"}
    outcome = planned(a_row("MDI", 1, 1, **same_day), a_row("MDI", 2, 2))
    assert outcome.problems == ()
    assert [warning.line for warning in outcome.warnings] == [0]
    assert read(received_on="2026-11-20").received_on == AGAINST.today
    now = {"enrolled_at": "2026-11-20T12:00:00Z", "distributed_on": "", **NO_RECEIPT}
    assert read(**now).enrolled_at == NOW


def test_a_sim_number_that_ends_in_zeros_is_a_warning() -> None:
    outcome = planned(a_row("MDI", 1, 1, iccid="8944110000123450000"))
    assert outcome.problems == ()
    assert outcome.warnings[0].column == "iccid"


def test_fewer_devices_than_the_policy_is_a_warning() -> None:
    outcome = planned(a_row("MDI", 1, 1))
    assert [warning.cure for warning in outcome.warnings] == [
        "MDI has 1 of 2 devices (A1)",
        "123 establishments have no device on the register (A1)",
    ]


def test_a_missing_column_is_told_once() -> None:
    rows = register_rows(["MDI"])
    columns = tuple(name for name in rows[0] if name != "storage_location")
    outcome = plan(as_file(rows, columns), {}, AGAINST, skip_invalid=True)
    assert [(one.line, one.column) for one in outcome.problems] == [(1, "storage_location")]
    assert not outcome.may_apply(skip_invalid=True)


def test_a_line_without_a_tag_has_none() -> None:
    assert Line(2, {}, None).tag == ""


def test_a_text_that_is_no_local_id_has_no_establishment() -> None:
    assert SCHEME.register.establishment_of("K1") == ""


names = st.from_regex(r"[a-z0-9][a-z0-9.+'_-]{0,12}@[a-z]{1,8}\.example", fullmatch=True)
days = st.dates(date(2020, 1, 1), date(2026, 11, 20))


@st.composite
def assets(draw: st.DrawFn) -> list[Asset]:
    codes = draw(st.lists(st.sampled_from(sorted(SCHEME.establishments)), unique=True))
    count = len(codes)

    def each(values: st.SearchStrategy[str]) -> list[str]:
        return draw(st.lists(values, min_size=count, max_size=count, unique=True))

    tags = each(st.from_regex(r"K[0-9A-Z]{1,6}", fullmatch=True))
    serials = each(st.from_regex(r"[0-9A-Z]{8,14}", fullmatch=True))
    accounts = [each(names) for _ in range(3)]
    numbers = each(st.from_regex(r"[0-9]{18,22}", fullmatch=True))
    found = []
    for place, code in enumerate(codes):
        received = draw(st.none() | days)
        found.append(
            Asset(
                tag=tags[place],
                local_id=f"{code}BT{draw(st.integers(0, 999)):03d}",
                establishment=code,
                serial=serials[place],
                dom1_address=accounts[0][place],
                m365_user_id=accounts[1][place],
                apple_user_id=accounts[2][place],
                sim_provider=draw(st.sampled_from(["", "O2", "=O2", "'+EE", 'A, "B"'])),
                iccid=draw(st.sampled_from(["", numbers[place]])),
                enrolled_at=draw(
                    st.none()
                    | st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1)).map(  # noqa: DTZ001
                        lambda at: at.replace(tzinfo=UTC)
                    )
                ),
                received_by=draw(st.sampled_from(STAFF)) if received else "",
                received_on=received,
                storage_location="Governor's safe" if received else "",
            )
        )
    return found


@settings(max_examples=40)
@given(assets())
def test_an_export_reads_back_as_the_same_register(register: list[Asset]) -> None:
    held = {asset.tag: asset for asset in register}
    data = write_register(register).encode()
    fresh, again = plan(data, {}, AGAINST), plan(data, held, AGAINST)
    assert fresh.problems == again.problems == ()
    assert {asset.tag: asset for asset in fresh.diff.added} == held
    assert again.diff.nothing
    assert sorted(again.diff.unchanged) == sorted(held)
