"""A duty phone's number, however people write it."""

import pytest

from agent.domain.cells import Bad, telephone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+44 7700 900123", "+447700900123"),
        ("07700 900123", "+447700900123"),
        ("07700900123", "+447700900123"),
        ("(020) 7946-0999", "+442079460999"),
        ("+44 (0)20 7946 0999", "+442079460999"),
        ("0044 20 7946 0999", "+442079460999"),
        ("016977 2555", "+44169772555"),  # a few British numbers have a digit less
        ("+353 1 234 5678", "+35312345678"),
        ("00 353 1 234 5678", "+35312345678"),
        ("+1.202.555.0123", "+12025550123"),
    ],
)
def test_a_number_is_kept_with_its_code(typed: str, kept: str) -> None:
    assert telephone(typed) == kept
    assert telephone(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "7700900123",  # a spreadsheet took the first zero
        "7.7009E+09",
        "999",
        "+44 7700 900",
        "+44 07700 900123 4",
        "+44 0 7700 900123",
        "+0 7700 900123",
        "+1234567890123456",
        "ring the gate",
        "07700 900123 ext 4",
        "٠٧٧٠٠٩٠٠١٢٣",
        "+44+7700900123",
    ],
)
def test_what_is_no_number_says_how_to_write_one(typed: str) -> None:
    found = telephone(typed)
    assert isinstance(found, Bad)
    assert "+44 7700 900123" in found.cure
