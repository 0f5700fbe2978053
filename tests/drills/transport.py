"""The outside fails in every way and at any call: does the sweep say so, and lose nothing?

    ./run drill transport [--short] [--only NAME] [--json]

Each case is a real `callsteward sweep` in a process of its own against a real sandbox, half of
them over HTTPS, with one fault at one kind of call. A fault that stays must give exit 2, one
operational incident that names the source and says what happened, the same number of iPads,
UNKNOWN where it hides the answer and the usual answer everywhere else. A fault that passes
must leave no trace. Mail servers that fail must lose no letter. `--only` takes the cases
whose name has this text. The exit code is 1 if any case failed.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.drills.of_transport.bench import FORKS, PRELOADED, bench
from tests.drills.of_transport.cases import Case, every, short
from tests.drills.of_transport.judge import wrong

BENCHES = 4


def played(cases: Sequence[Case], benches: int = BENCHES) -> dict[str, list[str]]:
    """What is wrong with each case, by its name; every second bench speaks HTTPS."""
    over = {tls: SimpleQueue[Case]() for tls in (False, True)}
    for number, case in enumerate(cases):
        over[case.over_tls or number % 2 == 1].put(case)
    found: dict[str, list[str]] = {}

    def work(number: int) -> None:
        tls = number % 2 == 1
        with (
            tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder,
            bench(Path(folder), tls=tls) as one,
        ):
            while True:
                try:
                    case = over[tls].get_nowait()
                except Empty:
                    return
                one.fails(case.failure)
                began = time.monotonic()
                swept = one.sweep(case.settings)
                found[case.name] = wrong(case, one.usual, swept)
                seconds = time.monotonic() - began
                state = "; ".join(found[case.name][:3]) or "well"
                print(f"{case.name}: {state}, {seconds:.1f} s", file=sys.stderr)
                one.fails()

    with ThreadPoolExecutor(benches) as pool:
        for done in [pool.submit(work, number) for number in range(benches)]:
            done.result()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="a spread of cases, as CI does")
    parser.add_argument("--only", default="", help="the cases whose name has this text")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    FORKS.set_forkserver_preload(PRELOADED)
    cases = [case for case in (short() if asked.short else every()) if asked.only in case.name]
    began = time.monotonic()
    found = played(cases)
    failed = {name: lines for name, lines in found.items() if lines}
    for name, lines in sorted(failed.items()):
        for line in lines[:6]:
            print(f"WRONG: {name}: {line}")
    seconds = time.monotonic() - began
    faults = len({case.fault for case in cases})
    passed = len(found) - len(failed)
    print(
        f"{faults} faults in {len(found)} cases: {passed} passed, {len(failed)} failed,"
        f" {seconds:.0f} s"
    )
    if asked.json:
        figures = {"faults": faults, "cases": len(found), "passed": passed}
        print(json.dumps({**figures, "failed": len(failed)}))
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
