"""Sweeps: what was read, which establishments are done, and every verdict."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Row,
    Table,
    Text,
    func,
    select,
    update,
)

from agent.domain.asset import Asset
from agent.domain.check import Category, Finding, Severity, Verdict
from agent.domain.problems import Problem
from agent.store.engine import Moment, Transaction, metadata

sweep = Table(
    "sweep",
    metadata,
    Column("id", Text, primary_key=True),  # a night's local date, or an id by hand
    Column("state", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("decision", Text),  # JSON: which problems are the platform's
    Column("gaps", Text, nullable=False),  # JSON: what was not read
    Column("api_calls", Integer, nullable=False),
    Column("calls", Text, nullable=False, server_default="{}"),  # JSON: by rate-limit label
    CheckConstraint(
        "state in ('RUNNING', 'COMPLETE', 'PARTIAL', 'ABANDONED')", name="sweep_state"
    ),
    sqlite_strict=True,
)
s = sweep.c
frozen = Table(
    "sweep_asset",
    metadata,
    Column("sweep", Text, ForeignKey("sweep.id"), primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("establishment", Text, nullable=False),
    sqlite_strict=True,
)
part = Table(
    "sweep_part",
    metadata,
    Column("sweep", Text, ForeignKey("sweep.id"), primary_key=True),
    Column("establishment", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_strict=True,
)
verdict = Table(
    "verdict",
    metadata,
    Column("sweep", Text, ForeignKey("sweep.id"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("check_name", Text, primary_key=True),
    Column("establishment", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    sqlite_strict=True,
)
v = verdict.c
ENDED = ("COMPLETE", "PARTIAL")


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of all checks on all assets. Times are UTC."""

    id: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    gaps: tuple[str, ...]
    api_calls: int
    calls: Mapping[str, int]  # by rate-limit label


@dataclass(frozen=True, slots=True)
class Sweeps:
    tx: Transaction

    def start(self, sweep_id: str, assets: Iterable[Asset]) -> list[Asset]:
        """Begin, or go on with what another process began.

        Returns the assets that this sweep is about: those that the register had when it
        first began, each where it was then. What the register says since is for the next.
        """
        new = self.tx.insert(sweep).values(
            id=sweep_id, state="RUNNING", started_at=self.tx.now, gaps="[]", api_calls=0
        )
        never = new.on_conflict_do_nothing(index_elements=["id"]).returning(s.id)
        if self.tx.sql.execute(never).one_or_none() is not None:
            rows = [
                {"sweep": sweep_id, "tag": one.tag, "establishment": one.establishment}
                for one in assets
            ]
            if rows:
                self.tx.sql.execute(frozen.insert(), rows)
        f = frozen.c
        kept = self.tx.sql.execute(select(f.tag, f.establishment).where(f.sweep == sweep_id))
        places = {row.tag: row.establishment for row in kept}
        return [
            replace(one, establishment=places[one.tag]) for one in assets if one.tag in places
        ]

    def running(self) -> list[str]:
        """The sweeps that began and did not end."""
        return list(self.tx.sql.scalars(select(s.id).where(s.state == "RUNNING")))

    def abandon(self, sweep_id: str) -> None:
        """It was overtaken before it ended."""
        over = {"state": "ABANDONED", "ended_at": self.tx.now}
        self.tx.sql.execute(update(sweep).where(s.id == sweep_id).values(**over))

    def decide(self, sweep_id: str, shared: Mapping[str, Problem]) -> dict[str, Problem]:
        """Which problems are the platform's: decided once, also for a resumed sweep."""
        text = json.dumps({key: _kept(problem) for key, problem in shared.items()})
        once = update(sweep).where(s.id == sweep_id, s.decision.is_(None))
        self.tx.sql.execute(once.values(decision=text))
        kept = self.tx.sql.scalar(select(s.decision).where(s.id == sweep_id)) or "{}"
        return {key: _problem(value) for key, value in json.loads(kept).items()}

    def done(self, sweep_id: str) -> frozenset[str]:
        """The establishments whose part is committed."""
        parts = select(part.c.establishment).where(part.c.sweep == sweep_id)
        return frozenset(self.tx.sql.scalars(parts))

    def add_part(self, sweep_id: str, establishment: str, findings: Iterable[Finding]) -> None:
        """One establishment's verdicts; the key refuses them a second time."""
        self.tx.sql.execute(
            part.insert().values(sweep=sweep_id, establishment=establishment, at=self.tx.now)
        )
        rows = [
            {
                "sweep": sweep_id, "subject": f.subject, "check_name": f.check,
                "establishment": f.establishment, "verdict": f.verdict.value,
                "reason": f.reason, "because": f.because, "severity": int(f.severity),
            }
            for f in findings
        ]  # fmt: skip
        if rows:
            self.tx.sql.execute(verdict.insert(), rows)

    def count_calls(self, sweep_id: str, calls: Mapping[str, int]) -> None:
        """Add what was asked of the outside, by label; an earlier attempt's calls stay."""
        kept = Counter(
            json.loads(self.tx.sql.scalar(select(s.calls).where(s.id == sweep_id)) or "{}")
        )
        kept.update(calls)
        every = {"api_calls": kept.total(), "calls": json.dumps(kept, sort_keys=True)}
        self.tx.sql.execute(update(sweep).where(s.id == sweep_id).values(**every))

    def missed(self, sweep_id: str, gaps: Iterable[str]) -> tuple[str, ...]:
        """Keep what could not be read, beside what an earlier run of it could not read."""
        kept = self.tx.sql.scalar(select(s.gaps).where(s.id == sweep_id)) or "[]"
        every = tuple(sorted({*json.loads(kept), *gaps}))
        noted = update(sweep).where(s.id == sweep_id).values(gaps=json.dumps(every))
        self.tx.sql.execute(noted)
        return every

    def end(self, sweep_id: str) -> None:
        """COMPLETE only if nothing was left unread."""
        state = "PARTIAL" if self.missed(sweep_id, ()) else "COMPLETE"
        over = {"state": state, "ended_at": self.tx.now}
        self.tx.sql.execute(update(sweep).where(s.id == sweep_id).values(**over))

    def get(self, sweep_id: str) -> Sweep | None:
        columns = (s.id, s.state, s.started_at, s.ended_at, s.gaps, s.api_calls, s.calls)
        row = self.tx.sql.execute(select(*columns).where(s.id == sweep_id)).one_or_none()
        if row is None:
            return None
        gaps = tuple(json.loads(row.gaps))
        calls = json.loads(row.calls)
        return Sweep(
            row.id, row.state, row.started_at, row.ended_at, gaps, row.api_calls, calls
        )

    def last(self) -> str | None:
        """The sweep that ended last."""
        ended = select(s.id).where(s.state.in_(ENDED))
        found: str | None = self.tx.sql.scalar(ended.order_by(s.ended_at.desc()).limit(1))
        return found

    def verdicts(self, sweep_id: str) -> list[Finding]:
        """Every verdict of a sweep, by establishment, subject and check."""
        rows = select(verdict).where(v.sweep == sweep_id)
        ordered = rows.order_by(v.establishment, v.subject, v.check_name)
        return [_finding(row) for row in self.tx.sql.execute(ordered)]

    def since(
        self, at: datetime, subject: str, checks: Iterable[str]
    ) -> list[tuple[str, datetime, tuple[Finding, ...]]]:
        """Id, begin and these verdicts of one subject, of each sweep that began then or later
        and ended; the oldest first. A sweep without any of them is left out."""
        rows = select(s.id, s.started_at, *verdict.columns).join_from(sweep, verdict).where(
            s.started_at >= at, s.state.in_(ENDED), v.subject == subject,
            v.check_name.in_(tuple(checks)),
        )  # fmt: skip
        found: dict[tuple[str, datetime], list[Finding]] = {}
        for row in self.tx.sql.execute(rows.order_by(s.started_at, s.id, v.check_name)):
            found.setdefault((row.id, row.started_at), []).append(_finding(row))
        return [(name, began, tuple(told)) for (name, began), told in found.items()]

    def counts(self, sweep_id: str) -> dict[Verdict, int]:
        """How many verdicts of each kind."""
        rows = select(v.verdict, func.count()).where(v.sweep == sweep_id).group_by(v.verdict)
        found: dict[str, int] = {row[0]: row[1] for row in self.tx.sql.execute(rows)}
        return {kind: found.get(kind.value, 0) for kind in Verdict}


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        row.subject, row.establishment, row.check_name, Verdict(row.verdict), row.reason,
        row.because, "", Severity(row.severity),
    )  # fmt: skip


def _kept(problem: Problem) -> dict[str, object]:
    codes = {"category": problem.category.value, "severity": int(problem.severity)}
    return asdict(problem) | codes


def _problem(kept: dict[str, Any]) -> Problem:
    codes = {"category": Category(kept["category"]), "severity": Severity(kept["severity"])}
    return Problem(**{**kept, **codes})
