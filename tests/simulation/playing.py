"""One schedule, played and judged. The same seed gives the same one, step by step."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from tests.simulation.bench import BEGINS, Bench
from tests.simulation.judge import judge
from tests.simulation.processes import AtStart, nothing
from tests.simulation.schedule import Schedule
from tests.simulation.scheduler import Scheduler
from tests.simulation.weather import Weather
from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one schedule. `trace` is for people, `digest` for comparing."""

    seed: int
    wrong: tuple[str, ...]
    counts: Mapping[str, int]
    trace: Sequence[str]
    digest: str


def play(bench: Bench, seed: int, at_start: AtStart = nothing) -> Played:
    """Play the schedule of this seed. `at_start` is what each agent does before it works."""
    with played(bench, seed, at_start) as (world, last_night):
        scheduler = world.scheduler
        wrong = [*world.watch.wrong, *scheduler.faults_of_ours]
        if last_night is None:
            wrong.append("the world does not come to rest")
        else:
            wrong += judge(world, last_night)
    scheduler.counts["seams"] = len(scheduler.trace)
    digest = hashlib.sha256("\n".join(scheduler.trace).encode()).hexdigest()
    return Played(seed, tuple(wrong), scheduler.counts, scheduler.trace, digest)


@contextmanager
def played(
    bench: Bench, seed: int, at_start: AtStart = nothing
) -> Iterator[tuple[World, date | None]]:
    """The world at rest, and its last night; None: it does not come to rest."""
    scheduler = Scheduler(seed, BEGINS)
    draw = scheduler.random
    weather = Weather(scheduler, draw.choice((0.002, 0.01, 0.05)), draw.randint(1, 20))
    world = World(bench, scheduler, weather, with_zoom=scheduler.chance(0.5), at_start=at_start)
    try:
        schedule = Schedule(world)
        schedule.storm()
        yield world, schedule.calm()
    finally:
        world.close()
