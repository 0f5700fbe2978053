"""Calls are made one after the other while the agent is killed and Zoom is away at times."""

import random
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from connectors.http import utc_now
from tests.support.killed.installation import until
from tests.support.killed.victims import Victim
from tests.support.outside import SECONDS
from tests.support.visits.house import House
from tests.support.visits.notes import Death, Notes
from tests.support.visits.stories import SHORT as QUICK
from tests.support.visits.stories import STORIES, Story
from tests.support.visits.visit import Going, Visit, Wait
from tests.support.visits.weather import Weather

TICK = 0.1
AIMED = 0.8  # how many of the kills wait for a claim
OURS = ("contact.close/", "zoom.allow-list/", "zoom.meeting-gone/", "contact.invite/")
READINGS = ("contact.watch/", "call.watch/", "call.facts/")
SERVES = b"callsteward serves"
QUIET = 8.0  # seconds that it lives at most before a kill is looked for
PATIENT = 10.0  # seconds in which an aimed kill waits for its claim
REST_SECONDS = 400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class UnderWay:
    """A visit under way: what it waits for, and until when."""

    steps: Going
    wait: Wait
    ends: float

    def goes_on(self) -> bool:
        """Take as many steps as need no waiting; False once it is over."""
        while self.wait.holds() or time.monotonic() >= self.ends:
            told = next(self.steps, None)
            if told is None:
                return False
            self.wait, self.ends = told, time.monotonic() + told.seconds
        return True


@dataclass
class Life:
    """What runs, and what an observer writes down of it."""

    random: random.Random
    house: House
    per_minute: float  # windows that are opened
    stories: Mapping[Story, int] = field(default_factory=lambda: STORIES)
    notes: Notes = field(default_factory=Notes)
    busy: set[str] = field(default_factory=set)
    under_way: list[UnderWay] = field(default_factory=list)
    begun: int = 0
    agent: Victim | None = None
    states: dict[str, list[str]] = field(default_factory=dict)
    greeted: int = 0  # by agents before this one
    is_down: bool = False
    next_kill: float = 0.0
    aims_until: float = 0.0
    next_word: float = 0.0

    @staticmethod
    @contextmanager
    def of(
        folder: Path, url: str, seed: int, per_minute: float, stories: Mapping[Story, int]
    ) -> Iterator["Life"]:
        """All is ready, the agent runs, and its first night is over."""
        with House.of(folder, url, seed) as house:
            life = Life(random.Random(seed), house, per_minute, stories)
            with closing(life):
                life.ensure_agent()
                if not until(life.swept, REST_SECONDS):
                    raise ChildProcessError("the first sweep did not end: see the log")
                life._plant_strangers()
                yield life

    def close(self) -> None:
        """Nothing of ours stays behind."""
        if self.agent is not None and self.agent.alive:
            self.agent.process.kill()
            self.agent.process.wait(SECONDS)

    @cached_property
    def weather(self) -> Weather:
        return Weather(self.house.home.outside, self.notes, self.random)

    def swept(self) -> bool:
        found = self.house.home.victims.tables.rows(
            "select 1 from obligation where kind = 'sweep' and state = 'done'"
        )
        return bool(found)

    # -- the loop ----------------------------------------------------------------------

    def visits(self, count: int, *, kills: int) -> None:
        """So many calls are begun; while they are made the agent dies so many times. Before
        the first kill nobody waits for a call that is never ended."""
        last = len(self.notes.deaths) + kills
        first, more = time.monotonic(), 0
        while more < count or self.under_way or len(self.notes.deaths) < last:
            wanted = more < count or len(self.notes.deaths) < last
            if wanted and time.monotonic() >= first + more * 60 / self.per_minute:
                self._begin(calm=not kills)
                more += 1
            self._look()
            self._tell(last)
            self.under_way = [one for one in self.under_way if one.goes_on()]
            if kills:
                self._harm(last)
            time.sleep(TICK)
        self.weather.clears()

    def _tell(self, last: int) -> None:
        if time.monotonic() >= self.next_word:
            self.next_word = time.monotonic() + 30
            told = f"{self.begun} calls begun, {len(self.under_way)} under way"
            print(f"{told}, {len(self.notes.deaths)} of {last} kills", file=sys.stderr)

    def _begin(self, *, calm: bool) -> None:
        self.begun += 1
        stories = {one: self.stories[one] for one in self.stories if not calm or one in QUICK}
        story = self.random.choices(list(stories), list(stories.values()))[0]
        tag = self.random.choice(sorted(self.house.assets))
        visit = Visit(
            self.house, self.notes, random.Random(self.random.random()),
            self.house.assets[tag], f"v{self.begun}", self.busy,
            lambda call: tuple(self.states.get(call, ())),
        )  # fmt: skip
        steps = story(visit)
        first = next(steps)
        if calm:
            self.notes.calm.add(visit.call)
        self.under_way.append(UnderWay(steps, first, time.monotonic() + first.seconds))

    def _look(self) -> None:
        """The states of all windows, once for all visits."""
        self.states = {}
        rows = self.house.home.victims.tables.rows(
            "select call, state from contact_window order by call, number"
        )
        for row in rows:
            self.states.setdefault(row.call, []).append(row.state)

    # -- harm --------------------------------------------------------------------------

    def ensure_agent(self) -> None:
        if self.agent is None or not self.agent.alive:
            self.greeted = self._greetings()
            self.agent = self.house.home.victims.start("serve")

    def serves(self) -> bool:
        """Whether the agent is there again after its last death, to be killed once more."""
        return self._greetings() > self.greeted

    def _greetings(self) -> int:
        return (self.house.home.folder / "log").read_bytes().count(SERVES)

    def _harm(self, last: int) -> None:
        self.ensure_agent()
        now = time.monotonic()
        self.weather.passes()
        if self.is_down:
            self._look_whether_it_serves(now)
        elif len(self.notes.deaths) < last and now >= self.next_kill:
            self._kill(now)

    def _look_whether_it_serves(self, now: float) -> None:
        if self.serves():
            down = utc_now() - self.notes.deaths[-1].at
            self.notes.downs.append(down.total_seconds())
            self.is_down, self.next_kill = False, now + QUIET * self.random.uniform(0.3, 1)

    def _kill(self, now: float) -> None:
        """At a claim, mostly of a window's; or at any moment."""
        assert self.agent is not None
        victims = self.house.home.victims
        if not self.aims_until:
            aimed = self.random.random() < AIMED
            self.aims_until = now + (PATIENT if aimed else 0.01)
        patient = now < self.aims_until
        held = victims.held_since([self.agent])
        if patient and not any(key.startswith(OURS) for key in held):
            return
        before = utc_now()
        known = victims.kill([self.agent], [], at_work=patient)
        if not self.agent.alive:
            self.ensure_agent()
            self._note_death(before, known)
            self.aims_until = 0.0
            self.is_down = True

    def _note_death(self, at: datetime, known: frozenset[str]) -> None:
        rows = self.house.home.victims.tables.rows('select "key", next_at from obligation')
        ends = {row.key: EPOCH + timedelta(microseconds=row.next_at) for row in rows}
        self.notes.deaths.append(Death(at, {key: ends[key] for key in known}))
        self.house.home.note_unproven(known)

    def _plant_strangers(self) -> None:
        """Meetings that others arranged on our iPads: none of ours to delete."""
        for tag in sorted(self.house.assets)[::4]:
            told = {"device": tag, "action": "start", "type": 2, "topic": "Somebody else's"}
            made = self.house.home.outside.control("POST", "call", told)
            self.house.home.outside.control("POST", "call", {"device": tag, "action": "end"})
            self.notes.strangers.append(str(made["id"]))

    def rest(self) -> None:
        """Nobody dies any more: all that is owed is done."""
        self.ensure_agent()
        until(lambda: not self.unmet(), REST_SECONDS)

    def unmet(self) -> list[str]:
        """The reading of the next night is not due yet; what only reads, when Zoom tells of it
        minutes later, owes nobody."""
        found = self.house.home.victims.tables.unmet()
        return [
            one for one in found if not one.endswith("/night") and not one.startswith(READINGS)
        ]
