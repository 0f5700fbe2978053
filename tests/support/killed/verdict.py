"""What a life of kills came to: the figures, and what is wrong, for people."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.support.killed.aftermath import Aftermath
from tests.support.killed.chain import chain_broken, command
from tests.support.killed.life import ESTABLISHMENTS, Life

MANY = 100  # kills from which on it is judged how many struck in mid-work
PLACES = ESTABLISHMENTS + 1  # and the country


@dataclass(frozen=True, slots=True)
class Verdict:
    """Lists name what was lost; times are seconds."""

    kills: int
    in_flight: int
    sweeps: int
    letters: int
    twice: int  # letters that came twice because of a kill at the one moment that explains it
    imports_lost: list[str]
    findings_lost: list[str]
    incidents_lost: list[str]
    mails_lost: list[str]
    unexplained: list[str]
    audit_bad: list[str]
    late_p99_s: float
    baseline_s: float

    def wrong(self) -> list[str]:
        found = [
            *self.imports_lost, *self.findings_lost, *self.incidents_lost, *self.mails_lost,
            *self.unexplained, *self.audit_bad,
        ]  # fmt: skip
        if self.kills >= MANY and self.in_flight * 3 < self.kills:
            found.append(f"only {self.in_flight} of {self.kills} kills were in flight")
        return found

    def figures(self) -> dict[str, object]:
        return {
            "kills": self.kills,
            "kills_in_flight": self.in_flight,
            "sweeps": self.sweeps,
            "imports_lost": len(self.imports_lost),
            "findings_lost": len(self.findings_lost),
            "incidents_lost": len(self.incidents_lost),
            "mails_lost": len(self.mails_lost),
            "unexplained_duplicates": len(self.unexplained),
            "audit_bad_rows": len(self.audit_bad),
            "late_p99_s": round(self.late_p99_s, 2),
            "baseline_s": round(self.baseline_s, 2),
        }

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.kills} kills, {self.in_flight} in flight; {self.sweeps} sweeps,"
            f" {self.letters} letters, {self.twice} came twice for a kill between the mail"
            " server's answer and our commit"
        )
        yield (
            f"of all letters, the 99th percentile was taken within {self.late_p99_s:.2f} s,"
            f" without kills within {self.baseline_s:.2f} s"
        )
        yield from (f"WRONG: {line}" for line in self.wrong())


def judge(life: Life) -> Verdict:
    """Look at everything that is left."""
    tables = life.victims.tables
    after = Aftermath(tables, tables.audit())
    done = [sha for sha, one in life.imports.items() if one.process.returncode == 0]
    mails = life.home.mailbox.read()
    twice, unexplained = after.duplicates(mails, life.home.excused)
    late = after.lateness()
    unmet = [f"{key} is still owed" for key in tables.unmet()]
    broken = chain_broken(life.home)
    return Verdict(
        kills=len(life.victims.kills),
        in_flight=sum(kill.in_flight for kill in life.victims.kills),
        sweeps=len(after.sweeps()),
        letters=len(late),
        twice=twice,
        imports_lost=[
            *after.imports_lost(done, {life.first_import, *life.imports}),
            *after.half_imports(),
            *_register_lost(life, after),
        ],
        findings_lost=[
            *after.findings_lost(life.history, PLACES),
            *after.standing_lost(life.truth("fail"), life.truth("unknown")),
        ],
        incidents_lost=after.incidents_lost(),
        mails_lost=[*after.mails_lost(mails), *unmet],
        unexplained=unexplained,
        audit_bad=broken,
        late_p99_s=_p99(late[life.calm_letters :]),
        baseline_s=_p99(late[: life.calm_letters]),
    )


def _register_lost(life: Life, after: Aftermath) -> list[str]:
    """The register is that of the last import, line by line."""
    last = after.last_import()
    if last not in life.imports:
        return []  # no import of this life got through, and the first one's file is elsewhere
    found = life.folder / "register-now.csv"
    command(life.home, "register", "export", "--out", str(found))
    wanted = _lines(life.folder / f"register-{last[:12]}.csv")
    return [f"the register has not: {line}" for line in wanted - _lines(found)]


def _lines(file: Path) -> set[str]:
    with file.open(newline="", encoding="utf-8") as text:
        return {repr(sorted(row.items())) for row in csv.DictReader(text)}


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[-1] if len(seconds) > 1 else 0.0
