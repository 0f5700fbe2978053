"""One thread at a time: the seed says who goes on, and who dies.

A strand is a thread of the agent as this world sees it. It stops at each seam and goes on when
it is told to. Nothing here reads a clock or draws chance but from the seed.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

TICK = timedelta(milliseconds=1)  # that a step takes by itself


class Killed(BaseException):
    """kill -9: no `except Exception` sees it."""


def always() -> bool:
    """What a strand waits for that only waits for its turn."""
    return True


@dataclass(eq=False)
class Life:
    """One process, from its start to its end. A kill ends all its strands at once.

    `asleep` until a time: the machine let it stand still, and it does not know.
    """

    name: str
    dead: bool = False
    asleep: datetime | None = None
    strands: list["Strand"] = field(default_factory=list)


@dataclass(eq=False)
class Strand:
    """One thread. `at` is the seam that it stands at, `ready` whether it could go on."""

    life: Life
    name: str
    at: str = "start"
    ready: Callable[[], bool] = always
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    ended: bool = False
    began: datetime | None = None

    def __str__(self) -> str:
        return f"{self.life.name} {self.name}"


class Scheduler:
    """Runs strands in turn. `faults_of_ours` has what a strand raised that nothing caught."""

    def __init__(self, seed: int, start: datetime) -> None:
        self.random, self.now = Random(seed), start
        self.strands: list[Strand] = []
        self.trace: list[str] = []
        self.counts: Counter[str] = Counter()
        self.faults_of_ours: list[str] = []
        self.quiet = False  # each goes on until it must wait: there is nothing to interleave
        self._turn = threading.Semaphore(0)
        self._local = threading.local()

    def clock(self) -> datetime:
        return self.now

    def chance(self, share: float) -> bool:
        """Draws only where there is a chance, so that no seed is spent on nothing."""
        return share > 0 and self.random.random() < share

    @property
    def strand(self) -> Strand | None:
        """The strand that asks; None for the world itself."""
        found: Strand | None = getattr(self._local, "strand", None)
        return found

    def note(self, text: str) -> None:
        """A line of the trace."""
        who = f"{self.strand}: " if self.strand else ""
        self.trace.append(f"{self.now:%d %H:%M:%S.%f} {who}{text}")

    def spawn(self, life: Life, name: str, work: Callable[[], object]) -> Strand:
        """A new thread of this process, which waits for its turn."""
        strand = Strand(life, name, began=self.now)
        self.strands.append(strand)
        life.strands.append(strand)
        threading.Thread(target=self._body, args=(strand, work), daemon=True).start()
        return strand

    def seam(self, at: str, ready: Callable[[], bool] = always) -> None:
        """Others may go on, time may pass, this life may end: then Killed is raised."""
        strand = self.strand
        if strand is None or (self.quiet and not strand.life.dead and ready()):
            return
        if not strand.life.dead:
            strand.at, strand.ready = at, ready
            self._turn.release()
            strand.gate.acquire()
        if strand.life.dead:
            raise Killed
        self.note(at)

    def runnable(self) -> list[Strand]:
        """Those that can go on, the oldest first."""
        awake = (strand for strand in self.strands if not self.is_asleep(strand.life))
        return [strand for strand in awake if strand.ready()]

    def is_asleep(self, life: Life) -> bool:
        return life.asleep is not None and life.asleep > self.now

    def put_to_sleep(self, life: Life, span: timedelta) -> None:
        """None of its threads goes on for so long."""
        self.counts["stalls"] += 1
        life.asleep = self.now + span
        self.note(f"STALLS {life.name} until {life.asleep:%H:%M:%S}")

    def step(self, strand: Strand) -> None:
        """Let it run to its next seam, or to its end."""
        self.now += TICK
        self._give(strand)

    def kill(self, life: Life) -> None:
        """All its threads end where they stand; what was not committed is rolled back."""
        self.counts["kills"] += 1
        where = ", ".join(f"{strand.name} at {strand.at!r}" for strand in life.strands)
        self.note(f"KILL {life.name}: {where}")
        self.end(life)

    def end(self, life: Life) -> None:
        """The same, where nobody counts it."""
        life.dead = True
        for strand in list(life.strands):
            self._give(strand)

    def _give(self, strand: Strand) -> None:
        strand.gate.release()
        self._turn.acquire()
        if strand.ended:
            self.strands.remove(strand)
            strand.life.strands.remove(strand)

    def _body(self, strand: Strand, work: Callable[[], object]) -> None:
        self._local.strand = strand
        strand.gate.acquire()
        try:
            if not strand.life.dead:
                work()
        except Killed:
            pass
        except Exception as err:  # noqa: BLE001  the judge tells of it
            self.faults_of_ours.append(f"{strand}: {type(err).__name__}: {err}")
        finally:
            strand.ended = True
            self._turn.release()


class Turnstile:
    """A lock that a thread may keep over a seam: who waits for it does not stop the world."""

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self._scheduler, self._name = scheduler, name
        self.held = False

    def is_free(self) -> bool:
        return not self.held

    def __enter__(self) -> None:
        if self.held:
            self._scheduler.seam(f"waits for {self._name}", self.is_free)
        self.held = True

    def __exit__(self, *_: object) -> None:
        self.held = False
