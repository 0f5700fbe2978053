"""What a pacer needs of our memory, so that several processes share one account's limits."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

Want: TypeAlias = tuple[Mapping[str, int], float]
"""So many calls of each label at one moment, so many seconds from now or later."""


class Timetable(Protocol):
    """When calls of one account may begin. All processes that call with it share one."""

    def book(self, wants: Sequence[Want]) -> Sequence[float]:
        """Book a moment for each, in this order; they are gone whether they are used or not.

        Gives the seconds from the return of this call, below zero where the moment is over.
        A label without a limit is free.
        """
        ...
