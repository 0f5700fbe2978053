"""What happens in a schedule: a storm of the seed's making, then calm, and one more night."""

from datetime import date, datetime, time, timedelta

from agent.domain.uk_time import LONDON
from tests.simulation.estate import change_estate
from tests.simulation.processes import Process
from tests.simulation.prompt import a_command
from tests.simulation.scheduler import Strand
from tests.simulation.world import World

A_DAY = timedelta(days=1)
CALM = timedelta(hours=2, minutes=30)  # from the last night's beginning: renewals are at four
NIGHTS = 2  # of storm: what is healthy at first grows stale after a week
MOST_STEPS = 20_000  # a schedule that does not come to rest by then never will
SPANS = ((2, 0.07), (90, 0.012), (600, 0.004))  # seconds, and how often at most so many pass
CRITICAL = ("commit", "accepted", "oauth", "mail")  # a kill is likelier there


class Schedule:
    """Decides what happens next, by the seed alone."""

    def __init__(self, world: World) -> None:
        self.world, self.scheduler = world, world.scheduler
        draw = self.scheduler.random
        self.steps = draw.randint(120, 420)
        self.switching = draw.choice((0.03, 0.2, 0.8))
        self.killing = draw.choice((0.002, 0.008))
        self.last: Strand | None = None

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
                self.killing = 0.0 if self.scheduler.counts["kills"] else 1.0  # what is missing
            self._something_happens()
            self._turn()

    def calm(self) -> date | None:
        """Nothing goes wrong any more, and a last night comes: that one. None: no rest."""
        self.world.weather.clear_up()
        for process in self.world.alive():
            process.life.asleep = None
        for name, agent in self.world.agents.items():
            if agent is None:
                self.world.wake(name)
        night = _next_night(self.scheduler.now)
        for end in (night - timedelta(minutes=1), night + CALM / 2, night + CALM):
            if not self._until(end):
                return None
            for process in self.world.alive():
                process.lateness()
        return night.astimezone(LONDON).date() if self._until(night + CALM) else None

    def _has_stormed(self) -> bool:
        counts = self.scheduler.counts
        return bool(counts["kills"] and counts["faults"])

    def _until(self, end: datetime) -> bool:
        """Let all go its way until then."""
        return any(not self._turn(end) for _ in range(MOST_STEPS))

    def _turn(self, end: datetime | None = None) -> bool:
        """One step of somebody, or some time. False: nothing is left to do before `end`."""
        self._clear_away()
        ready = self.scheduler.runnable()
        if ready:
            self.last = self._choice(ready)
            self.scheduler.step(self.last)
            return True
        if self.world.watch.is_due(self.scheduler.now) and self._tick():
            return True
        return self._wait(end)

    def _choice(self, ready: list[Strand]) -> Strand:
        if self.last in ready and not self.scheduler.chance(self.switching):
            return self.last
        return self.scheduler.random.choice(ready)

    def _tick(self) -> bool:
        """Some agent looks for what is due. False: each does so already, or stands still."""
        agents = [one for one in self._awake() if not one.does("tick")]
        if agents:
            self.scheduler.random.choice(agents).tick()
        return bool(agents) or self._wake()

    def _awake(self) -> list[Process]:
        agents = [one for one in self.world.agents.values() if one is not None]
        return [one for one in agents if not self.scheduler.is_asleep(one.life)]

    def _wait(self, end: datetime | None) -> bool:
        """Nobody has anything to do: until something is due, or the next night."""
        if not any(self.world.agents.values()):
            return self._wake()
        now = self.scheduler.now
        if end is not None and now >= end:
            return False
        moments = [_next_night(now), end, self.world.watch.next_due(now)]
        moments += [process.life.asleep for process in self.world.alive()]
        then = min(moment for moment in moments if moment is not None and moment > now)
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
        self._perhaps_stall()
        self._perhaps_kill()

    def _perhaps_stall(self) -> None:
        """Not within a transaction: SQLite would refuse the others for as long."""
        busy = [one for one in self._busy() if not self.world.writing.held]
        if busy and self.scheduler.chance(0.008):
            span = timedelta(seconds=self.scheduler.random.uniform(5, 600))
            self.scheduler.put_to_sleep(self.scheduler.random.choice(busy).life, span)

    def _busy(self) -> list[Process]:
        return [one for one in self.world.alive() if one.life.strands]

    def _perhaps_kill(self) -> None:
        """Only who is in the middle of something; most of all where it would hurt."""
        busy = self._busy()
        if not busy:
            return
        victim = self.scheduler.random.choice(busy)
        hurts = any(word in s.at for s in victim.life.strands for word in CRITICAL)
        if self.scheduler.chance(self.killing * (4 if hurts else 1)):
            self.world.kill(victim)

    def _wake(self) -> bool:
        """Start an agent where none is. False: there is one everywhere."""
        dead = [name for name, process in self.world.agents.items() if process is None]
        if dead:
            self.world.wake(self.scheduler.random.choice(dead))
        return bool(dead)

    def _look_for_lateness(self) -> None:
        agents = self._awake()
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
