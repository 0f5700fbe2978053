"""A fact is known or it is not, and an empty answer needs the whole list."""

import pytest

from agent.domain.facts import Known, Reading, Seen, Unknown, follow, gap_of, reading
from tests.support.cases import MDM, NOT_TOLD, NOW, known


def _rows(*rows: str, gap: str | None = None) -> Reading[str]:
    return reading(MDM, NOW, rows, lambda row: row[0], gap)


def test_what_is_not_known_is_not_read_on_and_keeps_its_reason() -> None:
    def read(_: str) -> Known[str]:
        raise AssertionError("there was a value to read")

    assert follow(NOT_TOLD, read) is NOT_TOLD


def test_what_is_known_is_read_on() -> None:
    assert follow(known("a"), lambda value: known(value + "b")) == known("ab")
    assert follow(known("a"), lambda _: NOT_TOLD) is NOT_TOLD


def test_two_rows_of_one_serial_are_both_kept_in_the_order_they_came() -> None:
    assert _rows("b1", "a1", "b2").all_of("b") == Known(("b1", "b2"), MDM, NOW)


def test_nothing_is_an_answer_only_of_a_whole_list() -> None:
    assert _rows("a1").all_of("b") == Known((), MDM, NOW)
    assert _rows().all_of("b") == Known((), MDM, NOW)


@pytest.mark.parametrize("serial", ["a", "b"])
def test_a_list_with_a_gap_proves_nothing_of_any_serial(serial: str) -> None:
    """Not even of one that it has: a second row may be on the page that was not read."""
    told = _rows("a1", gap="page 2").all_of(serial)
    assert told == Unknown("not-read", "an MDM was not read completely: page 2")


def test_an_empty_gap_is_a_gap() -> None:
    assert isinstance(_rows("a1", gap="").all_of("a"), Unknown)


def test_what_was_seen_counts_beside_the_gap() -> None:
    assert _rows("a1").seen_of("a") == Known(Seen(("a1",)), MDM, NOW)
    part = _rows("a1", gap="page 2")
    gap = Unknown("not-read", "an MDM was not read completely: page 2")
    assert part.seen_of("a") == Known(Seen(("a1",), gap), MDM, NOW)
    assert part.seen_of("b") == Known(Seen((), gap), MDM, NOW)


def test_a_list_has_a_gap_whether_something_of_it_was_seen_or_not() -> None:
    assert gap_of(NOT_TOLD) is NOT_TOLD
    assert gap_of(known(Seen(("a1",), NOT_TOLD))) is NOT_TOLD
    assert gap_of(known(Seen(("a1",)))) is None
