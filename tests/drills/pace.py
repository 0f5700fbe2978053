"""Do we keep just below an account's rate limit, alone and with a second process beside us?

    ./run drill pace [--calls N] [--short] [--json] [--strict]

The calls are Medium ones to the sandbox's Zoom on the Business plan: 60 a second, 50 ms each.
Two runs: one process with threads, then two processes that share the account's limit through
one store, as the command line and the agent do. The floor is the time that the limit alone
asks for: calls / limit. The exit code is 0 if every call was answered and none with a 429;
with --strict also only if the worse of the two runs took at most 1.15 times the floor.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from agent.errors import ConnectorError
from agent.schemes import config_folder
from agent.store.opening import open_store
from agent.store.pace import StoredTimetable
from connectors.http import utc_now
from connectors.sandbox import run as sandbox
from connectors.shared_pacing import SharedPacer
from connectors.zoom.client import App, AppTokens, Ask, Client, Line
from connectors.zoom.limits import LIMITS, Label, Plan

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60  # Medium calls a second on the Business plan
LATENCY_MS = 50
THREADS = 8  # of each process
MOST = 1.15  # times the floor


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run. `seconds` from the first begin to the last end."""

    calls: int
    answered: int
    refused: int  # with a 429
    seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / (self.calls / LIMIT)


def child(calls: int) -> None:
    """One process of ours: says that it is ready, waits for the word, calls, tells when."""
    told = json.loads(sys.stdin.readline())
    store = open_store(told["store"], utc_now)
    timetable = StoredTimetable(store, told["account_id"], LIMITS[Plan.BUSINESS])
    line = Line(login_url=told["url"], api_url=told["url"], pacer=SharedPacer(timetable))
    app = App(told["account_id"], told["client_id"], told["client_secret"])
    client = Client(line, AppTokens(line, app))
    ask = Ask(f"users/{told['user']}/settings", Label.MEDIUM, "users/(id)/settings")
    client.bearer.token()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [pool.submit(_answered, client, ask) for _ in range(calls)]
        answered = sum(answer.result() for answer in answers)
    print(json.dumps({"began": began, "ended": time.monotonic(), "answered": answered}))
    store.close()


def _answered(client: Client, ask: Ask) -> bool:
    try:
        return client.get(ask).status == 200
    except ConnectorError as err:
        print(err, file=sys.stderr)
        return False


def run(processes: int, calls: int, told: Mapping[str, Any]) -> Run:
    """So many calls, shared evenly among the processes, which begin together."""
    before = _refused(told)
    with ExitStack() as stack:
        children = [stack.enter_context(_start(calls // processes)) for _ in range(processes)]
        for one in children:
            _say(one, json.dumps(told))
        for one in children:
            assert one.stdout is not None
            if one.stdout.readline() != "ready\n":
                raise ChildProcessError("a process of the drill did not start")
        for one in children:
            _say(one, "go")
        ends = [json.loads(one.communicate(timeout=600)[0]) for one in children]
    return Run(
        calls=calls,
        answered=sum(end["answered"] for end in ends),
        refused=_refused(told) - before,
        seconds=max(end["ended"] for end in ends) - min(end["began"] for end in ends),
    )


def _start(calls: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.drills.pace", "--child", str(calls)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _say(one: "subprocess.Popen[str]", text: str) -> None:
    assert one.stdin is not None
    one.stdin.write(f"{text}\n")
    one.stdin.flush()


def _refused(told: Mapping[str, Any]) -> int:
    """How many calls Zoom's half of the sandbox answered with a 429 so far."""
    with urlopen(f"{told['control_url']}/counters", timeout=30) as answer:
        counters = json.load(answer)
    calls: Mapping[str, Mapping[str, int]] = counters["zoom"]["calls"]
    return sum(statuses.get("429", 0) for statuses in calls.values())


def _told(said: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What a process must know: the account, a user to ask about, the store to share."""
    database = f"sqlite:///{folder / 'callsteward.db'}"
    open_store(database, utc_now).close()
    control = str(said["control_url"])
    register = Path(said["files"]["register"]).read_text(encoding="utf-8").splitlines()
    column = register[0].split(",").index("m365_user_id")
    return {
        "store": database,
        "url": str(said["zoom"]["api_url"]).removesuffix("/v2"),
        "control_url": control,
        "account_id": said["zoom"]["account_id"],
        "user": register[1].split(",")[column],
        **said["zoom"]["reader"],
    }


def play(calls: int) -> Sequence[Run]:
    """Both runs against one sandbox of its own."""
    with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name:
        folder = Path(name)
        options = sandbox.Options(
            establishments_file=config_folder() / "establishments.csv",
            establishments=1,
            latency_ms=LATENCY_MS,
            data=folder / "sandbox",
        )
        with sandbox.running(options) as said:
            told = _told(said, folder)
            return [run(processes, calls, told) for processes in (1, 2)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--short", action="store_true", help="120 calls, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--strict", action="store_true", help="the ratio decides too")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child is not None:
        child(asked.child)
        return 0
    runs = play(120 if asked.short else asked.calls)
    for name, one in zip(("one process", "two processes"), runs, strict=True):
        print(
            f"{name}: {one.answered} of {one.calls} calls answered, {one.refused} with a 429,"
            f" {one.seconds:.2f} s; the floor is {one.calls / LIMIT:.2f} s,"
            f" so {one.ratio:.3f} times the floor"
        )
    worst = max(one.ratio for one in runs)
    refused = sum(one.refused for one in runs)
    good = refused == 0 and all(one.answered == one.calls for one in runs)
    if asked.json:
        figures = {"calls": runs[0].calls, "limit_per_s": LIMIT}
        print(json.dumps(figures | {"pace_ratio": round(worst, 3), "http_429": refused}))
    return 0 if good and (worst <= MOST or not asked.strict) else 1


if __name__ == "__main__":
    sys.exit(main())
