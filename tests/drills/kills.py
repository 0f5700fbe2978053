"""Is anything owed lost when our processes are killed at any moment?

    ./run drill kills [--kills N] [--engine sqlite|postgres] [--seed N] [--short] [--json]

The agent and the commands `register import` and `sweep` run as real processes against a real
sandbox, whose iPads go wrong and become well again all the while. They are killed with kill -9
at moments that the seed chooses, at least a third of them while they hold a claim, and started
again. In the end everything comes to rest, and the tables, the audit chain and the mailboxes
are judged against what was true outside. The exit code is 0 if nothing was lost, no letter came
twice unless a kill fell between the mail server's answer and our commit, and the chain holds.
Times are printed beside a baseline of the same run without kills, and decide nothing.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from agent.errors import Misconfigured
from tests.support.killed.engines import ENGINES
from tests.support.killed.life import Life
from tests.support.killed.verdict import Verdict, judge

SHORT = 20
CALM = 6  # rounds without a kill, for the baseline


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", choices=sorted(ENGINES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} kills, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    try:
        found = _played(asked.engine, SHORT if asked.short else asked.kills, asked.seed)
    except Misconfigured as err:
        print(f"{err}. {err.hint}", file=sys.stderr)
        return 2
    for line in found.lines():
        print(line)
    if asked.json:
        print(json.dumps({"engine": asked.engine, **found.figures()}))
    return 1 if found.wrong() else 0


def _played(engine: str, kills: int, seed: int) -> Verdict:
    with (
        tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder,
        ENGINES[engine](Path(folder)) as url,
    ):
        return play(Path(folder), url, kills, seed)


def play(folder: Path, url: str, kills: int, seed: int) -> Verdict:
    """Live through so many kills, come to rest, judge."""
    with Life.of(folder, url, seed) as life:
        for _ in range(CALM):
            life.calm_round()
        life.end_calm()
        while len(life.victims.kills) < kills:
            life.round(kills - len(life.victims.kills))
            _tell(life, kills)
        life.rest()
        return judge(life)


def _tell(life: Life, kills: int) -> None:
    done = len(life.victims.kills)
    if done % 20 == 0 and done:
        flying = sum(kill.in_flight for kill in life.victims.kills)
        print(f"{done} of {kills} kills, {flying} in flight", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
