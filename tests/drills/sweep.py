"""Many estates with many faults: what does the sweep find, miss, and wrongly report?

    ./run drill sweep [--seeds N] [--faults N] [--unreadable all|none|NAME] [--short] [--json]

Each seed is a whole `callsteward demo`: a sandbox process, an import, a sweep over real HTTP,
mail over real SMTP. Then, with --unreadable, a small estate with faults for each source that a
sweep reads, and that source unreadable: what it hides must be UNKNOWN, all else as if it could
be read, and one operational incident must name it. The exit code is 0 if every planted fault
was found for the right reason, nothing else was reported, and nothing passed where an answer
was hidden; over 20 seeds and more also if every fault of the catalogue came at least five times
and at least thirty devices had two.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from agent.cli.demo import Done, play
from connectors.sandbox.faults.catalogue import Halves, planned
from tests.drills._source import Source
from tests.drills._sources import SOURCES
from tests.drills._unreadable import Found, estate, look

ESTABLISHMENTS = 40  # of the real list: at Zoom's rate limits all 124 take a minute each
SMALL = 8  # establishments where one source cannot be read
FULL = 20  # seeds from which on the spread of the faults is judged too
EACH_AT_LEAST = 5
PAIRS_AT_LEAST = 30


class Tally:
    """The figures of all seeds together."""

    def __init__(self) -> None:
        self.counts = Counter(
            {name: 0 for name in ("planted", "found", "missed", "unexpected")}
        )
        self.counts.update(hidden=0, pass_on_unknown=0)
        self.by_fault = Counter({fault: 0 for fault in planned(Halves.BOTH)})
        self.seeds = self.pairs = 0
        self.wrong: list[str] = []
        self.dark: list[Found] = []  # one night for each source that could not be read

    def add(self, seed: int, done: Done) -> None:
        score = done.score
        self.seeds += 1
        self.pairs += score.pairs
        self.by_fault.update(score.by_fault)
        self.counts.update(
            planted=score.planted,
            found=score.found,
            missed=len(score.missed),
            unexpected=len(score.unexpected),
            hidden=score.hidden,
            pass_on_unknown=score.pass_on_unknown,
        )
        self.wrong += [f"seed {seed}: {line}" for line in (*score.missed, *score.unexpected)]
        if done.report.sweep.state != "COMPLETE":
            self.wrong.append(f"seed {seed}: the sweep is {done.report.sweep.state}")
        if done.audit_broken:
            self.wrong.append(f"seed {seed}: {done.audit_broken}")

    def add_dark(self, found: Found) -> None:
        self.dark.append(found)
        self.wrong += found.wrong
        if not found.hidden and found.source.hides:
            self.wrong.append(f"{found.source.name}: it hid nothing, so nothing is proven")

    def judge(self) -> None:
        """What the figures themselves show to be wrong."""
        for name in ("missed", "unexpected", "pass_on_unknown"):
            if self.counts[name]:
                self.wrong.append(f"{name} is {self.counts[name]}")
        if self.seeds and not self.counts["hidden"]:
            self.wrong.append("nothing was hidden: the drill proves nothing about UNKNOWN")
        if self.seeds >= FULL:
            rare = [name for name, times in self.by_fault.items() if times < EACH_AT_LEAST]
            self.wrong += [f"{name} was planted {self.by_fault[name]} times" for name in rare]
            if self.pairs < PAIRS_AT_LEAST:
                self.wrong.append(f"only {self.pairs} devices had two faults")

    def figures(self) -> dict[str, object]:
        by_fault = dict(sorted(self.by_fault.items()))
        figures = {"seeds": self.seeds, **self.counts, "unreadable": self.dark_figures()}
        return {**figures, "by_fault": by_fault}

    def dark_figures(self) -> dict[str, int]:
        return {
            "sources": len(self.dark),
            "planted": sum(one.faults for one in self.dark),
            "hidden": sum(one.hidden for one in self.dark),
            "still_found": sum(one.kept for one in self.dark),
            "pass_on_unknown": sum(one.pass_on_unknown for one in self.dark),
            "wrong": sum(len(one.wrong) for one in self.dark),
        }


def sow(tally: Tally, seeds: int, faults: int, establishments: int) -> None:
    """The seeds, one after the other."""
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder:
            done = play(Path(folder), seed, faults, establishments, quiet=True)
        tally.add(seed, done)
        print(
            f"seed {seed}: {done.score.found} of {done.score.planted} faults found,"
            f" {done.score.hidden} answers hidden, {done.mails} mails",
            file=sys.stderr,
        )


def darken(tally: Tally, sources: Sequence[Source], establishments: int, devices: int) -> None:
    """One night for each source that cannot be read."""
    with estate(establishments, devices) as outside:
        for seed, source in enumerate(sources, 1):
            found = look(outside, source, devices - 1, seed)
            tally.add_dark(found)
            print(
                f"{source.name} unreadable: {found.hidden} answers hidden,"
                f" {found.kept} failures found all the same",
                file=sys.stderr,
            )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=FULL)
    parser.add_argument("--faults", type=int, default=80, help="for each seed")
    parser.add_argument(
        "--unreadable", default="all", choices=("all", "none", *SOURCES), metavar="SOURCE"
    )
    parser.add_argument("--short", action="store_true", help="small and few, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    tally = Tally()
    sources = [one for one in SOURCES.values() if asked.unreadable in ("all", one.name)]
    if asked.short:
        sow(tally, 1, asked.faults // 2, ESTABLISHMENTS // 2)
        darken(tally, sources, 2, 3)
    else:
        sow(tally, asked.seeds, asked.faults, ESTABLISHMENTS)
        darken(tally, sources, SMALL, 2 * SMALL)
    tally.judge()
    counts = ", ".join(f"{name} {value}" for name, value in tally.counts.items())
    print(f"{tally.seeds} seeds: {counts}; {tally.pairs} devices with two faults")
    dark = ", ".join(f"{name} {value}" for name, value in tally.dark_figures().items())
    print(f"one source unreadable: {dark}")
    for line in tally.wrong:
        print(f"WRONG: {line}")
    if asked.json:
        print(json.dumps(tally.figures()))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
