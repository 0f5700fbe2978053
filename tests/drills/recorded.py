"""How soon do people know that a call is being recorded?

    ./run drill recorded [--times N] [--short] [--json] [--strict]

The agent, the receiver, Zoom's sandbox and the mail server are real processes. A meeting runs
on an iPad, and somebody starts a recording: time is counted from there to the moment in which
the mail server has taken the last of the letters, by our own record of its answer. Each time is
another meeting, so everybody is told each time. The baseline is one letter handed to the same
server by the same connector, alone. The exit code is 0 if each recording was an incident whose
letters all came, its stop was tried, and no event was stored twice; with --strict also only if
95 of a hundred took less than two seconds.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import select

from agent.channel_wiring import mail_server
from agent.domain.call_incidents import RECORDED
from agent.domain.routes import PHONE
from agent.schemes import config_folder
from agent.settings import Settings
from agent.store.engine import Store
from agent.store.incident_table import incident
from agent.store.incidents import mail
from agent.store.notices import Notices
from agent.store.sweeps import Sweeps
from agent.store.zoom_events import zoom_event
from connectors.http import utc_now
from connectors.sandbox import run as sandbox
from tests.support.outside import PREFIX, Outside, until
from tests.support.receiving import process, receiving, with_zoom

TIMES, SHORT = 50, 6
MOST = 2.0  # seconds, of 95 in a hundred
ROLES = 3  # who is told of a security incident


@dataclass(frozen=True, slots=True)
class Told:
    """One recording. Seconds from its start, and from when the event was stored."""

    seconds: float
    since_stored: float
    stop: str


@dataclass(frozen=True, slots=True)
class Verdict:
    told: tuple[Told, ...]
    events_twice: int
    baseline: float

    def at(self, part: float) -> float:
        found = sorted(one.seconds for one in self.told)
        return found[min(len(found) - 1, int(part * len(found)))]

    def figures(self) -> dict[str, object]:
        stored = sorted(one.since_stored for one in self.told)
        return {
            "recordings": len(self.told),
            "events_twice": self.events_twice,
            "stops_tried": sum(bool(one.stop) for one in self.told),
            "told_p50_s": round(self.at(0.5), 3),
            "told_p95_s": round(self.at(0.95), 3),
            "told_max_s": round(self.at(1), 3),
            "since_stored_p95_s": round(stored[int(0.95 * len(stored))], 3),
            "baseline_s": round(self.baseline, 3),
        }

    @property
    def is_good(self) -> bool:
        return self.events_twice == 0 and all(one.stop for one in self.told)


@contextmanager
def world(folder: Path) -> "Iterator[tuple[Outside, Store, dict[str, str]]]":
    """A sandbox, and the agent's database in a folder of its own."""
    options = sandbox.Options(
        establishments_file=config_folder() / "establishments.csv",
        establishments=3,
        data=folder / "sandbox",
    )
    (folder / "agent").mkdir()
    with sandbox.running(options) as said:
        outside = Outside(said)
        outside.control("PUT", "zoom", {"scale": 1000})
        with closing(outside.filled_store(folder / "agent")) as store:
            yield outside, store, with_zoom(outside, folder / "agent")


def play(times: int, folder: Path) -> Verdict:
    with (
        world(folder) as (outside, store, settings),
        process("serve", settings=settings),
        receiving(settings) as url,
    ):
        outside.control("PUT", "webhook", {"url": url})
        until(lambda: outside.control("GET", "webhook")["validated"])
        until(lambda: _swept(store))
        told = tuple(_recorded(outside, store, number) for number in range(times))
        with store.read() as tx:
            names = list(tx.sql.scalars(select(zoom_event.c.event)))
        twice = names.count("recording.started") - times
        return Verdict(told, twice, _alone(settings))


def _swept(store: Store) -> bool:
    """The agent's first sweep is over: it has learned our users, too."""
    with store.read() as tx:
        return Sweeps(tx).last() is not None


def _recorded(outside: Outside, store: Store, number: int) -> Told:
    device = f"K{10_001 + number % 6}"
    outside.control("POST", "call", {"device": device, "action": "start"})
    began = utc_now()
    found = outside.control("POST", "call", {"device": device, "action": "record"})
    until(lambda: len(_accepted(store, began)) == ROLES)
    until(lambda: _stop(store, found["uuid"]))
    last = max(_accepted(store, began))
    with store.read() as tx:
        newest = select(zoom_event.c.received_at).where(zoom_event.c.uuid == found["uuid"])
        stored = max(tx.sql.scalars(newest))
    outside.control("POST", "call", {"device": device, "action": "end"})
    return Told(
        (last - began).total_seconds(),
        (last - stored).total_seconds(),
        _stop(store, found["uuid"]),
    )


def _accepted(store: Store, since: datetime) -> list[datetime]:
    m, i = mail.c, incident.c
    ours = (m.incident == i.id) & (i.type == RECORDED.name) & (m.written_at >= since)
    ours &= m.role != PHONE  # at night only
    with store.read() as tx:
        rows = select(m.accepted_at).where(ours, m.accepted_at.is_not(None))
        return list(tx.sql.scalars(rows))


def _stop(store: Store, uuid: str) -> str:
    with store.read() as tx:
        return "".join(one.stop or "" for one in Notices(tx).of_meeting(uuid))


def _alone(settings: dict[str, str]) -> float:
    """Seconds that one letter takes by itself."""
    given: dict[str, Any] = {k.removeprefix(PREFIX).lower(): v for k, v in settings.items()}
    mailer = mail_server(Settings(**given))
    assert mailer is not None
    sender = given["mail_from"]
    letter = f"From: {sender}\r\nTo: {sender}\r\nSubject: alone\r\n\r\nalone\r\n".encode()
    begun = perf_counter()
    mailer.send(letter, sender=sender, to="infosec@justice.example")
    return perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=TIMES, help="recordings")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} recordings, as CI does")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--strict", action="store_true", help="the time decides too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name:
        found = play(SHORT if asked.short else asked.times, Path(name))
    told = found.figures()
    print(
        f"{told['recordings']} recordings: everybody told after {told['told_p50_s']} s at the"
        f" median, {told['told_p95_s']} s at the 95th of a hundred, {told['told_max_s']} s at"
        f" most; one letter alone takes {told['baseline_s']} s"
    )
    if asked.json:
        print(json.dumps(told))
    return 0 if found.is_good and (found.at(0.95) < MOST or not asked.strict) else 1


if __name__ == "__main__":
    sys.exit(main())
