"""A pacer for many processes: the moments are booked in a timetable that they share.

All threads of a process that wait at one time book together, so the dearest part, one commit,
is shared by them. A moment that was missed is given up and another one is booked.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from agent.ports.pace import Timetable, Want
from connectors.pacing import Limit

LATE = 0.03
"""Seconds after its moment within which a call may still begin. Windows must be that much
longer than the upstream's, and a little more: a way of uneven length leads there."""


def share_of(limits: Mapping[str, Limit], share: float) -> Mapping[str, Limit]:
    """Our part of an account's limits, where other apps use the account too. 1: all of it."""
    return {
        label: Limit(max(1, int(limit.count * share)), limit.window)
        for label, limit in limits.items()
    }


@dataclass(slots=True, eq=False)
class _Place:
    """One thread's place in the queue of its process."""

    want: Want
    begin: float | None = None


class SharedPacer:
    """Thread-safe; who comes first goes first, in one process and between them."""

    def __init__(
        self,
        timetable: Timetable,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._timetable = timetable
        self._clock = clock
        self._sleep = sleep
        self._queue: deque[_Place] = deque()
        self._booking = Lock()

    def take(self, counts: Mapping[str, int]) -> None:
        """See `Pacer`."""
        lead = 0.0
        while True:
            begin = self._begin(_Place((counts, lead)))
            wait = begin - self._clock()
            if wait > 0:
                self._sleep(wait)
            late = self._clock() - begin
            if late <= LATE:
                return
            lead = 2 * late  # a slow disk or a busy machine: book with that in mind

    def _begin(self, place: _Place) -> float:
        self._queue.append(place)
        with self._booking:
            if place.begin is None:
                self._book(place)
            assert place.begin is not None
            return place.begin

    def _book(self, own: _Place) -> None:
        """For all who wait by now; while this lasts, the next ones gather."""
        places = [self._queue[n] for n in range(len(self._queue))]
        try:
            waits = self._timetable.book([place.want for place in places])
        except BaseException:
            self._queue.remove(own)  # the others book for themselves
            raise
        now = self._clock()
        for place, wait in zip(places, waits, strict=True):
            place.begin = now + wait
            self._queue.popleft()
