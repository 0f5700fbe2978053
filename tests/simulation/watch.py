"""Sees each commit as it is made, by a connection of its own: claims, fences, proofs."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from agent.store.engine import EPOCH, Transaction
from connectors.sandbox.estate import Estate, Ipad
from tests.simulation.evidence import Evidence, Read
from tests.simulation.scheduler import Scheduler, Strand

ANEW = ("CONSENT_GIVEN", "CONSENT_FORGOTTEN")
OF_THE_VAULT = "CONSENT_"  # what Zoom proved is true, whoever's claim it was read for


class Row(NamedTuple):
    """One obligation as it stands in the database."""

    key: str
    state: str
    fence: int
    next_at: int  # microseconds
    waits: int  # it says why: nobody works on it

    @property
    def is_live(self) -> bool:
        return self.state in ("owed", "withdrawn")


@dataclass(slots=True)
class Hold:
    """One claim: who made it, and until when nobody else may have the obligation."""

    key: str
    fence: int
    by: Strand
    until: int


@dataclass
class Watch:
    """Collects what is wrong, as it happens."""

    file: Path
    scheduler: Scheduler
    evidence: Evidence
    estate: Estate
    wrong: list[str] = field(default_factory=list)
    audited: list[dict[str, Any]] = field(default_factory=list)
    overtaken: set[Strand] = field(default_factory=set)
    _rows: dict[str, Row] = field(default_factory=dict)
    _holds: dict[str, Hold] = field(default_factory=dict)
    _mine: dict[Strand, Hold] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sql = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        self._rows = self._read_rows()
        self._seq = len(self._read_audit(0))
        self._ipads = {ipad.asset_tag: ipad for ipad in self.estate}

    def close(self) -> None:
        self._sql.close()

    def ask(self, sql: str, *values: object) -> list[Any]:
        """What the database holds, for the judge."""
        return self._sql.execute(sql, values).fetchall()

    def let_go(self, strand: Strand) -> None:
        """This strand has nothing more to do with what it claimed."""
        self._mine.pop(strand, None)

    def committed(self, tx: Transaction) -> None:
        """Look at what this commit changed."""
        strand = self.scheduler.strand
        after, told = self._read_rows(), self._read_audit(self._seq)
        changed = [row for key, row in after.items() if self._rows.get(key) != row]
        if strand is not None:
            self.evidence.committed(strand)
            self._prove_not_stale(strand, changed, told)
            for row in changed:
                self._see(strand, self._rows.get(row.key), row, _micros(tx.now))
        self._hastened(changed)
        self._rows, self._seq = after, self._seq + len(told)
        self.audited += told
        for entry in told:
            if entry["what"] in ANEW and entry["subjectId"] in self._ipads:
                self.evidence.dropped(self._ipads[entry["subjectId"]].zoom_user)
            if entry["what"] == "SWEPT" and strand is not None:
                self.prove_read(strand, entry)

    def next_due(self, now: datetime) -> datetime | None:
        """When something may next be claimed that may not be claimed now."""
        later = [row.next_at for row in self._rows.values() if row.is_live]
        found = min((at for at in later if at > _micros(now)), default=None)
        return None if found is None else EPOCH + timedelta(microseconds=found)

    def is_due(self, now: datetime) -> bool:
        """Whether something may be claimed now."""
        rows = self._rows.values()
        return any(row.is_live and row.next_at <= _micros(now) for row in rows)

    def _see(self, strand: Strand, was: Row | None, row: Row, now: int) -> None:
        fence = was.fence if was else 0
        if row.fence < fence:
            self.wrong.append(f"the fence of {row.key} went back from {fence} to {row.fence}")
        hold = self._holds.get(row.key)
        if row.fence > fence:
            if hold is not None and hold.until > now:
                self.wrong.append(
                    f"two live claims of {row.key}: {strand} took it while {hold.by} had it"
                )
            if hold is not None and self._mine.get(hold.by) is hold:
                self.overtaken.add(hold.by)
            self._holds[row.key] = Hold(row.key, row.fence, strand, row.next_at)
            if row.is_live:
                self._mine[strand] = self._holds[row.key]
        elif hold is not None and hold.by is strand:
            hold.until = row.next_at if row.is_live else now

    def _hastened(self, changed: list[Row]) -> None:
        """What only waits may be claimed as soon as anybody makes it due."""
        for row in changed:
            if row.waits and row.key in self._holds:
                self._holds[row.key].until = row.next_at

    def _prove_not_stale(
        self, strand: Strand, changed: list[Row], told: list[dict[str, Any]]
    ) -> None:
        """Who was overtaken writes nothing more."""
        mine = self._mine.get(strand)
        if mine is None or self._rows[mine.key].fence == mine.fence:
            return
        wrote = [row.key for row in changed]
        wrote += [e["what"] for e in told if not e["what"].startswith(OF_THE_VAULT)]
        if wrote:
            words = ", ".join(wrote)
            self.wrong.append(f"{strand} wrote with an old fence of {mine.key}: {words}")

    def prove_read(self, strand: Strand, swept: Mapping[str, Any]) -> None:
        """No verdict PASS on what was not read in this attempt. `swept` is its audit row."""
        sweep, place = swept["correlationId"], swept["subjectId"]
        passes = self._sql.execute(
            "select subject, check_name from verdict"
            " where sweep = ? and establishment = ? and verdict = 'pass'",
            (sweep, place),
        )
        for tag, check in passes.fetchall():
            needed = _needs(check, self._ipads[tag]) if tag in self._ipads else ()
            if needed and not self.evidence.told[strand].intersection(needed):
                self.wrong.append(f"{sweep}: {tag} passes {check}, which nobody read")

    def _read_rows(self) -> dict[str, Row]:
        rows = self._sql.execute(
            "select key, state, fence, next_at, error is not null from obligation"
        )
        return {row[0]: Row(*row) for row in rows}

    def _read_audit(self, after: int) -> list[dict[str, Any]]:
        rows = self._sql.execute("select row from audit where seq > ? order by seq", (after,))
        return [json.loads(row[0]) for row in rows]


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


RECORDED = ("device.enrolled", "device.supervised", "device.untampered", "os.minimum")
OF_A_USER = {"zoom.no-recordings": "users/recordings", "zoom.no-contacts": "contacts"}


def _needs(check: str, ipad: Ipad) -> tuple[Read, ...]:
    """One of these must have been read; none: this record keeps nothing of that source."""
    if check in RECORDED:
        return (("record", ipad.serial),)
    if check in OF_A_USER:
        return ((OF_A_USER[check], ipad.zoom_user),)
    if check.startswith("zoom.setting."):
        return (("users/settings", ipad.zoom_user),)
    if check.startswith("zoom.lock."):
        return (("groups/lock_settings", ipad.zoom_group),)
    return (("groups/settings", ipad.zoom_group),) if check == "zoom.allow-lists" else ()
