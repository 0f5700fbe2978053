"""Is a family member ever left behind when the agent is killed at any moment?

    ./run drill contacts [--kills N] [--engine sqlite|postgres] [--seed N] [--short] [--strict]
                         [--json]

Calls are made at several establishments, three times as many as in a busy hour: families
accept, calls run over their time, break and start again, addresses are replaced, calls are
cancelled, moved, forgotten, and two people say that a contact is gone when it is not. All the
while the agent, a real process, is killed with kill -9, at least a third of the times while
it holds a claim, and Zoom, a real sandbox, is away now and then. In the end everything comes
to rest and is judged from outside: by Zoom's own journal of changes, the mailboxes and the
audit. The exit code is 0 if no statement was lost, every window was closed and none was
called gone that was not, no invitation came twice without a kill that explains it, nothing of
others was touched, and nothing was changed while a call ran. Times are printed beside those
of calls of the same run without any kill; they decide with --strict only.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from agent.errors import Misconfigured
from tests.support.killed.engines import ENGINES
from tests.support.visits.life import Life
from tests.support.visits.stories import SHORT as QUICK
from tests.support.visits.stories import STORIES, Story
from tests.support.visits.verdict import Verdict, verdict_of

PER_MINUTE = 6.0  # three times 120 an hour
FEWEST, CALM = 50, 20  # calls with kills, at least, and calls before the first one
SHORT, SHORT_CALM, SHORT_PER_MINUTE = 4, 2, 20.0


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
        found = _played(asked)
    except Misconfigured as err:
        print(f"{err}. {err.hint}", file=sys.stderr)
        return 2
    for line in found.lines():
        print(line)
    if asked.json:
        print(json.dumps({"engine": asked.engine, **found.figures()}))
    return 1 if found.wrong() or (asked.strict and found.late_by_time()) else 0


def _played(asked: argparse.Namespace) -> Verdict:
    with (
        tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder,
        ENGINES[asked.engine](Path(folder)) as url,
    ):
        if asked.short:
            paced = (SHORT_PER_MINUTE, SHORT_CALM, SHORT)
            return play(Path(folder), url, asked.seed, SHORT, *paced, QUICK)
        paced = (PER_MINUTE, CALM, max(FEWEST, asked.kills))
        return play(Path(folder), url, asked.seed, asked.kills, *paced)


def play(
    folder: Path,
    url: str,
    seed: int,
    kills: int,
    per_minute: float,
    calm: int,
    calls: int,
    stories: Mapping[Story, int] = STORIES,
) -> Verdict:
    """So many calls without a kill, so many with them; come to rest, judge."""
    with Life.of(folder, url, seed, per_minute, stories) as life:
        life.visits(calm, kills=0)
        life.visits(calls, kills=kills)
        life.rest()
        return verdict_of(life)


if __name__ == "__main__":
    sys.exit(main())
