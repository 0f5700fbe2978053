"""Thousands of whole lives: is anything lost, doubled or made up, whoever dies, and when?

    ./run drill schedules [--count N] [--short] [--json]
    ./run drill schedules --seed N

Each schedule is a small estate with two agent processes and a command line in a simulated
world: real services, effects, connectors and SQL over the sandbox's socket-free core. The seed
says who goes on, when time passes, what fails outside, who is killed, and which request lands
after its caller died. Then the weather clears up, a last night comes, and all is judged from
outside. One seed in four plays nights of sweeps; the others play calls and contact windows:
people at two desks, families, meetings, and clocks that are wrong. The exit code is 0 if
nothing was violated, and every schedule had a kill and a fault. --seed plays one schedule
again and prints each step of it.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.simulation.bench import Bench, a_bench, a_folder
from tests.simulation.calls.bench import CallsBench, a_calls_bench
from tests.simulation.calls.playing import play_calls
from tests.simulation.playing import Played, play

PROCESSES = 2
AT_ONCE = 250  # schedules that one process plays on one bench, at most
NIGHTS = 4  # every so many seeds
NEEDED = ("kills", "faults")


@dataclass
class Worlds:
    """Both worlds in this folder, each made when it is first needed."""

    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def nights(self) -> Bench:
        return self.stack.enter_context(a_bench(self.folder))

    @cached_property
    def calls(self) -> CallsBench:
        return self.stack.enter_context(a_calls_bench(self.folder / "calls"))

    def play(self, seed: int) -> Played:
        """The schedule of this seed."""
        return play_calls(self.calls, seed) if seed % NIGHTS else play(self.nights, seed)


def _play(seeds: Sequence[int]) -> list[tuple[int, tuple[str, ...], Counter[str]]]:
    """In a process of its own: seed, what is wrong, what happened."""
    with a_folder() as folder, ExitStack() as stack:
        worlds = Worlds(folder, stack)
        found = [worlds.play(seed) for seed in seeds]
    return [(one.seed, _wrong(one), Counter(one.counts)) for one in found]


def _wrong(one: Played) -> tuple[str, ...]:
    """A schedule in which nothing happens proves nothing."""
    missing = tuple(f"the schedule has no {name}" for name in NEEDED if not one.counts[name])
    return one.wrong + missing


def _play_all(count: int) -> Iterator[tuple[int, tuple[str, ...], Counter[str]]]:
    seeds = range(1, count + 1)
    few = min(AT_ONCE, -(-count // (2 * PROCESSES)))
    slices = [seeds[first : first + few] for first in range(0, count, few)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        for played in pool.map(_play, slices):
            yield from played
            print(f"{played[-1][0]} of {count} schedules", file=sys.stderr)


def replay(seed: int) -> int:
    """One schedule, each step of it."""
    with a_folder() as folder, ExitStack() as stack:
        one = Worlds(folder, stack).play(seed)
    for line in one.trace:
        print(line)
    for sentence in _wrong(one):
        print(f"WRONG: {sentence}")
    print(", ".join(f"{number} {what}" for what, number in sorted(one.counts.items())))
    return 1 if _wrong(one) else 0


def drill(count: int, *, as_json: bool) -> int:
    """So many schedules, and their figures."""
    began, violations, counts = time.monotonic(), 0, Counter[str]()
    for seed, wrong, happened in _play_all(count):
        counts.update(happened)
        violations += bool(wrong)
        for sentence in wrong:
            print(f"WRONG: seed {seed}: {sentence}")
        if wrong:
            print(f"to see it again: ./run drill schedules --seed {seed}")
    seconds = round(time.monotonic() - began, 1)
    print(
        f"{count} schedules in {seconds} s: {violations} violated; {counts['kills']} kills,"
        f" {counts['faults']} faults, {counts['late landings']} late landings,"
        f" {counts['seams']} seams"
    )
    if as_json:
        print(json.dumps({"schedules": count, "violations": violations, "seconds": seconds}))
    return 1 if violations else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, help="play this one again, with its trace")
    parser.add_argument("--short", action="store_true", help="200 schedules, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    if asked.seed is not None:
        return replay(asked.seed)
    return drill(200 if asked.short else asked.count, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
