"""How many reads are done at once is for the surface to say: only surfaces start threads."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Together(Protocol):
    """Do tasks, perhaps some of them at once.

    The results come in the order of the tasks; what a task raises is raised where its result
    would come. A caller that stops half-way closes nothing: tasks see to it themselves.
    """

    def __call__(self, tasks: Iterable[Callable[[], T]]) -> Iterator[T]: ...


def in_turn(tasks: Iterable[Callable[[], T]]) -> Iterator[T]:
    """One after the other, each when its result is asked for."""
    return (task() for task in tasks)
