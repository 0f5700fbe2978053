"""The establishments that a scheme is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Establishment:
    """One prison of the official list."""

    code: str  # three letters
    name: str
    name_welsh: str  # empty where it has none
