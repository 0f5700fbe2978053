"""The chain: whatever is changed, taken out, moved or cut off is found."""

import json
from collections.abc import Sequence
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.audit import START, Entry, canonical, digest, first_broken
from tests.support.cases import NOW

Row: TypeAlias = tuple[int, str, str]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
details = st.dictionaries(texts, texts | st.integers(), max_size=3)


def _entry(what: str = "SWEPT", told: dict[str, str | int] | None = None) -> Entry:
    return Entry(
        what=what, when=NOW, subject_type="ASSET", subject_id="K10001", who="agent",
        operation_id="op", correlation_id="night", details=told or {},
    )  # fmt: skip


def _chain(entries: Sequence[Entry]) -> list[Row]:
    rows: list[Row] = []
    previous = START
    for seq, entry in enumerate(entries, 1):
        text = canonical(seq, entry, previous)
        previous = digest(text)
        rows.append((seq, text, previous))
    return rows


def _head(rows: list[Row]) -> tuple[int, str]:
    return (rows[-1][0], rows[-1][2]) if rows else (0, START)


chains = st.lists(st.builds(_entry, texts, details), min_size=2, max_size=6).map(_chain)


@given(st.lists(st.builds(_entry, texts, details), max_size=6).map(_chain))
def test_a_chain_as_it_was_written_holds(rows: list[Row]) -> None:
    assert first_broken(rows, _head(rows)) is None


@given(chains, st.data())
def test_any_changed_character_is_found_in_its_row(
    rows: list[Row], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    seq, text, found = rows[place]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    broken = [*rows[:place], (seq, changed, found), *rows[place + 1 :]]
    assert first_broken(broken, _head(rows)) == f"row {seq} was changed"


@given(chains, st.data())
def test_a_row_that_was_changed_and_hashed_anew_is_found_by_what_follows(
    rows: list[Row], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    seq, text, _ = rows[place]
    changed = json.dumps(json.loads(text) | {"who": "somebody else"})
    broken = [*rows[:place], (seq, changed, digest(changed)), *rows[place + 1 :]]
    assert first_broken(broken, _head(rows)) is not None


@given(chains, st.data())
def test_a_missing_row_is_found(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    told = first_broken([*rows[:place], *rows[place + 1 :]], _head(rows))
    if place == len(rows) - 1:
        assert told == f"the chain ends at row {place}, but its head names row {place + 1}"
    else:
        assert told == f"row {place + 1} is missing"


@given(chains, st.data())
def test_two_swapped_rows_are_found_also_when_their_numbers_are_swapped(
    rows: list[Row], data: st.DataObject
) -> None:
    one, other = sorted(
        data.draw(
            st.lists(st.sampled_from(range(len(rows))), min_size=2, max_size=2, unique=True)
        )
    )
    swapped = list(rows)
    swapped[one], swapped[other] = rows[other], rows[one]
    assert first_broken(swapped, _head(rows)) == f"row {one + 1} is missing"
    numbered = [(seq, text, found) for seq, (_, text, found) in enumerate(swapped, 1)]
    told = first_broken(numbered, _head(rows))
    assert told == f"row {one + 1} does not follow row {one}"


@given(chains, st.data())
def test_a_cut_tail_is_found_by_the_head_and_a_cut_head_by_the_first_row(
    rows: list[Row], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(rows) - 1))
    assert first_broken(rows[:cut], _head(rows)) is not None
    assert first_broken(rows[cut:], _head(rows)) == "row 1 is missing"
    assert first_broken([], _head(rows)) is not None


def test_a_chain_that_was_written_anew_from_its_start_is_found_by_its_head() -> None:
    rows, false = _chain([_entry(), _entry()]), _chain([_entry(), _entry("CLEARED")])
    assert first_broken(false, _head(rows)) == "row 2 is another than its head names"


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "7", "null", "{}", '{"seq":2}', '{"previous":"' + START + '"}'],
)
def test_a_row_that_is_none_of_ours_is_found_though_its_hash_is_right(text: str) -> None:
    rows = _chain([_entry()])
    added = (2, text, digest(text))
    assert first_broken([*rows, added], (2, added[2])) == "row 2 does not follow row 1"


def test_a_row_names_its_number_and_the_hash_before_it_and_what_the_audit_service_wants() -> (
    None
):
    text = canonical(1, _entry("SWEPT", {"été": 1}), START)
    assert json.loads(text) == {
        "seq": 1, "previous": START, "what": "SWEPT", "who": "agent",
        "when": "2026-11-22T02:30:00.000000+00:00", "operationId": "op",
        "subjectId": "K10001", "subjectType": "ASSET", "correlationId": "night",
        "service": "callsteward", "details": {"été": 1},
    }  # fmt: skip
    assert text.startswith('{"correlationId":"night","details":{"été":1},')


def test_the_order_of_the_details_does_not_change_the_row() -> None:
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert canonical(1, _entry(told={**one}), START) == canonical(
        1, _entry(told={**other}), START
    )
