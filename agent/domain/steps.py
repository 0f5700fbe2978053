"""Life cycles as tables: a step, the states it leaves, its gates, and who may decide otherwise.

A refusal names every gap with its requirement, not only the first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from agent.errors import NotAllowed

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing. `authority` may decide that it does not matter; empty: nobody may."""

    requirement: str
    says: str
    authority: str = ""

    def __str__(self) -> str:
        return f"{self.says} ({self.requirement})"


@dataclass(frozen=True, slots=True)
class Gate(Generic[T_contra]):
    """`missing` says what keeps it shut, or gives gaps of other requirements as they are."""

    requirement: str
    missing: Callable[[T_contra], Iterable[str | Gap]]
    authority: str = ""

    def gaps(self, thing: T_contra) -> tuple[Gap, ...]:
        found = self.missing(thing)
        return tuple(
            one if isinstance(one, Gap) else Gap(self.requirement, one, self.authority)
            for one in found
        )


def unless(holds: Callable[[T], bool], says: str) -> Callable[[T], Iterable[str]]:
    """One sentence, said while it does not hold."""
    return lambda thing: () if holds(thing) else (says,)


@dataclass(frozen=True, slots=True)
class Step(Generic[T_contra]):
    """`enters` None: the state stays. `act`: it happens in the world, and cannot be undone by
    refusing to write it down; from paper it is recorded with its gaps."""

    name: str
    leaves: tuple[Enum, ...]
    enters: Enum | None = None
    gates: tuple[Gate[T_contra], ...] = ()
    act: bool = False

    def gaps(self, thing: T_contra) -> tuple[Gap, ...]:
        return tuple(gap for gate in self.gates for gap in gate.gaps(thing))


@dataclass(frozen=True, slots=True)
class Taken(Generic[T_contra]):
    """A step that may be taken. `overridden` and `recorded` are kept beside it for ever."""

    step: Step[T_contra]
    overridden: tuple[Gap, ...] = ()  # somebody with the authority decided
    recorded: tuple[Gap, ...] = ()  # it happened all the same, and is told late


def find(table: Iterable[Step[T]], name: str, state: Enum) -> Step[T]:
    """The step of this name that leaves this state. Raises NotAllowed."""
    for step in table:
        if step.name == name and state in step.leaves:
            return step
    raise NotAllowed(f"cannot {name}: it is {state.value}")


def take(
    table: Iterable[Step[T]],
    name: str,
    state: Enum,
    thing: T,
    *,
    authority: str = "",
    from_paper: bool = False,
) -> Taken[T]:
    """The step to take now. Raises NotAllowed with every gap that is left.

    `authority` is held by whoever decides that what they may decide does not matter.
    """
    step = find(table, name, state)
    gaps = step.gaps(thing)
    if from_paper and step.act:
        return Taken(step, recorded=gaps)
    decided = tuple(gap for gap in gaps if authority and gap.authority == authority)
    left = [gap for gap in gaps if gap not in decided]
    if left:
        raise NotAllowed(f"cannot {name}: {'; '.join(map(str, left))}", cure(left))
    return Taken(step, overridden=decided)


def cure(gaps: Iterable[Gap]) -> str:
    """What to do about them."""
    who = sorted({gap.authority for gap in gaps})
    if who and all(who):
        return f"Record what is missing, or {' and '.join(who)} decides otherwise."
    return "Record what is missing."
