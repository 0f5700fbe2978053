"""What a source said and when it was true there, or why we do not know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
D = TypeVar("D")

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    value: T
    source: str
    at: datetime  # UTC: when it was true there; for what a device told, its last check-in


@dataclass(frozen=True, slots=True)
class Unknown:
    """`reason` is a stable word that reports and tests compare; `why` is for people."""

    reason: str
    why: str


Fact: TypeAlias = Known[T] | Unknown

NOT_ASKED = Unknown("not-asked", "not asked for")


def follow(fact: Fact[D], read: Callable[[D], Fact[T]]) -> Fact[T]:
    """What `read` finds in a fact's value, or why there is no value to read."""
    return fact if isinstance(fact, Unknown) else read(fact.value)


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """One list as far as it was read. What is there counts at once; that nothing else is there
    counts only without `gap`."""

    rows: tuple[T, ...]
    gap: Unknown | None = None


def gap_of(fact: Fact[Seen[T]]) -> Unknown | None:
    """Why a list was not read to its end, whether something of it was seen or not."""
    return fact if isinstance(fact, Unknown) else fact.value.gap


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One source read once. `gap` says what was not read; None: proven complete."""

    source: str
    at: datetime
    rows: Mapping[str, tuple[T, ...]]  # by serial; two rows of one serial are both kept
    gap: str | None = None

    def all_of(self, serial: str) -> Fact[tuple[T, ...]]:
        """Every row of this serial. Needs the whole list, an empty answer above all."""
        if self.gap is not None:
            return Unknown("not-read", f"{self.source} was not read completely: {self.gap}")
        return Known(self.rows.get(serial, ()), self.source, self.at)

    def seen_of(self, serial: str) -> Known[Seen[T]]:
        """The rows of this serial that were seen, also where not all was read."""
        whole = self.all_of(serial)
        gap = whole if isinstance(whole, Unknown) else None
        return Known(Seen(self.rows.get(serial, ()), gap), self.source, self.at)


def reading(
    source: str,
    at: datetime,
    rows: Iterable[T],
    serial: Callable[[T], str],
    gap: str | None = None,
) -> Reading[T]:
    """Group rows by serial, in the order they came."""
    found: dict[str, tuple[T, ...]] = {}
    for row in rows:
        found[serial(row)] = (*found.get(serial(row), ()), row)
    return Reading(source, at, found, gap)
