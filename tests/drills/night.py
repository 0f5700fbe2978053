"""How long does a whole night take for the whole estate, at Zoom's own rate limits?

    ./run drill night [--establishments N] [--weekly] [--short] [--json] [--strict]

124 establishments, 248 iPads, 50 planted faults; a sandbox process on the Business plan that
answers after 50 ms; the agent as `serve` wires it, over real HTTP and real SMTP. The night is
that of a Saturday, or with --weekly of a Sunday, which looks back to the first enrolment. The
floor is the time that the calls which it needed take at the limit alone: the largest of the
labels, since calls of two labels can go at once. The exit code is 0 if the sweep is COMPLETE
and Zoom and the MDM answered no call with a 429; with --strict also only if the night took at
most 1.15 times the floor.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from agent.domain.check import Verdict
from agent.domain.uk_time import LONDON
from agent.schemes import config_folder
from connectors.http import utc_now
from connectors.sandbox import run as sandbox
from connectors.sandbox.faults.catalogue import Halves
from connectors.sandbox.zoom.limits import RATES, Label, Plan
from tests.support.agents import agent
from tests.support.outside import Outside

ALL, SHORT = 124, 12  # establishments
FAULTS = 50
LATENCY_MS = 50
MOST = 1.15  # times the floor
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Night:
    """What came of one night. `seconds` from the sweep's begin to its end."""

    day: date
    state: str
    devices: int
    calls: Mapping[str, int]  # as the agent counted them
    asked: Mapping[str, int]  # as Zoom counted them, by label
    refused: int  # with a 429
    verdicts: Mapping[str, int]
    mails: int
    seconds: float

    @property
    def floor(self) -> float:
        """Seconds that the calls take at the limit of their label."""
        times = (n / _per_second(Label(label)) for label, n in self.asked.items())
        return max(times, default=0.0)

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor

    @property
    def is_good(self) -> bool:
        counted = {f"Zoom {label}": n for label, n in self.asked.items()}
        answered = all(self.calls.get(label) == n for label, n in counted.items())
        return self.state == "COMPLETE" and self.refused == 0 and answered

    def figures(self) -> dict[str, object]:
        return {
            "night": self.day.isoformat(),
            "weekly": self.day.weekday() == SUNDAY,
            "state": self.state,
            "devices": self.devices,
            "calls": dict(self.calls),
            "floor_s": round(self.floor, 2),
            "seconds": round(self.seconds, 2),
            "night_ratio": round(self.ratio, 3),
            "http_429": self.refused,
            "verdicts": dict(self.verdicts),
            "mails": self.mails,
        }


def _per_second(label: Label) -> float:
    count, unit = RATES[Plan.BUSINESS][label]
    return count / unit.total_seconds()


def play(establishments: int, weekday: int) -> Night:
    """One night of a new estate."""
    with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name:
        folder = Path(name)
        options = sandbox.Options(
            establishments_file=config_folder() / "establishments.csv",
            establishments=establishments,
            latency_ms=LATENCY_MS,
            data=folder / "sandbox",
            faults=FAULTS if establishments == ALL else establishments,
            halves=Halves.BOTH,
        )
        with sandbox.running(options) as said:
            return _night(Outside(said), folder / "agent", _last(weekday))


def _night(outside: Outside, folder: Path, day: date) -> Night:
    with agent(outside, folder) as one:
        outside.control("DELETE", "counters")
        swept = one.night(day.isoformat())
        counted = outside.control("GET", "counters")
        verdicts = [finding.verdict for finding in one.verdicts(swept.id)]
    assert swept.ended_at is not None
    return Night(
        day=day,
        state=swept.state,
        devices=outside.said["devices"],
        calls=swept.calls,
        asked=counted["zoom"]["labels"],
        refused=_refused(counted["calls"]) + _refused(counted["zoom"]["calls"]),
        verdicts={kind.value: verdicts.count(kind) for kind in Verdict},
        mails=len(outside.mails()),
        seconds=(swept.ended_at - swept.started_at).total_seconds(),
    )


def _refused(calls: Mapping[str, Mapping[str, int]]) -> int:
    return sum(statuses.get("429", 0) for statuses in calls.values())


def _last(weekday: int) -> date:
    """The last day of this name: which night it is, its date alone says."""
    today = utc_now().astimezone(LONDON).date()
    return today - timedelta(days=(today.weekday() - weekday) % 7)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--establishments", type=int, default=ALL, help="the first N")
    parser.add_argument("--weekly", action="store_true", help="the night of a Sunday")
    parser.add_argument("--short", action="store_true", help="12 establishments, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--strict", action="store_true", help="the ratio decides too")
    asked = parser.parse_args()
    night = play(
        SHORT if asked.short else asked.establishments, SUNDAY if asked.weekly else SATURDAY
    )
    told: dict[str, Any] = night.figures()
    print(
        f"{night.day:%A}'s night of {night.devices} iPads is {night.state}:"
        f" {sum(night.calls.values())} calls, {night.refused} with a 429,"
        f" {night.seconds:.1f} s; the floor is {night.floor:.1f} s,"
        f" so {night.ratio:.3f} times the floor"
    )
    print(f"calls: {', '.join(f'{label} {n}' for label, n in told['calls'].items())}")
    print(f"verdicts: {', '.join(f'{kind} {n}' for kind, n in told['verdicts'].items())}")
    if asked.json:
        print(json.dumps(told))
    return 0 if night.is_good and (night.ratio <= MOST or not asked.strict) else 1


if __name__ == "__main__":
    sys.exit(main())
