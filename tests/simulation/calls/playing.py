"""One schedule of calls, played and judged. The same seed gives the same one, step by step."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.calls.bench import BEGINNINGS, CallsBench
from tests.simulation.calls.judge import judge
from tests.simulation.calls.schedule import CallsSchedule
from tests.simulation.calls.world import CallsWorld
from tests.simulation.playing import Played
from tests.simulation.processes import AtStart, nothing
from tests.simulation.scheduler import Scheduler
from tests.simulation.weather import Weather


def play_calls(bench: CallsBench, seed: int, at_start: AtStart = nothing) -> Played:
    """Play the schedule of this seed. `at_start` is what each agent does before it works."""
    with played_calls(bench, seed, at_start) as (schedule, rests):
        world, scheduler = schedule.world, schedule.scheduler
        wrong = [*world.watch.wrong, *scheduler.faults_of_ours]
        wrong += judge(world, schedule.people) if rests else ["it does not come to rest"]
    scheduler.counts["seams"] = len(scheduler.trace)
    digest = hashlib.sha256("\n".join(scheduler.trace).encode()).hexdigest()
    return Played(seed, tuple(wrong), scheduler.counts, scheduler.trace, digest)


@contextmanager
def played_calls(
    bench: CallsBench, seed: int, at_start: AtStart = nothing
) -> Iterator[tuple[CallsSchedule, bool]]:
    """The world at rest; False: it does not come to rest."""
    begins = BEGINNINGS[seed // len(BEGINNINGS) % len(BEGINNINGS)]
    scheduler = Scheduler(seed, begins)
    draw = scheduler.random
    weather = Weather(scheduler, draw.choice((0.002, 0.02, 0.08)), draw.randint(1, 20))
    world = CallsWorld(bench, begins, scheduler, weather, at_start)
    try:
        schedule = CallsSchedule(world)
        schedule.storm()
        yield schedule, schedule.calm()
    finally:
        world.close()
