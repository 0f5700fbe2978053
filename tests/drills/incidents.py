"""Do the right people learn of every incident, whatever dies meanwhile?

    ./run drill incidents [--kills N] [--engine sqlite|postgres] [--seed N] [--short]
                          [--strict] [--json]

Staff report and handle incidents, iPads go wrong, and the agent is killed with kill -9 all the
while, at least a third of the times while it holds a letter. In the end everything comes to
rest and is judged from outside: who must know is reckoned from the protocol, and looked for in
the mailboxes.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from agent.errors import Misconfigured
from tests.support.alarms.life import Life
from tests.support.alarms.verdict import Verdict, verdict_of
from tests.support.killed.engines import ENGINES

SHORT = 6


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", choices=sorted(ENGINES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} kills, as CI does")
    parser.add_argument("--strict", action="store_true", help="times decide too")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    try:
        found = _killed(asked.engine, SHORT if asked.short else asked.kills, asked.seed)
    except Misconfigured as err:
        print(f"{err}. {err.hint}", file=sys.stderr)
        return 2
    for line in found.lines():
        print(line)
    if asked.json:
        print(json.dumps({"engine": asked.engine, **found.figures()}))
    return 1 if found.wrong() else 0


def _killed(engine: str, kills: int, seed: int) -> Verdict:
    with (
        tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder,
        ENGINES[engine](Path(folder)) as url,
        Life.of(Path(folder), url, seed) as life,
    ):
        while len(life.victims.kills) < kills:
            life.round(kills - len(life.victims.kills))
            _tell(life, kills)
        life.rest()
        return verdict_of(life)


def _tell(life: Life, kills: int) -> None:
    done = len(life.victims.kills)
    if done % 20 == 0 and done:
        print(f"{done} of {kills} kills", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
