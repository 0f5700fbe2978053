"""Do the right people learn of every incident, whatever dies meanwhile?

    ./run drill incidents [--kills N] [--engine sqlite|postgres] [--seed N] [--short]
                          [--strict] [--json]

Staff report and handle incidents, iPads go wrong, and the agent is killed with kill -9 all the
while, at least a third of the times while it holds a letter. In the end everything comes to
rest and is judged from outside: who must know is reckoned from the protocol, and looked for in
the mailboxes. Beside that, mail servers and mailboxes fail in every way, one after the other;
people say all that is personal, and it is looked for wherever it must not be; and 10,000
incidents are open.

The exit code is 0 if everybody was told of each revision, no letter came twice without a kill
that explains it, no statement of people was lost, no fault lost a letter or held up that of
another, nothing leaked, and nothing took five times as long with 10,000. How soon four inboxes
have their letters, beside four bare conversations, and how many incidents a second are durable,
beside bare commits, is measured before the first kill, and decides with --strict only.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Misconfigured
from tests.support.alarms.leaks import Leaks, leaks
from tests.support.alarms.life import Life
from tests.support.alarms.mail_faults import Outcome, outcomes
from tests.support.alarms.many import Ratios, ratios
from tests.support.alarms.times import Times, measured
from tests.support.alarms.verdict import Verdict, verdict_of
from tests.support.killed.engines import ENGINES


@dataclass(frozen=True, slots=True)
class Size:
    """`hours`: how long a mail server is down at most."""

    kills: int
    told: int
    paces: int
    hours: int
    many: int  # incidents that are open at once


LONG = Size(kills=200, told=60, paces=200, hours=24, many=10_000)
SHORT = Size(kills=6, told=5, paces=20, hours=2, many=2_000)


@dataclass(frozen=True, slots=True)
class Found:
    killed: Verdict
    times: Times
    faults: list[Outcome]
    leaks: Leaks
    ratios: Ratios

    def wrong(self) -> list[str]:
        hidden = [
            f"{one.fault.name}: it was not there" for one in self.faults if not one.showed
        ]
        lost = [f"{one.fault.name}: {what}" for one in self.faults for what in one.wrong]
        leaked = [*self.leaks.leaked, *self.leaks.unsaid]
        return [*self.killed.wrong(), *hidden, *lost, *leaked, *self.ratios.wrong()]

    def figures(self) -> dict[str, object]:
        return {
            **self.killed.figures(),
            **self.times.figures(),
            "mail_faults": sum(one.showed for one in self.faults),
            "mail_faults_lost": sum(bool(one.wrong) for one in self.faults),
            "canaries": self.leaks.markers,
            "canaries_leaked": len(self.leaks.leaked),
            **self.ratios.figures(),
        }

    def lines(self) -> Iterator[str]:
        told = self.figures()
        yield from self.killed.lines()
        yield (
            f"95 of a hundred incidents are in four inboxes within"
            f" {told['p95_ms_to_inboxes']} ms; four bare conversations at once take"
            f" {told['bare_smtp_p95_ms']} ms"
        )
        yield (
            f"{told['accepted_per_s']} incidents a second are durable, of"
            f" {told['bare_commits_per_s']} bare commits"
        )
        lost = told["mail_faults_lost"]
        yield f"{told['mail_faults']} mail faults, of which {lost} lost or held up a letter"
        yield f"{told['canaries']} kinds of personal words, {told['canaries_leaked']} leaked"
        yield (
            f"with many incidents open, acknowledging one takes {told['ack_ratio']} times as"
            f" long as with ten, and listing a page {told['list_ratio']} times"
        )
        yield from (f"LATE: {line}" for line in self.times.late())
        yield from (f"WRONG: {line}" for line in self.wrong())


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=None)
    parser.add_argument("--engine", choices=sorted(ENGINES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="a small one, as CI does")
    parser.add_argument("--strict", action="store_true", help="times decide too")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    try:
        found = _played(asked)
    except Misconfigured as err:
        print(f"{err}. {err.hint}", file=sys.stderr)
        return 2
    for line in found.lines():
        print(line)
    if asked.json:
        print(json.dumps({"engine": asked.engine, **found.figures()}))
    return 1 if found.wrong() or (asked.strict and found.times.late()) else 0


def _played(asked: argparse.Namespace) -> Found:
    size = SHORT if asked.short else LONG
    kills = size.kills if asked.kills is None else asked.kills
    with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name:
        folder, engine = Path(name), ENGINES[asked.engine]
        faults = list(outcomes(folder, most_hours=size.hours))
        compared = ratios(folder, size.many)
        (folder / "words").mkdir()
        with engine(folder / "words") as url:
            leaked = leaks(folder / "words", url, asked.seed)
        (folder / "life").mkdir()
        with engine(folder / "life") as url, Life.of(folder / "life", url, asked.seed) as life:
            times = measured(life, size.told, size.paces)
            _killed(life, kills)
            return Found(verdict_of(life), times, faults, leaked, compared)


def _killed(life: Life, kills: int) -> None:
    """So many kills; then everything comes to rest."""
    while len(life.victims.kills) < kills:
        life.round(kills - len(life.victims.kills))
        done = len(life.victims.kills)
        if done % 20 == 0 and done:
            print(f"{done} of {kills} kills", file=sys.stderr)
    life.rest()


if __name__ == "__main__":
    sys.exit(main())
