"""A last call is never lost to a machine: only the protocol's own human gates stop one.

    ./run drill lastcall [--calls N] [--short] [--json]

Approved calls meet every fault that the sandboxes know, Zoom, MDM and mail that are away, a
machine's word of every kind, the agent that is down, and our own memory that is away: each must
start, by its service or by the card, which is entered later. Then each human gate is shut in
turn and must refuse, and open again must let the call go on; and each proof that may stop an
iPad leaves exactly one recorded override, or moves the call to the other iPad. All of it is
real but the sockets; time is simulated. The exit code is 0 if all of it holds.
"""

import argparse
import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from agent.errors import AgentError
from tests.drills._last_calls import AT_ONCE, FAULTS, Lives
from tests.drills._last_gates import SHUT, Shut, refused
from tests.drills._last_stops import STOPS, moved, overridden
from tests.simulation.bench import a_folder
from tests.simulation.calls.bench import BEGINNINGS, CallsBench, a_calls_bench
from tests.simulation.calls.world import CallsWorld
from tests.simulation.scheduler import Scheduler
from tests.simulation.weather import Weather

PROCESSES = 2
CALLS, FEW = 1000, 100
WORLDS_AT_ONCE = 5  # that one process plays on one bench


@dataclass
class Figures:
    """What came of it. `wrong` says it in sentences."""

    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    shut: int = 0
    refused: int = 0
    fails: int = 0
    overrides: int = 0
    moves: int = 0
    wrong: list[str] = field(default_factory=list)

    def hold(self) -> bool:
        counted = self.shut == self.refused and self.fails == self.overrides
        met = set(FAULTS) <= set(self.faults) or self.calls < CALLS
        return counted and met and bool(self.calls) and not (self.lost or self.wrong)

    def told(self) -> dict[str, int]:
        return {
            "calls": self.calls,
            "faults": self.faults.total(),
            "calls_lost_to_machine": len(self.lost),
            "gates_shut": self.shut,
            "gates_refused": self.refused,
            "positive_fails": self.fails,
            "overrides_recorded": self.overrides,
        }


def _calls(seeds: Sequence[int]) -> tuple[Counter[str], list[str]]:
    """In a process of its own: how often each fault was met, and the calls that were lost."""
    faults, lost = Counter[str](), list[str]()
    with a_folder() as folder, a_calls_bench(folder, AT_ONCE) as bench:
        for seed in seeds:
            lives = Lives(bench, seed)
            lives.play()
            faults.update(lives.faults)
            lost += lives.lost
    return faults, lost


def play_calls(figures: Figures, count: int) -> None:
    """So many approved calls, in worlds of a few."""
    seeds = range(1, -(-count // AT_ONCE) + 1)
    slices = [seeds[n : n + WORLDS_AT_ONCE] for n in range(0, len(seeds), WORLDS_AT_ONCE)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        for seeds_of, (faults, lost) in zip(slices, pool.map(_calls, slices), strict=True):
            figures.calls += AT_ONCE * len(seeds_of)
            figures.faults.update(faults)
            figures.lost += lost
            print(f"{figures.calls} of {count} calls", file=sys.stderr)


def a_world(bench: CallsBench, seed: int) -> CallsWorld:
    """In which nothing fails outside."""
    scheduler = Scheduler(seed, BEGINNINGS[0])
    return CallsWorld(bench, BEGINNINGS[0], scheduler, Weather(scheduler, 0.0, 0))


def _told(sentences: Iterator[str]) -> list[str]:
    """What is wrong; a step that was refused where it must not be is wrong too."""
    found: list[str] = []
    try:
        found.extend(sentences)
    except AgentError as err:
        found.append(str(err))
    return found


def play_gates(figures: Figures, bench: CallsBench, gates: Sequence[Shut] = SHUT) -> None:
    """Each human gate, shut and open."""
    world = a_world(bench, 1)
    try:
        for number, shut in enumerate(gates):
            wrong = _told(refused(world.office(), number, shut))
            figures.shut += 1
            figures.refused += not wrong
            figures.wrong += wrong
    finally:
        world.close()


def play_stops(figures: Figures, bench: CallsBench) -> None:
    """Each proof that may stop an iPad: decided otherwise once, and once moved."""
    world = a_world(bench, 2)
    try:
        for number, stop in enumerate(STOPS):
            wrong = _told(overridden(world, number, stop))
            figures.fails += 1
            figures.overrides += not wrong
            other = _told(moved(world, 100 + number, stop))
            figures.moves += not other
            figures.wrong += [*wrong, *other]
    finally:
        world.close()


def drill(count: int) -> Figures:
    figures = Figures()
    with a_folder() as folder, a_calls_bench(folder) as bench:
        play_gates(figures, bench)
        play_stops(figures, bench)
    play_calls(figures, count)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--short", action="store_true", help="100 calls, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    figures = drill(FEW if asked.short else asked.calls)
    for sentence in (*figures.lost, *figures.wrong):
        print(f"WRONG: {sentence}")
    kinds = len(figures.faults)
    print(
        f"{figures.calls} approved calls under {figures.faults.total()} faults of {kinds}"
        f" kinds: {len(figures.lost)} lost; {figures.refused} of {figures.shut} gates refused;"
        f" {figures.fails} proofs: {figures.overrides} overridden once, {figures.moves} moved"
    )
    if asked.json:
        print(json.dumps(figures.told()))
    return 0 if figures.hold() else 1


if __name__ == "__main__":
    sys.exit(main())
