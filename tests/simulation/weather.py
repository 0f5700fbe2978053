"""What goes wrong outside, drawn from the seed: single faults, and hosts that are away."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from tests.simulation.scheduler import Scheduler

AWAY = 0.15  # of the faults are the first of many
LANDS = 0.5  # of the requests that were sent in vain arrive after all
LANDS_LATE = 0.03  # at each step, while something is under way


class Fault(Enum):
    """How a request to the outside goes wrong."""

    UNREACHED = "no connection"
    TIMED_OUT = "no answer; it may land late"
    LOST = "landed, and the answer was lost"
    CUT = "landed, and the answer was cut off"
    BUSY = "refused for now"


@dataclass
class Weather:
    """`share` of all calls go wrong, and the one of number `surely` in any case."""

    scheduler: Scheduler
    share: float
    surely: int
    calls: int = 0
    _away: Counter[str] = field(default_factory=Counter)
    _kind: dict[str, Fault] = field(default_factory=dict)
    _under_way: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

    def fault(self, host: str) -> Fault | None:
        """What becomes of the next call to this host; None: it goes well."""
        self.calls += 1
        if self._away[host] > 0:
            self._away[host] -= 1
            return self._told(self._kind[host])
        if self.calls != self.surely and not self.scheduler.chance(self.share):
            return None
        kind = self.scheduler.random.choice(list(Fault))
        if self.scheduler.chance(AWAY):
            self._kind[host], self._away[host] = kind, self.scheduler.random.randint(4, 60)
        return self._told(kind)

    def is_stormy(self) -> bool:
        return self.share > 0

    def clear_up(self) -> None:
        """From now on all goes well, once what is under way has landed or is lost."""
        self.share, self.surely = 0.0, 0
        self._away.clear()
        while self._under_way:
            self._land()

    def may_land(self, what: str, land: Callable[[], None]) -> None:
        """Its caller is dead or has given up; it is under way, or it is lost."""
        if self.scheduler.chance(LANDS):
            self.scheduler.note(f"under way: {what}")
            self._under_way.append((what, land))

    def pass_on(self) -> None:
        """What is under way may land now."""
        if self._under_way and self.scheduler.chance(LANDS_LATE):
            self._land()

    def _land(self) -> None:
        number = self.scheduler.random.randrange(len(self._under_way))
        what, land = self._under_way.pop(number)
        self.scheduler.note(f"LANDS LATE: {what}")
        self.scheduler.counts["late landings"] += 1
        land()

    def _told(self, kind: Fault) -> Fault:
        self.scheduler.counts["faults"] += 1
        self.scheduler.note(f"FAULT {kind.name}")
        return kind
