"""CSV files as people and spreadsheets make them."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.sheet import BadSheet, Problem, read_sheet, write_sheet

COLUMNS = ("tag", "place")


def told(data: bytes) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.value) for one in read_sheet(data, COLUMNS).problems]


def cells(data: bytes) -> list[dict[str, str]]:
    sheet = read_sheet(data, COLUMNS)
    assert sheet.usable
    return [dict(row.cells) for row in sheet.rows]


@pytest.mark.parametrize(
    "data",
    [
        b"tag,place\nK1,MDI\n",
        codecs.BOM_UTF8 + b"tag,place\r\nK1,MDI\r\n\r\n,\r\n\n",
        b"tag,place\rK1,MDI\r",
        b"\n\nPlace , TAG\nMDI,K1",
        b"tag,place,,\nK1,MDI,,\n",
        b'"tag","place"\n" K1 ","\xc2\xa0MDI"\n',
    ],
)
def test_every_harmless_form_is_read_alike(data: bytes) -> None:
    assert cells(data) == [{"tag": "K1", "place": "MDI"}]


def test_lines_are_those_of_the_file() -> None:
    sheet = read_sheet(b'tag,place\n\n"K\n1",MDI\nK2,LEI\n', COLUMNS)
    assert [row.line for row in sheet.rows] == [3, 5]


@pytest.mark.parametrize(
    ("data", "line", "cure"),
    [
        (b"", 1, "empty"),
        (b"\n\n", 1, "empty"),
        (codecs.BOM_UTF16_LE + b"t\x00", 1, "UTF-8"),
        (b"tag;place\nK1;MDI\n", 1, "semicolons"),
        (b"tag\tplace\nK1\tMDI\n", 1, "tabs"),
        (b'tag,place\n"K1,MDI\n', 2, "quotes"),
        (b'"tag,place', 1, "quotes"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, line: int, cure: str) -> None:
    sheet = read_sheet(data, COLUMNS)
    assert not sheet.usable
    assert [one.line for one in sheet.problems] == [line]
    assert cure in sheet.problems[0].cure


def test_every_line_that_is_not_utf8_is_named_with_its_byte() -> None:
    data = b"tag,place\nK1,Caf\xe9\nK2,MDI\nK3,\x80\n"
    assert told(data) == [
        (2, "", "byte 0xe9 at offset 16"),
        (4, "", "byte 0x80 at offset 28"),
    ]
    assert data[16] == 0xE9


def test_every_fault_of_the_header_is_named_at_once() -> None:
    data = b"tag,Tag,colour,colour,,size\n"
    assert told(data) == [
        (1, "colour", "colour"),
        (1, "", ""),
        (1, "size", "size"),
        (1, "tag", "tag"),
        (1, "place", ""),
    ]


@pytest.mark.parametrize(
    "name",
    ["password", "Pass Word", "apple_passcode", "PIN", "m365-pin", "client_secret", "pwd"],
)
def test_a_password_is_refused_with_the_reason(name: str) -> None:
    (problem,) = read_sheet(f"tag,place,{name}\n".encode(), COLUMNS).problems
    assert "never stored" in problem.cure


def test_a_pint_is_no_pin() -> None:
    (problem,) = read_sheet(b"tag,place,shipping\n", COLUMNS).problems
    assert "no such column" in problem.cure


def test_a_line_of_another_length_is_named_and_the_others_are_read() -> None:
    sheet = read_sheet(b"tag,place\nK1\nK2,MDI,x\nK3,LEI\n", COLUMNS)
    assert [(one.line, one.value) for one in sheet.problems] == [(2, "1 cells"), (3, "3 cells")]
    assert [row.cells["tag"] for row in sheet.rows] == ["K3"]
    assert sheet.usable


def test_a_missing_column_is_named_once_and_not_on_every_line() -> None:
    sheet = read_sheet(b"tag,colour\nK1,red\n", COLUMNS)
    found = sheet.all_problems([Problem(2, "place", "", "empty"), Problem(2, "tag", "", "odd")])
    assert [(one.line, one.column) for one in found] == [
        (1, "colour"), (1, "place"), (2, "tag"),
    ]  # fmt: skip


def test_no_cell_can_act_as_a_formula() -> None:
    file = write_sheet(COLUMNS, [{"tag": "=1+1", "place": "'-x"}, {"tag": "@a", "place": "'t"}])
    assert file == "tag,place\r\n'=1+1,''-x\r\n'@a,'t\r\n"


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"])
    | st.sampled_from("=+-@',\"\n;"),
    min_size=1,
).filter(lambda word: word == word.strip())


@given(st.lists(st.fixed_dictionaries({"tag": words, "place": words})))
def test_what_is_written_reads_back(rows: list[dict[str, str]]) -> None:
    assert cells(write_sheet(COLUMNS, rows).encode()) == rows


@given(st.binary() | st.binary().map(lambda data: b"tag,place\n" + data))
def test_no_bytes_at_all_make_it_fall_over(data: bytes) -> None:
    sheet = read_sheet(data, COLUMNS)
    assert sheet.usable or sheet.problems


def test_the_error_says_where_and_how_many_but_no_value() -> None:
    one = Problem(4, "serial", "DMPX", "letters")
    assert str(BadSheet("the register", [one])) == (
        "the register: nothing was imported, 1 problem, the first on line 4, column serial"
    )
    assert "2 problems, the first on line 0" in str(
        BadSheet("x", [Problem(0, "", "", ""), one])
    )
