"""One schedule: a storm of the seed's making, then calm weather and one more night, then the
judge. The same seed gives the same schedule, step by step.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agent.domain.uk_time import LONDON
from tests.simulation.bench import BEGINS, Bench
from tests.simulation.estate import change_estate
from tests.simulation.judge import judge
from tests.simulation.processes import AtStart, Process, nothing
from tests.simulation.prompt import a_command
from tests.simulation.scheduler import Scheduler, Strand
from tests.simulation.weather import Weather
from tests.simulation.world import World

A_DAY = timedelta(days=1)
CALM = timedelta(hours=2, minutes=30)  # from the last night's beginning: renewals are at four
NIGHTS = 2  # of storm: what is healthy at first grows stale after a week
MOST_STEPS = 20_000  # a schedule that does not come to rest by then never will
SPANS = ((2, 0.07), (90, 0.012), (600, 0.004))  # seconds, and how often at most so many pass
CRITICAL = ("commit", "accepted", "oauth", "mail")  # a kill is likelier there


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
    scheduler = Scheduler(seed, BEGINS)
    draw = scheduler.random
    weather = Weather(scheduler, draw.choice((0.002, 0.01, 0.05)), draw.randint(1, 20))
    with _a_world(bench, scheduler, weather, at_start) as world:
        schedule = Schedule(world)
        schedule.storm()
        came_to_rest = schedule.calm()
        wrong = [*world.watch.wrong, *scheduler.faults_of_ours]
        if came_to_rest:
            wrong += judge(world, schedule.last_night)
        else:
            wrong.append("the world does not come to rest")
    scheduler.counts["seams"] = len(scheduler.trace)
    digest = hashlib.sha256("\n".join(scheduler.trace).encode()).hexdigest()
    return Played(seed, tuple(wrong), scheduler.counts, scheduler.trace, digest)


@contextmanager
def _a_world(
    bench: Bench, scheduler: Scheduler, weather: Weather, at_start: AtStart
) -> Iterator[World]:
    with_zoom = scheduler.chance(0.6)
    world = World(bench, scheduler, with_zoom, weather, at_start)
    try:
        yield world
    finally:
        world.close()


class Schedule:
    """Decides what happens next, by the seed alone."""

    def __init__(self, world: World) -> None:
        self.world, self.scheduler = world, world.scheduler
        draw = self.scheduler.random
        self.steps = draw.randint(120, 420)
        self.switching = draw.choice((0.03, 0.2, 0.8))
        self.killing = draw.choice((0.002, 0.008))
        self.last: Strand | None = None
        self.last_night = BEGINS.date()

    def storm(self) -> None:
        """Everything may go wrong, and something does."""
        for _ in range(self.scheduler.random.randint(0, 3)):
            change_estate(self.world)
        for name in self.world.agents:
            self.world.wake(name)
        self._until(_next_night(self.scheduler.now) - timedelta(seconds=1))
        end, step = self.scheduler.now + NIGHTS * A_DAY, 0
        while (step < self.steps and self.scheduler.now < end) or not self._has_stormed():
            step += 1
            if step > self.steps or self.scheduler.now >= end:
                self.killing = 1.0
            self._something_happens()
            self._turn()

    def calm(self) -> bool:
        """Nothing goes wrong any more, and a last night comes. False: it never rests."""
        self.world.weather.clear_up()
        for name, process in self.world.agents.items():
            if process is None:
                self.world.wake(name)
        night = _next_night(self.scheduler.now)
        self.last_night = night.astimezone(LONDON).date()
        for end in (night - timedelta(minutes=1), night + CALM / 2, night + CALM):
            if not self._until(end):
                return False
            for process in self.world.alive():
                process.lateness()
        return self._until(night + CALM)

    def _has_stormed(self) -> bool:
        counts = self.scheduler.counts
        return bool(counts["kills"] and counts["faults"])

    def _until(self, end: datetime) -> bool:
        """Let all go its way until then."""
        for _ in range(MOST_STEPS):
            if not self._turn(end):
                return True
        return False

    def _turn(self, end: datetime | None = None) -> bool:
        """One step of somebody, or some time. False: nothing is left to do before `end`."""
        self._clear_away()
        ready = self.scheduler.runnable()
        if ready:
            self.last = self._choice(ready)
            self.scheduler.step(self.last)
            return True
        if self.world.watch.is_due(self.scheduler.now):
            self._tick()
            return True
        return self._wait(end)

    def _choice(self, ready: list[Strand]) -> Strand:
        if self.last in ready and not self.scheduler.chance(self.switching):
            return self.last
        return self.scheduler.random.choice(ready)

    def _tick(self) -> None:
        agents = [one for one in self.world.agents.values() if one and not one.does("tick")]
        if agents:
            self.scheduler.random.choice(agents).tick()
        else:
            self._wake()

    def _wait(self, end: datetime | None) -> bool:
        """Nobody has anything to do: until something is due, or the next night."""
        if not any(self.world.agents.values()):
            self._wake()
            return True
        now = self.scheduler.now
        moments = [_next_night(now), end, self.world.watch.next_due(now)]
        then = min(moment for moment in moments if moment is not None)
        if end is not None and now >= end:
            return False
        self._pass_time(then - now)
        return True

    def _pass_time(self, span: timedelta) -> None:
        night = _next_night(self.scheduler.now)
        self.world.pass_time(span)
        if self.scheduler.now >= night:
            for process in self.world.agents.values():
                if process is not None and not process.does("night"):
                    process.night()

    def _something_happens(self) -> None:
        self.world.weather.pass_on()
        for seconds, often in SPANS:
            if self.scheduler.chance(often):
                self._pass_time(timedelta(seconds=self.scheduler.random.uniform(0, seconds)))
        if self.scheduler.chance(0.05):
            self._wake()
        if self.scheduler.chance(0.1) and self.world.watch.is_due(self.scheduler.now):
            self._tick()
        if self.scheduler.chance(0.01):
            change_estate(self.world)
        if self.scheduler.chance(0.008) and self.world.command is None:
            a_command(self.world)
        if self.scheduler.chance(0.01):
            self._look_for_lateness()
        self._perhaps_kill()

    def _perhaps_kill(self) -> None:
        """Only who is in the middle of something; most of all where it would hurt."""
        busy = [one for one in self.world.alive() if one.life.strands]
        if not busy:
            return
        victim = self.scheduler.random.choice(busy)
        hurts = any(word in s.at for s in victim.life.strands for word in CRITICAL)
        if self.scheduler.chance(self.killing * (4 if hurts else 1)):
            self.world.kill(victim)

    def _wake(self) -> None:
        dead = [name for name, process in self.world.agents.items() if process is None]
        if dead:
            self.world.wake(self.scheduler.random.choice(dead))

    def _look_for_lateness(self) -> None:
        agents: list[Process] = [one for one in self.world.agents.values() if one is not None]
        if agents:
            self.scheduler.random.choice(agents).lateness()

    def _clear_away(self) -> None:
        """A command that has ended is gone."""
        if self.world.command is not None and self.world.command.is_idle():
            self.world.command = None


def _next_night(now: datetime) -> datetime:
    """The next time that it is 02:00 in the UK."""
    day = now.astimezone(LONDON).date()
    moments = (datetime.combine(day + n * A_DAY, time(2), LONDON) for n in (0, 1))
    return next(moment.astimezone(now.tzinfo) for moment in moments if moment > now)
