"""How soon four inboxes have a letter, beside four bare conversations with the same server.

Each time is that from the opening of an incident to our own record of the mail server's fourth
answer, so it holds a little more than from the commit to the answer. The baseline is four
conversations at once, as the agent has them: from their start to the last one's end.
"""

import json
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tests.support.alarms.life import REST_SECONDS, Life
from tests.support.killed.installation import until
from tests.support.outside import ROOT, clean_environment

FOUR = 4
SENDER = "callsteward@justice.example"
BARE = "bare"  # the subject of what is no letter of ours
LETTER = f"From: {SENDER}\r\nTo: {SENDER}\r\nSubject: {BARE}\r\n\r\n".encode()
LETTER += b"As long as a letter.\r\n" * 40
WHEN = """select i.opened_at, m.accepted_at from incident i join mail m on m.incident = i.id
    where i.id = :id and m.accepted_at is not null order by m.accepted_at"""
ALLOWED = 0.25  # seconds that we may take beside the conversations themselves
SHARE = 0.25  # of bare commits a second


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds, and how many a second."""

    told: list[float]
    bare: list[float]
    accepted_per_s: float
    bare_commits_per_s: float

    def late(self) -> list[str]:
        """What a run that is strict about times finds wrong."""
        found = []
        if p95(self.told) > p95(self.bare) + ALLOWED:
            found.append("four inboxes have their letters too late")
        if self.accepted_per_s < SHARE * self.bare_commits_per_s:
            found.append("too few incidents a second are durable")
        return found

    def figures(self) -> dict[str, object]:
        return {
            "p50_ms_to_inboxes": round(1000 * part(self.told, 0.5)),
            "p95_ms_to_inboxes": round(1000 * p95(self.told)),
            "bare_smtp_p95_ms": round(1000 * p95(self.bare)),
            "accepted_per_s": round(self.accepted_per_s, 1),
            "bare_commits_per_s": round(self.bare_commits_per_s, 1),
        }


def measured(life: Life, times: int, paces: int) -> Times:
    """While nothing dies."""
    pace = _pace(life, paces)
    life.ensure()
    until(life.owes_nothing, REST_SECONDS)
    told, bare = [], []
    for number in range(times):
        bare.append(_four_bare(life.home.outside.said["smtp"]))
        told.append(_told(life, f"T{number}"))
    return Times(told, bare, pace["accepted_per_s"], pace["bare_commits_per_s"])


def _told(life: Life, mark: str) -> float:
    """One incident that four are told of at any hour."""
    assert life.clerk is not None
    site = life.people.register[0]["establishment"]
    asked = {"verb": "report", "kind": "damage", "site": site, "device": mark}
    life.clerk.ask(asked | {"by": "S-INFOSEC"})
    until(life.clerk.is_idle)
    incident = list(life.clerk.promises())[-1].incident
    tables = life.victims.tables
    until(lambda: len(tables.rows(WHEN, id=incident)) >= FOUR)
    rows: Any = tables.rows(WHEN, id=incident)
    return float(rows[FOUR - 1].accepted_at - rows[0].opened_at) / 1e6


def _four_bare(server: Mapping[str, Any]) -> float:
    with ThreadPoolExecutor(FOUR) as pool:
        begun = perf_counter()
        list(pool.map(lambda _: _bare(server), range(FOUR)))
        return perf_counter() - begun


def _bare(server: Mapping[str, Any]) -> None:
    """As Python's own library does it: STARTTLS, a login, one mail."""
    context = ssl.create_default_context(cafile=server["ca_file"])
    with smtplib.SMTP(server["host"], server["port"], timeout=30) as smtp:
        smtp.starttls(context=context)
        smtp.login(server["username"], server["password"])
        smtp.sendmail(SENDER, [SENDER], LETTER)


def _pace(life: Life, times: int) -> dict[str, float]:
    """In a process of its own. What it reports is told and judged like all else."""
    site, folder = life.people.register[0]["establishment"], life.home.folder
    words = ("tests.support.alarms.pace", site, str(folder), str(times))
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=clean_environment() | dict(life.home.settings),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def part(times: list[float], share: float) -> float:
    """The time that so many stay under."""
    found = sorted(times)
    return found[min(len(found) - 1, int(share * len(found)))]


def p95(times: list[float]) -> float:
    return part(times, 0.95)
