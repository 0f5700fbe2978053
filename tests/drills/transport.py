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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from tests.drills.of_transport.bench import FORKS, PRELOADED, Bench, bench
from tests.drills.of_transport.cases import Case, every, short
from tests.drills.of_transport.judge import wrong
from tests.drills.of_transport.mail import FAULTS, mail_case

T = TypeVar("T")
BENCHES = 4


def played(cases: Sequence[Case], mails: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with each case, by its name; every second bench speaks HTTPS."""
    over = {tls: SimpleQueue[Case]() for tls in (False, True)}
    for number, case in enumerate(cases):
        over[case.over_tls or number % 2 == 1].put(case)
    found: dict[str, list[str]] = {}
    letters = SimpleQueue[str]()
    for fault in mails:
        letters.put(fault)

    def work(number: int) -> None:
        tls = number % 2 == 1
        with (
            tempfile.TemporaryDirectory(prefix="callsteward-drill-") as folder,
            bench(Path(folder), tls=tls) as one,
        ):
            for case in _all_of(over[tls]):
                found[case.name] = told(case.name, partial(_one, one, case))
            for fault in _all_of(letters):
                name = f"mail: {fault}"
                found[name] = told(name, partial(mail_case, one, fault))

    with ThreadPoolExecutor(BENCHES) as pool:
        for done in [pool.submit(work, number) for number in range(BENCHES)]:
            done.result()
    return found


def told(name: str, play: Callable[[], list[str]]) -> list[str]:
    """What is wrong, shown as it comes."""
    began = time.monotonic()
    wrong = play()
    seconds = time.monotonic() - began
    print(f"{name}: {'; '.join(wrong[:3]) or 'well'}, {seconds:.1f} s", file=sys.stderr)
    return wrong


def _one(one: Bench, case: Case) -> list[str]:
    one.fails(case.failure)
    try:
        return wrong(case, one.usual, one.sweep(case.settings))
    finally:
        one.fails()


def _all_of(queue: "SimpleQueue[T]") -> Iterator[T]:
    """What others do not take before."""
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return


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
    mails = [fault for fault in FAULTS if asked.only in f"mail: {fault}"]
    mails = mails[1:3] if asked.short else mails
    found = played(cases, mails)
    failed = {name: lines for name, lines in found.items() if lines}
    for name, lines in sorted(failed.items()):
        for line in lines[:6]:
            print(f"WRONG: {name}: {line}")
    seconds = time.monotonic() - began
    kinds = len({case.fault for case in cases}) + len(mails)
    passed = len(found) - len(failed)
    print(
        f"{len(found)} faults of {kinds} kinds: {passed} passed, {len(failed)} failed,"
        f" {seconds:.0f} s"
    )
    if asked.json:
        figures = {"faults": len(found), "passed": passed, "failed": len(failed)}
        print(json.dumps(figures))
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
