"""What doctor says of one thing: how it stands, in a plain sentence, and the cure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    OK = "ok"
    WARNING = "warning"  # it works today
    WRONG = "wrong"
    UNSEEN = "could not look"  # not knowing is not passing


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`about` is stable, for machines; no field holds a secret, an address or a name."""

    about: str
    outcome: Outcome
    says: str
    cure: str = ""


def ok(about: str, says: str) -> Diagnosis:
    return Diagnosis(about, Outcome.OK, says)


def warning(about: str, says: str, cure: str) -> Diagnosis:
    return Diagnosis(about, Outcome.WARNING, says, cure)


def wrong(about: str, says: str, cure: str) -> Diagnosis:
    return Diagnosis(about, Outcome.WRONG, says, cure)


def unseen(about: str, says: str, cure: str) -> Diagnosis:
    return Diagnosis(about, Outcome.UNSEEN, says, cure)


def all_well(diagnoses: Iterable[Diagnosis]) -> bool:
    """A thing that could not be looked at is not well."""
    return all(one.outcome is Outcome.OK for one in diagnoses)


def sentence(text: str) -> str:
    """An error's message as a sentence."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def counted(number: int, one: str, many: str) -> str:
    """1 letter; 2 letters."""
    return f"{number} {one if number == 1 else many}"


def listed(words: Iterable[str], most: int = 8) -> str:
    """A, B and 3 more."""
    every = sorted(words)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
