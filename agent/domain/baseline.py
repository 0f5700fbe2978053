"""What must hold on every iPad: the numbers and names that the checks compare with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

LONGEST = 18  # digits in one part of a version: more is no version


@dataclass(frozen=True, slots=True)
class Days:
    """How many days make a matter low, medium and high."""

    low: int
    medium: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """config/baselines/ipad.toml, read."""

    minimum_os: str
    check_in: Days
    certificate: Days
    fresh: timedelta
    single_app_profile: str
    zoom_bundle: str
    zoom_minimum: str
    zoom_names: Mapping[str, str]  # lower-cased app name or bundle -> bundle
    allowed_apps: frozenset[str]  # lower-cased

    def bundle_of(self, name: str, bundle: str | None) -> str | None:
        """The Zoom bundle that this app is, or None if it is no Zoom app."""
        return self.zoom_names.get((bundle or name).lower())


def version(text: str) -> tuple[int, ...] | None:
    """18.1.2 (22B91) as numbers, so that 18.10 is newer than 18.9; None if it is none.

    Trailing zeros do not count: 18.0 is 18.
    """
    words = text.strip().split()
    parts = words[0].split(".") if words else [""]
    if not all(part.isascii() and part.isdigit() and len(part) <= LONGEST for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
