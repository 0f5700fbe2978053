"""Keeps below an upstream's rate limits, rather than running into them."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls begin within any `window`."""

    count: int
    window: timedelta


class Pacer(Protocol):
    """Shared by all who call with one account."""

    def take(self, counts: Mapping[str, int]) -> None:
        """Wait until so many calls of each label may begin. An unknown label is free."""
        ...


class LocalPacer:
    """A pacer for one process. Thread-safe; who comes first goes first.

    A count above its limit is let through when the window is empty, alone.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._begun: dict[str, deque[tuple[float, int]]] = {name: deque() for name in limits}
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()

    def take(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            now = self._clock()
            begin = max((self._free_at(*want, now) for want in counts.items()), default=now)
            for label, count in counts.items():
                if label in self._limits and count:
                    self._begun[label].append((begin, count))
        if begin > now:
            self._sleep(begin - now)

    def _free_at(self, label: str, count: int, now: float) -> float:
        """When `count` more fit: as soon as enough of those before have left the window."""
        if label not in self._limits or not count:
            return now
        limit, begun = self._limits[label], self._begun[label]
        window = limit.window.total_seconds()
        while begun and begun[0][0] <= now - window:
            begun.popleft()
        room = limit.count - sum(before for _, before in begun)
        free_at = max([now, *(at for at, _ in begun)])
        if room >= count:
            return free_at
        for at, before in begun:
            room += before
            if room >= count or at == begun[-1][0]:
                return max(free_at, at + window)
        return free_at
