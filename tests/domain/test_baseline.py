"""Versions are compared number by number; what is none is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.baseline import version
from tests.support.cases import BASELINE

numbers = st.lists(st.integers(0, 10**6), min_size=1, max_size=5)


def dotted(parts: list[int]) -> str:
    return ".".join(map(str, parts))


def without_trailing_zeros(parts: list[int]) -> list[int]:
    while parts and parts[-1] == 0:
        parts = parts[:-1]
    return parts


@given(numbers, numbers)
def test_versions_are_ordered_as_their_numbers_are(one: list[int], other: list[int]) -> None:
    first, second = version(dotted(one)), version(dotted(other))
    assert first is not None
    assert second is not None
    pair = without_trailing_zeros(one), without_trailing_zeros(other)
    assert (first < second, first == second) == (pair[0] < pair[1], pair[0] == pair[1])


@given(numbers, st.integers(0, 4))
def test_trailing_zeros_do_not_count(parts: list[int], zeros: int) -> None:
    assert version(dotted(parts + [0] * zeros)) == version(dotted(parts))


@given(numbers, st.text(max_size=20))
def test_a_build_behind_the_version_does_not_count(parts: list[int], build: str) -> None:
    assert version(f"  {dotted(parts)} ({build}") == version(dotted(parts))


@given(st.text(max_size=18))
def test_anything_else_is_no_version_and_never_an_error(text: str) -> None:
    words = text.split()
    plain = bool(words) and all(p.isascii() and p.isdigit() for p in words[0].split("."))
    assert (version(text) is not None) == plain


@pytest.mark.parametrize(
    "text",
    ["", "  ", ".", "17.", ".7", "17..7", "17.x", "v17", "iOS 17.7", "-1", "1_0", "١٧.٧", "²"],
)
def test_is_no_version(text: str) -> None:
    assert version(text) is None


def test_a_number_without_end_is_no_version_and_stops_no_sweep() -> None:
    """Python itself refuses to read more than 4300 digits."""
    assert version("9" * 5000) is None
    assert version("17." + "9" * 5000) is None
    assert version("9" * 18) == (int("9" * 18),)


def test_18_10_is_newer_than_18_9() -> None:
    assert (version("18.10") or ()) > (version("18.9") or ())
    assert version("0") == version("0.0") == ()


@pytest.mark.parametrize(
    ("name", "bundle", "found"),
    [
        ("Zoom Workplace", None, "us.zoom.videomeetings"),
        ("zoom CLOUD meetings", None, "us.zoom.videomeetings"),
        ("Zoom for Intune", None, "us.zoom.videomeetings4intune"),
        ("whatever", "US.zoom.videomeetings", "us.zoom.videomeetings"),
        ("Zoom Workplace", "com.example.other", None),  # the bundle counts, not the name
        ("Zoom", None, None),
        ("Zoom Workplace ", None, None),
        ("", None, None),
    ],
)
def test_a_zoom_app_is_known_by_its_bundle_or_else_by_its_whole_name(
    name: str, bundle: str | None, found: str | None
) -> None:
    assert BASELINE.bundle_of(name, bundle) == found
