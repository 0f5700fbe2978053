"""What happens in a schedule of calls: a storm of the seed's making, then calm, a night."""

from datetime import datetime, timedelta

from agent.effects.contact_verify import next_night
from tests.simulation.calls.bench import LASTS
from tests.simulation.calls.family import Family
from tests.simulation.calls.people import People
from tests.simulation.calls.processes import CallsProcess
from tests.simulation.calls.world import MAY_LAG, CallsWorld
from tests.simulation.scheduler import Strand

JUMPS = (timedelta(hours=2), timedelta(hours=-2), timedelta(minutes=-4), timedelta(minutes=7))
SPANS = ((2, 0.08), (40, 0.03), (400, 0.012))  # seconds, and how often at most so many pass
CRITICAL = ("commit", "PATCH", "POST", "DELETE")  # a kill is likelier there
MOST_STEPS = 20_000  # a schedule that does not come to rest by then never will
AN_HOUR, A_WHILE = timedelta(hours=1), timedelta(minutes=15)
LINGER = timedelta(minutes=20)  # a move to a later time adds ten


class CallsSchedule:
    """Decides what happens next, by the seed alone."""

    def __init__(self, world: CallsWorld) -> None:
        self.world, self.scheduler = world, world.scheduler
        self.family = Family(world)
        self.people = People(world, self.family)
        draw = self.scheduler.random
        self.steps = draw.randint(120, 300)
        self.switching = draw.choice((0.03, 0.2, 0.8))
        self.killing = draw.choice((0.003, 0.01))
        self.jumps = self.scheduler.chance(0.3)
        self.leap = timedelta(seconds=draw.choice((20, 90, 200)))
        self.last: Strand | None = None

    def storm(self) -> None:
        """Everything may go wrong, and something does."""
        for name in self.world.agents:
            self.world.wake(name)
        step = 0
        while step < self.steps or not self._has_stormed():
            step += 1
            if step > self.steps:
                self.killing = 0.0 if self.scheduler.counts["kills"] else 1.0  # what is missing
                self.world.weather.surely = self.world.weather.calls + 1
            self._something_happens()
            self._turn()

    def calm(self) -> bool:
        """Nothing goes wrong any more: calls end, windows close, people remove what is left,
        and a night comes. False: there is no rest."""
        self._clear_up()
        self.scheduler.quiet, self.leap = True, timedelta(minutes=8)
        if not self._until(self._last_until() + A_WHILE):
            return False
        self.leap = timedelta(minutes=50)
        if self.scheduler.chance(0.8):
            self.people.attest_all()
        if not self._until(next_night(self.scheduler.now) + A_WHILE):
            return False
        self._lateness()
        self.people.attest_all()
        return self._until(self.scheduler.now + A_WHILE)

    def _last_until(self) -> datetime:
        """When the last window ends at the latest, and our clock is right again."""
        clock = self.world.watch.latest - MAY_LAG
        calls = (one.at + LASTS + LINGER for one in self.people.calls)
        return max(clock, self.scheduler.now, *calls)

    def _clear_up(self) -> None:
        world = self.world
        world.weather.clear_up()
        world.skew = timedelta(0)
        for process in world.alive():
            process.life.asleep = None
        for name, agent in world.agents.items():
            if agent is None:
                world.wake(name)
        for ipad in world.bench.estate:
            self.family.hang_up(ipad)

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
        if self._is_due() and self._tick():
            return True
        return self._wait(end)

    def _choice(self, ready: list[Strand]) -> Strand:
        if self.last in ready and not self.scheduler.chance(self.switching):
            return self.last
        return self.scheduler.random.choice(ready)

    def _is_due(self) -> bool:
        now = max(self.world.clock(), self.world.watch.latest)
        return not self.world.is_behind() and self.world.watch.is_due(now)

    def _tick(self) -> bool:
        """Some agent looks for what is due. False: each does so already, or stands still."""
        agents = [one for one in self._awake() if not one.does("tick")]
        if agents:
            self.scheduler.random.choice(agents).tick()
        return bool(agents) or self._wake()

    def _awake(self) -> list[CallsProcess]:
        agents = [one for one in self.world.agents.values() if one is not None]
        return [one for one in agents if not self.scheduler.is_asleep(one.life)]

    def _wait(self, end: datetime | None) -> bool:
        """Nobody has anything to do: until something is due, at least a leap."""
        if not any(self.world.agents.values()):
            return self._wake()
        now = self.scheduler.now
        if end is not None and now >= end:
            return False
        then = min(self._moments(now), default=now + AN_HOUR)
        then = max(then, now + self.leap)
        self.world.pass_time((then if end is None else min(then, end)) - now)
        return True

    def _moments(self, now: datetime) -> list[datetime]:
        """When something may next happen, by the true time."""
        watch, clock = self.world.watch, self.world.clock()
        due = watch.next_due(max(clock, watch.latest))
        found = [due] if due is not None else []
        if self.world.is_behind():
            found = [watch.latest - MAY_LAG + timedelta(seconds=1)]
        moments = [now + (one - clock) for one in found]
        moments += [p.life.asleep for p in self.world.alive() if p.life.asleep is not None]
        return [one for one in moments if one > now]

    def _something_happens(self) -> None:
        chance = self.scheduler.chance
        self.world.weather.pass_on()
        self._pass_some_time()
        if chance(0.05):
            self._wake()
        if chance(0.1) and self._is_due():
            self._tick()
        if chance(0.18):
            self.people.something()
        if chance(0.05):
            self.family.something()
        if chance(0.004):
            self._lateness()
        self._perhaps_stall()
        self._perhaps_kill()

    def _pass_some_time(self) -> None:
        for seconds, often in SPANS:
            if self.scheduler.chance(often):
                span = timedelta(seconds=self.scheduler.random.uniform(0, seconds))
                self.world.pass_time(span)
        if self.jumps and self.scheduler.chance(0.01):
            self._jump()

    def _jump(self) -> None:
        """Somebody sets the machine's clock, or sets it right again."""
        right = timedelta(0)
        jump = self.scheduler.random.choice(JUMPS)
        self.world.skew = right if self.world.skew else jump
        self.scheduler.counts["clock jumps"] += 1
        self.scheduler.note(f"THE CLOCK is {self.world.skew / timedelta(minutes=1)} min wrong")

    def _perhaps_stall(self) -> None:
        """Not within a transaction: SQLite would refuse the others for as long."""
        busy = [one for one in self._busy() if not self.world.writing.held]
        if busy and self.scheduler.chance(0.006):
            span = timedelta(seconds=self.scheduler.random.uniform(5, 200))
            self.scheduler.put_to_sleep(self.scheduler.random.choice(busy).life, span)

    def _busy(self) -> list[CallsProcess]:
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

    def _lateness(self) -> None:
        agents = self._awake()
        if agents:
            self.scheduler.random.choice(agents).lateness()

    def _clear_away(self) -> None:
        """A command that has ended is gone."""
        for name, process in self.world.desks.items():
            if process is not None and process.is_idle():
                self.world.desks[name] = None
